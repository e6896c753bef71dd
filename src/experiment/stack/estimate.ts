import { studentTwoSided } from "../../numeric/student.ts";
import { type Estimate, estimate, intervalFactor } from "../estimate.ts";
import { addSums, NO_SUMS, sumsOf } from "../sums.ts";

/** A number and the interval that it lies in. */
export interface Interval {
  readonly value: number;
  readonly interval: readonly [number, number];
}

/** What was measured at a place. */
export interface PlaceEstimate {
  readonly ratio: Estimate;
  readonly interval: readonly [number, number];
  readonly meanShift: Interval;
}

/** Of each of n mini-batches, one number. */
export type Series = readonly number[];

export interface PlaceSeries {
  /** Variances in training, or those that test has in their place, and in test, of the same mini-batches. */
  readonly train: Series;
  readonly test: Series;
  readonly meanShift: Series;
  /** Samples of training. */
  readonly samples: number;
}

/**
 * The ratio of the mean variances and the mean shift, with intervals: paired over the mini-batches, which are independent
 * given the weights and the statistics of training. The interval of the mean shift is wider by 1/samples at either end: what the
 * error of the frozen means may add to it, and their having seen the same mini-batches take from it. Undefined where nothing varied.
 */
export function estimatePlace(
  { train, test, meanShift, samples }: PlaceSeries,
  errorRate: number,
): PlaceEstimate | undefined {
  const ratio = ratioOf(test, train);
  if (ratio === undefined) return undefined;
  const factor = intervalFactor(ratio, errorRate);
  const { value, interval } = meanOf(meanShift, errorRate);
  return {
    ratio,
    interval: [ratio.shift / factor, ratio.shift * factor],
    meanShift: { value, interval: [interval[0] - 1 / samples, interval[1] + 1 / samples] },
  };
}

/** √(Σ squares / Σ variances), with the interval of the ratio; of distances and the variances that they are relative to. */
export function rootOfRatio(squares: Series, variances: Series, errorRate: number): Interval {
  const ratio = ratioOf(squares, variances);
  if (ratio === undefined) return { value: 0, interval: [0, 0] };
  const factor = Math.sqrt(intervalFactor(ratio, errorRate));
  const value = Math.sqrt(ratio.shift);
  return { value, interval: [value / factor, value * factor] };
}

function ratioOf(test: Series, train: Series): Estimate | undefined {
  let sums = NO_SUMS;
  for (const [at, value] of test.entries()) sums = addSums(sums, sumsOf({ train: train[at], test: value }));
  return estimate(sums);
}

/** The mean with Student's interval. */
function meanOf(series: Series, errorRate: number): Interval {
  const n = series.length;
  const value = series.reduce((total, one) => total + one, 0) / n;
  const squares = series.reduce((total, one) => total + (one - value) * (one - value), 0);
  const error = Math.sqrt(squares / n / (n - 1));
  const reach = error === 0 ? 0 : studentTwoSided({ tail: errorRate, degreesOfFreedom: n - 1 }) * error;
  return { value, interval: [value - reach, value + reach] };
}
