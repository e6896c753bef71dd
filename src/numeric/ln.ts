import { splitBinary } from "./power-of-two.ts";

// ln 2 = LN2_HIGH + LN2_LOW; the first has 21 trailing zero bits, so that k · LN2_HIGH is exact for |k| < 2²¹.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * Natural logarithm, with the same bits on every engine (Math.log's differ).
 *
 *   x = 2ᵏ (1 + f),  √½ ≤ 1 + f < √2,  ln x = k ln 2 + 2 artanh(f/(2 + f))
 *
 * Within one ulp (0.8 measured). −∞ at 0, NaN below, ∞ at ∞.
 * The reduction and the order of the sum are those of fdlibm's e_log.c (Sun Microsystems 1993); the coefficients are
 * those of artanh's series.
 */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  const { mantissa, exponent } = splitBinary(x);
  return sumOfLogarithms(mantissa - 1, exponent, 0);
}

/**
 * ln(1 + x), also where 1 + x would lose the digits of x.
 *
 *   ln(1 + x) = ln u + ((1 + x) − u)/u,  u = 1 + x rounded
 *
 * Within one ulp (0.8 measured). −∞ at −1, NaN below, ∞ at ∞. After fdlibm's s_log1p.c, as {@link ln}.
 */
export function ln1p(x: number): number {
  const sum = 1 + x;
  if (!(sum > 0) || sum === Number.POSITIVE_INFINITY) return ln(sum);
  const { mantissa, exponent } = splitBinary(sum);
  if (exponent === 0) return sumOfLogarithms(x, 0, 0);
  const lost = Math.abs(x) > 1 ? 1 - (sum - x) : x - (sum - 1);
  return sumOfLogarithms(mantissa - 1, exponent, lost / sum);
}

/** k ln 2 + ln(1 + f) + correction, smallest parts first; 1 + f in [√½, √2). */
function sumOfLogarithms(f: number, k: number, correction: number): number {
  if (f === 0 && k === 0) return f;
  const s = f / (2 + f);
  const halfSquare = 0.5 * f * f;
  // 2 artanh s = f − f²/2 + s (f²/2 + R)
  const rest = s * (halfSquare + artanhSeries(s * s)) + (k * LN2_LOW + correction);
  return k * LN2_HIGH - (halfSquare - rest - f);
}

/** R = 2 artanh(s)/s − 2 = Σ 2 zⁿ/(2n + 1) in z = s² ≤ 0.0295; ten terms leave 2e-18. */
function artanhSeries(z: number): number {
  const upper = z * (2 / 13 + z * (2 / 15 + z * (2 / 17 + z * (2 / 19 + z * (2 / 21)))));
  return z * (2 / 3 + z * (2 / 5 + z * (2 / 7 + z * (2 / 9 + z * (2 / 11 + upper)))));
}
