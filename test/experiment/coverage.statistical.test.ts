import { expect, test } from "vitest";
import { estimate, intervalFactor } from "../../src/experiment/estimate.ts";
import type { Sums } from "../../src/experiment/sums.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { directShift } from "../../src/theory/shift.ts";
import { type Fault, faultySums, zScore } from "./faulty.ts";

const SEEDS = 400;
const scenario: ScenarioInput = { keep: 0.8, width: 4, batchSize: 16, mean: 1 };
const expected = directShift({ mean: 1, variance: 1 }, 0.25);

const runs = (fault: Fault): Sums[] =>
  Array.from({ length: SEEDS }, (_, seed) => faultySums({ ...scenario, seed: `coverage ${seed}` }, 60, fault));

/** How many 95 % intervals hold the closed form. */
function covered(sums: readonly Sums[]): number {
  return sums.filter((one) => {
    const result = estimate(one);
    if (result === undefined) return false;
    const factor = intervalFactor(result, 0.05);
    return result.shift / factor <= expected && expected <= result.shift * factor;
  }).length;
}

// Binomial(400, 0.94): at 60 mini-batches the coverage is 94-95 %. Below 352 with odds of 2.2·10⁻⁶, above 398 of 5·10⁻⁹
// (scipy.stats.binom). A coverage of 85 %, or one of 100 %, is found; finer differences are the coverage study's.
const FEWEST = 352;
const MOST = 398;

test("the 95 % interval holds the closed form 95 % of the time", () => {
  const count = covered(runs({}));
  expect(count).toBeGreaterThanOrEqual(FEWEST);
  expect(count).toBeLessThanOrEqual(MOST);
});

test("z of the estimate has mean 0 and variance 1 over seeds", () => {
  const z = runs({}).map((sums) => zScore(sums, expected));
  const mean = z.reduce((total, one) => total + one, 0) / SEEDS;
  const variance = z.reduce((total, one) => total + (one - mean) ** 2, 0) / (SEEDS - 1);
  // 4.9 standard errors of a mean, once in 10⁶; the variance's is √(2/399), and t with 59 degrees of freedom adds 59/57.
  expect(Math.abs(mean)).toBeLessThan(4.9 / Math.sqrt(SEEDS));
  expect(Math.abs(variance - 59 / 57)).toBeLessThan(4.9 * Math.sqrt(2 / (SEEDS - 1)) * (59 / 57));
});

test("negative control: with another input in test, an error worked out for pairs covers too rarely or too often", () => {
  const wrong = runs({ unpaired: true }).map((sums) => {
    const paired = faultySums({ ...scenario, seed: "pairs" }, 60, {});
    const correlation = paired.product - (paired.train * paired.test) / paired.n;
    return { ...sums, product: (sums.train * sums.test) / sums.n + correlation };
  });
  expect(covered(wrong)).toBeLessThan(FEWEST);
});
