import { studentTwoSided } from "../numeric/student.ts";
import { estimate, intervalFactor } from "./estimate.ts";

/** A number and the interval that it lies in. */
export interface Interval {
  readonly value: number;
  readonly interval: readonly [number, number];
}

/** Of each of n mini-batches, one number. */
export type Series = readonly number[];

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

/** The sums of disjoint mini-batches. */
export function addRatioSums(a: RatioSums, b: RatioSums): RatioSums {
  return {
    n: a.n + b.n,
    numerator: a.numerator + b.numerator,
    denominator: a.denominator + b.denominator,
    numeratorSquared: a.numeratorSquared + b.numeratorSquared,
    denominatorSquared: a.denominatorSquared + b.denominatorSquared,
    product: a.product + b.product,
  };
}

/** √(Σ squares / Σ variances), with the interval of the ratio; of distances and the variances that they are relative to. */
export function rootOfRatio(sums: RatioSums, errorRate: number): Interval {
  const ratio = estimate({
    n: sums.n,
    train: sums.denominator,
    test: sums.numerator,
    trainSquared: sums.denominatorSquared,
    testSquared: sums.numeratorSquared,
    product: sums.product,
  });
  if (ratio === undefined) return { value: 0, interval: [0, 0] };
  const factor = Math.sqrt(intervalFactor(ratio, errorRate));
  const value = Math.sqrt(ratio.shift);
  return { value, interval: [value / factor, value * factor] };
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
