import type { ActivationProperties } from "../activations/activation-kind.ts";
import { pointsOf, type QuadraturePoint } from "../numeric/gauss-legendre.ts";
import type { InputMoments, Moments, Tails } from "../numeric/moments.ts";
import { normalDensity } from "../numeric/normal.ts";

type Activation = Pick<ActivationProperties, "at" | "isOdd">;

/**
 * Mean c, variance v and tails of f(z), z ~ N(μ, s²), by quadrature.
 *
 * Accuracy where f is not almost constant: c to 10⁻¹²·√v and v to 10⁻¹², relative, for |μ| ≤ 10·s; to |μ|/s·10⁻¹³ beyond, which z
 * itself is rounded to. The tails are for planning.
 */
export function momentsUnderNormal({ at: f, isOdd }: Activation, z: Moments): Moments & Tails {
  const points = normalPoints({ mean: z.mean, deviation: Math.sqrt(z.variance) });
  const values = points.map(({ at, weight }) => ({ value: f(at), weight }));
  const middle = f(z.mean);
  const isCentred = isOdd && z.mean === 0;
  const mean = isCentred ? 0 : middle + values.reduce((sum, { value, weight }) => sum + weight * (value - middle), 0);
  let variance = 0;
  let fourth = 0;
  let sixth = 0;
  for (const { value, weight } of values) {
    const square = (value - mean) * (value - mean);
    variance += weight * square;
    fourth += weight * square * square;
    sixth += weight * square * square * square;
  }
  return { mean, variance, kurtosis: fourth / (variance * variance), sixth: sixth / (variance * variance * variance) };
}

/**
 * Correlation of f(z) and f(z′), which have these moments, z and z′ normal with correlation r. To 10⁻¹², absolute.
 *
 * By a series, and near |r| = 1, where that takes too many terms, by one quadrature within another.
 */
export function correlationUnderNormal(activation: Activation, z: InputMoments, moments: Moments): number {
  const { correlation } = z;
  if (correlation === 0 || correlation === 1) return correlation;
  const covariance = seriesCovariance(activation, z, moments) ?? nestedCovariance(activation, z, moments);
  return Math.max(-1, Math.min(1, covariance / moments.variance));
}

/**
 * Undefined where it takes more than `MOST_TERMS`.
 *
 *   Cov = Σ rᵏaₖ²,  k from 1      aₖ = E f(μ + s·g)·Hₖ(g),  Hₖ₊₁ = (g·Hₖ − √k·Hₖ₋₁)/√(k + 1)
 *
 * Hₖ are the Hermite polynomials, normalised (Mehler 1866). All aₖ² add up to v, so that the terms behind the kth are at most |r|ᵏ⁺¹
 * times what is left of v.
 */
function seriesCovariance({ at: f }: Activation, z: InputMoments, { mean, variance }: Moments): number | undefined {
  const deviation = Math.sqrt(z.variance);
  const points = normalPoints({ mean: z.mean, deviation }).map(({ at, weight }) => {
    const g = (at - z.mean) / deviation;
    return { g, value: weight * (f(at) - mean), before: 1, polynomial: g };
  });
  let covariance = 0;
  let left = variance;
  let power = z.correlation;
  for (let k = 1; k <= MOST_TERMS; k++) {
    let coefficient = 0;
    for (const point of points) {
      const { g, value, before, polynomial } = point;
      coefficient += value * polynomial;
      point.before = polynomial;
      point.polynomial = (g * polynomial - Math.sqrt(k) * before) / Math.sqrt(k + 1);
    }
    covariance += power * coefficient * coefficient;
    left -= coefficient * coefficient;
    power *= z.correlation;
    if (Math.abs(power * left) <= NEGLIGIBLE * variance) return covariance;
  }
  return undefined;
}

/** More of them would oscillate faster than the points tell. */
const MOST_TERMS = 32;
const NEGLIGIBLE = 1e-15;

/**
 *   Cov = E D(μ + u)·D(μ ± u),  D(m) = E f(m + e) − c      u ~ N(0, |r|s²),  e ~ N(0, (1 − |r|)s²),  ± the sign of r
 *
 * For z = μ + u + e and z′ = μ ± u + e′, with e and e′ independent, have correlation r.
 */
function nestedCovariance({ at: f }: Activation, z: InputMoments, { mean }: Moments): number {
  const isOpposed = z.correlation < 0;
  const own = Math.sqrt((1 - Math.abs(z.correlation)) * z.variance);
  const shared = Math.sqrt(Math.abs(z.correlation) * z.variance);
  const deviationAt = (at: number) =>
    normalPoints({ mean: at, deviation: own }).reduce((sum, { at, weight }) => sum + weight * (f(at) - mean), 0);
  // D bends as f does, but over √(1 − |r|)·s at the least; its mirror image does so at 2μ.
  const kinks = isOpposed ? [0, 2 * z.mean] : [0];
  const finest = own === 0 ? 1 : Math.min(1, own);
  return normalPoints({ mean: z.mean, deviation: shared, kinks, finest }).reduce((sum, { at, weight }) => {
    const one = deviationAt(at);
    return sum + weight * one * (isOpposed ? deviationAt(2 * z.mean - at) : one);
  }, 0);
}

interface NormalIntegral {
  readonly mean: number;
  readonly deviation: number;
  /** Where the integrand bends, each time over `finest` or more. */
  readonly kinks?: readonly number[];
  readonly finest?: number;
}

/**
 * Points and weights with Σ weight·f(at) = E f(z), z ~ N(mean, deviation²): Gauss's rule on panels that end at the kinks. A panel
 * is at most 4.3 deviations long, and at most 3·finest or twice its distance from the nearest kink: singularities of f at ±i·π/2·finest
 * are then so far from it that the error is like 2.9^{−32} = 10⁻¹⁵ or less. Beyond 8.6 lies 10⁻¹⁷ of the distribution.
 */
function normalPoints({ mean, deviation, kinks = [0], finest = 1 }: NormalIntegral): readonly QuadraturePoint[] {
  if (deviation === 0) return [{ at: mean, weight: 1 }];
  const from = mean - 2 * PANEL * deviation;
  const to = mean + 2 * PANEL * deviation;
  const inside = kinks.filter((kink) => kink > from && kink < to).sort((one, other) => one - other);
  return [...inside, to]
    .flatMap((end, at) => panels(inside[at - 1] ?? from, end))
    .map(({ at, weight }) => ({ at, weight: (weight * normalDensity((at - mean) / deviation)) / deviation }));

  function panels(start: number, end: number): readonly QuadraturePoint[] {
    const distance = Math.min(...kinks.map((kink) => Math.max(0, start - kink, kink - end)));
    const longest = Math.min(PANEL * deviation, Math.max(NEAR * finest, 2 * distance));
    const middle = (start + end) / 2;
    // Where the deviation is less than a last digit of the mean, nothing lies between.
    const isWhole = middle <= start || middle >= end;
    if (isWhole || end - start <= longest * (1 + ROUNDING)) return pointsOf(start, end);
    return [...panels(start, middle), ...panels(middle, end)];
  }
}

const PANEL = 4.3;
const NEAR = 3;
/** So that 2·4.3 deviations are two panels, however they are rounded. */
const ROUNDING = 1e-9;
