import { studentTwoSided } from "../../numeric/student.ts";
import { type Estimate, estimate, intervalFactor } from "../estimate.ts";
import { addSums, NO_SUMS, sumsOf } from "../sums.ts";

/** A number and the interval that it lies in. */
export interface Interval {
  readonly value: number;
  readonly interval: readonly [number, number];
}

/** What was measured at a position. */
export interface PlaceEstimate {
  readonly ratio: Estimate;
  readonly interval: readonly [number, number];
  readonly meanShift: Interval;
}

/** Of each of n mini-batches, one number. */
export type Series = readonly number[];

export interface PlaceSeries {
  /** Variances during training, or their substitutes, and at test time, of the same mini-batches. */
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

/** A ratio of means over mini-batches whose numerator may be 0 or, by its error, below. */
export interface RatioSums {
  readonly n: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly numeratorSquared: number;
  readonly denominatorSquared: number;
  readonly product: number;
}

export function ratioSums(numerators: Series, denominators: Series): RatioSums {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    n: numerators.length,
    numerator: sum(numerators),
    denominator: sum(denominators),
    numeratorSquared: sum(numerators.map((value) => value * value)),
    denominatorSquared: sum(denominators.map((value) => value * value)),
    product: sum(numerators.map((value, at) => value * denominators[at])),
  };
}

/**
 * √(a/b) with its interval by Fieller's theorem: the square roots of the r for which a − r·b is not significantly other than 0,
 *
 *   (ā − r·b̄)² ≤ t²·(s_aa − 2r·s_ab + r²·s_bb)
 *
 * ā, b̄               means over n ≥ 2 independent mini-batches
 * s_aa, s_ab, s_bb   variances of those means, and their covariance
 * t                  Student's quantile for n − 1 degrees of freedom
 *
 * Unlike the delta method of `estimate` it holds for an ā near 0. Squares below 0 count as 0. Undefined where b̄ is not
 * significantly above 0: the interval then has no upper end. Fieller 1954, J. R. Statist. Soc. B 16, 175-185.
 */
export function rootOfSmallRatio(sums: RatioSums, errorRate: number): Interval | undefined {
  const { n, numerator, denominator, numeratorSquared, denominatorSquared, product } = sums;
  if (n < 2) return undefined;
  const [a, b] = [numerator / n, denominator / n];
  const t = studentTwoSided({ tail: errorRate, degreesOfFreedom: n - 1 });
  const reach = (t * t) / (n - 1);
  // Products of means less t² times their covariances.
  const aa = a * a - reach * Math.max(0, numeratorSquared / n - a * a);
  const ab = a * b - reach * (product / n - a * b);
  const bb = b * b - reach * Math.max(0, denominatorSquared / n - b * b);
  if (!(b > 0 && bb > 0)) return undefined;
  const root = Math.sqrt(Math.max(0, ab * ab - aa * bb));
  const rootOf = (square: number) => Math.sqrt(Math.max(0, square));
  return { value: rootOf(a / b), interval: [rootOf((ab - root) / bb), rootOf((ab + root) / bb)] };
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
