import type { ShiftTheory } from "../shift.ts";

/** A quantity that a measurement has and theory predicts. */
export type Predicted = keyof ShiftTheory;

/** A number that theory depends on, with all else unchanged. */
export interface Parameter {
  /** Values from one end of its domain to the other, in order; between two of them theory rises or falls. */
  readonly grid: readonly number[];
  /** What theory says with a value; undefined where there is no such network. */
  readonly theory: (value: number) => ShiftTheory | undefined;
}

/**
 * The values of a parameter with which theory predicts a number, in the order of the grid.
 *
 *   f(value) = target: a change of sign between two neighbours of the grid is halved until they coincide
 *
 * Finds one root in each interval of the grid in which f is monotone, to the last digit or two. None where f does not depend on the
 * parameter. `strongestNoise` and `neededAlignment` have the closed forms of two of them (test/theory/solve/roots.test.ts).
 */
export function roots({ grid, theory }: Parameter, of: Predicted, target: number): readonly number[] {
  const difference = (value: number) => {
    const predicted = theory(value);
    return predicted === undefined ? Number.NaN : predicted[of] - target;
  };
  const found: number[] = [];
  for (let at = 0; at + 1 < grid.length; at++) {
    const [low, high] = [grid[at], grid[at + 1]];
    const [below, above] = [difference(low), difference(high)];
    if (below === above) continue;
    if (below === 0) found.push(low);
    else if (below * above < 0) found.push(halved(difference, { low, high, below }));
    else if (above === 0 && at + 2 === grid.length) found.push(high);
  }
  return found;
}

function halved(
  difference: (value: number) => number,
  { low, high, below }: { readonly low: number; readonly high: number; readonly below: number },
): number {
  let [from, to] = [low, high];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const middle = (from + to) / 2;
    if (middle === from || middle === to) break;
    if (difference(middle) * below > 0) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

/** More than the bits of a double, for intervals that begin at 0. */
const MOST_ROUNDS = 80;
