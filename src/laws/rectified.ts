import { type Domain, LARGEST_MAGNITUDE, requireWithin } from "../numeric/domain.ts";
import { integrateUnit } from "../numeric/double-exponential.ts";
import { exp } from "../numeric/exp.ts";
import type { InputMoments, Moments, Tails } from "../numeric/moments.ts";
import { normalCdf, normalDensity } from "../numeric/normal.ts";

/**
 * Moments of x = max(0, z) from those of the normal z.
 *
 *   c = s(τ + max(0, h))      v = s²(Φ(h) − τ(|h| + τ))      ρ = (rΦ(h)² + J)s²/v
 *
 * h      mean of z in its standard deviations s, at least −8 (below, z is positive less than once in 10¹⁵ draws)
 * τ      φ(h) − |h|Φ(−|h|) = E max(0, g − |h|) of a standard normal g
 * r, J   correlation of each two z; the part of their covariance that is {@link jointTail}
 *
 * These are c = s(φ + hΦ) and E x² = s²((1 + h²)Φ + hφ) freed of cancellation: with n = φ + hΦ, E x²/s² − n² is
 * Φ + n(h − n), and n and n − h are τ and |h| + τ in one order or the other. At h = 1000 no digit of v is lost.
 *
 * Accuracy: c to 10⁻¹⁴ and v to 2·10⁻¹³, relative (both to 3·10⁻¹⁵ for h ≥ −1); ρ to 2·10⁻¹³, absolute.
 */
export function reluMoments(z: InputMoments): InputMoments {
  const { h, above, mean, variance } = rectified(z);
  const covariance = z.correlation * above * above + jointTail(z.correlation, h);
  return {
    mean: Math.sqrt(z.variance) * mean,
    variance: z.variance * variance,
    correlation: z.correlation === 1 ? 1 : Math.max(-1, Math.min(1, covariance / variance)),
  };
}

/** What the moments are made of: mean and variance are those of max(0, z/s). */
export interface Rectified extends Moments {
  readonly h: number;
  /** φ(h). */
  readonly density: number;
  /** Φ(h), the probability that z > 0. */
  readonly above: number;
  /** Φ(−|h|). */
  readonly beyond: number;
  /** τ. */
  readonly tail: number;
}

export function rectified(z: Moments): Rectified {
  const h = z.mean / Math.sqrt(z.variance);
  requireWithin(RELATIVE_MEAN, h);
  const density = normalDensity(h);
  const above = normalCdf(h);
  const beyond = normalCdf(-Math.abs(h));
  const tail = density - Math.abs(h) * beyond;
  return {
    h,
    density,
    above,
    beyond,
    tail,
    mean: tail + Math.max(0, h),
    variance: above - tail * (Math.abs(h) + tail),
  };
}

/**
 * J(r) in Cov(max(0, zᵢ), max(0, zⱼ)) = s²(rΦ(h)² + J(r)).
 *
 *   J(r) = 1/2π ∫ (r − sin θ) exp(−h²/(1 + sin θ)) dθ      θ from 0 to asin r
 *
 * By Price's theorem the covariance K(r), in s², has K′(r) = P(zᵢ > 0, zⱼ > 0), and that probability has as derivative the
 * density of both at 0: exp(−h²/(1 + r))/(2π√(1 − r²)). From K(0) = 0 and K′(0) = Φ(h)², integrating twice gives
 * K(r) = rΦ(h)² + ∫₀ʳ (r − q) exp(−h²/(1 + q))/(2π√(1 − q²)) dq, and q = sin θ is the form above. At h = 0 it is the
 * arc-cosine kernel of Cho & Saul 2009: E max(0, zᵢ)max(0, zⱼ) = s²(√(1 − r²) + r(π/2 + asin r))/2π.
 *
 * Computed with sin θ = 2t/(1 + t²), dθ = 2dt/(1 + t²), t up to r/(1 + √(1 − r²)). At r = −1 with h near 0 the integrand has
 * an essential singularity at that end. Accuracy: 3·10⁻¹⁶, absolute; |J| is 0.09 at most.
 */
export function jointTail(correlation: number, h: number): number {
  const end = correlation / (1 + Math.sqrt((1 - correlation) * (1 + correlation)));
  const integral = integrateUnit((u) => {
    const t = end * u;
    const norm = 1 + t * t;
    return ((correlation - (2 * t) / norm) * exp((-h * h * norm) / ((1 + t) * (1 + t)))) / norm;
  });
  return (end * integral) / Math.PI;
}

/**
 * Kurtosis of max(0, z), the fourth central moment over the squared variance, and the sixth over the cubed one.
 *
 *   Mₖ = E max(0, z/s)ᵏ:   M₀ = Φ(h),   M₁ = φ(h) + hΦ(h),   Mₖ = hMₖ₋₁ + (k − 1)Mₖ₋₂      (by parts)
 *
 * For h > 8 they are the normal's 3 and 15, from which they then differ by less than 10⁻⁹. For planning: to 10⁻⁹, relative.
 */
export function reluTails(z: Moments): Tails {
  const { h, above, mean, variance } = rectified(z);
  if (h > NEVER_RECTIFIED) return { kurtosis: 3, sixth: 15 };
  const second = h * mean + above;
  const third = h * second + 2 * mean;
  const fourth = h * third + 3 * second;
  const fifth = h * fourth + 4 * third;
  const sixth = h * fifth + 5 * fourth;
  const square = mean * mean;
  return {
    kurtosis: (fourth - mean * (4 * third - mean * (6 * second - 3 * square))) / (variance * variance),
    sixth:
      (sixth - mean * (6 * fifth - mean * (15 * fourth - mean * (20 * third - mean * (15 * second - 5 * square))))) /
      (variance * variance * variance),
  };
}

/** P(z < 0) is 6·10⁻¹⁶ there. */
const NEVER_RECTIFIED = 8;

const RELATIVE_MEAN: Domain = {
  field: "mean",
  from: -8,
  to: LARGEST_MAGNITUDE,
  rule: "−8 standard deviations of z or more, below which relu is always 0",
  hint: "raise the mean or the variance of z",
};
