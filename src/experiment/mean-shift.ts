import { studentTwoSided } from "../numeric/student.ts";
import type { Interval } from "./root-of-ratio.ts";

/** Sums over mini-batches of what the means at test time are off by, and of its square. */
export interface MeanShiftSums {
  readonly meanShift: number;
  readonly meanShiftSquared: number;
}

export const NO_MEAN_SHIFT: MeanShiftSums = { meanShift: 0, meanShiftSquared: 0 };

export function addMeanShift({ meanShift, meanShiftSquared }: MeanShiftSums, other: MeanShiftSums): MeanShiftSums {
  return { meanShift: meanShift + other.meanShift, meanShiftSquared: meanShiftSquared + other.meanShiftSquared };
}

/**
 * The mean shift of n mini-batches with Student's interval, wider by 1/samples at either end: what the error of the frozen means
 * may add to it, and their having seen the same mini-batches take from it.
 *
 * samples   that the frozen means are of
 */
export function meanShiftOf(
  { meanShift, meanShiftSquared }: MeanShiftSums,
  { n, samples, errorRate }: { readonly n: number; readonly samples: number; readonly errorRate: number },
): Interval {
  const value = meanShift / n;
  const error = Math.sqrt(Math.max(0, meanShiftSquared / n - value * value) / (n - 1));
  const spread = error === 0 ? 0 : studentTwoSided({ tail: errorRate, degreesOfFreedom: n - 1 }) * error;
  const reach = spread + 1 / samples;
  return { value, interval: [value - reach, value + reach] };
}
