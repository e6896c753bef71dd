import { type ErrorFloor, estimate, intervalOf } from "../../src/experiment/estimate.ts";
import type { Sums } from "../../src/experiment/sums.ts";

export const SEEDS = 400;

// Binomial(400, 0.94): at 60 mini-batches the coverage is 94-95 %. Below 349 with odds of 1.7·10⁻⁷, above 398 of 5·10⁻¹⁰
// (scipy.stats.binom). A coverage of 80 % is found but once in 10⁴, and one of 85 % nine times in ten; finer differences are
// the coverage study's.
export const FEWEST = 349;
export const MOST = 398;

/** How many 95 % intervals there are, and how many hold what is expected. */
export function count(
  sums: readonly Sums[],
  { expected, floors = [] }: { readonly expected: number; readonly floors?: readonly ErrorFloor[] },
): { readonly all: number; readonly holding: number } {
  const intervals = sums.flatMap((one) => {
    const found = estimate(one, floors);
    const interval = found === undefined ? null : intervalOf(found, 0.05);
    return interval === null ? [] : [interval];
  });
  return {
    all: intervals.length,
    holding: intervals.filter(([low, high]) => low <= expected && expected <= high).length,
  };
}
