/**
 * Single-precision elementary functions of the kernel's readable reference.
 *
 * Every operation is rounded by Math.fround, one at a time and in the order written, so that the SIMD kernel (add, sub,
 * mul, div, bit operations and integer conversion of f32x4 and i32x4; no fused multiply-add) has the same bits in each
 * lane. All constants are exact single-precision numbers, lowest power first. test/kernel/elementary-minimax.test.ts
 * holds their generator: Remez exchange, then rounding.
 */

const { fround } = Math;

// One buffer seen as a float and as its bits. Written before each read: no state outlives a call.
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** −2 ln(1 + u) = −2u + u² P(u) for 1 + u in [√½, √2]; relative error 3.5e-8. */
export const MINUS_TWO_LN = [
  0.9999998211860657, -0.6666790246963501, 0.5000351071357727, -0.39924144744873047, 0.33141016960144043,
  -0.2983594834804535, 0.2861504554748535, -0.1746969074010849,
] as const;
/** 2 ln 2, 2.7e-9 too large in relative terms: small enough to need no second constant. */
export const TWO_LN_2 = 1.3862943649291992;
/** Bits of √½: mantissas lie in [√½, √2) when exponents are counted from here. */
export const SQRT_HALF_BITS = 0x3f3504f3;

/** sin(tπ/4) = t P(t²) for |t| ≤ 1; error 5.0e-9. */
export const SMALL_SINE = [
  0.7853981256484985, -0.08074513077735901, 0.002489370759576559, -0.000035579418181441724,
] as const;

/** cos(tπ/4) = P(t²) for |t| ≤ 1; error 4.1e-10. */
export const BIG_COSINE = [
  1, -0.3084251284599304, 0.015854282304644585, -0.000325863336911425, 0.000003490517656246084,
] as const;
/** 2⁻³¹: takes the signed 32-bit integers to [−1, 1]. */
export const INTEGER_TO_UNIT = 4.656612873077393e-10;

/** eʳ = 1 + r + r² P(r) for |r| ≤ ½ ln 2; relative error 3.9e-9. */
export const EXPONENTIAL = [
  0.4999999403953552, 0.1666652113199234, 0.04166838899254799, 0.008368710055947304, 0.001381461275741458,
] as const;
export const LOG2_E = 1.4426950216293335;
/** ln 2 = LN_2_HIGH − LN_2_EXCESS; the first has 9 bits, so that n · LN_2_HIGH is exact (Cody and Waite 1980). */
export const LN_2_HIGH = 0.693359375;
export const LN_2_EXCESS = 0.00021219444170128554;
/** 1.5 · 2²³: adding it rounds to an integer, ties to even, and leaves that integer in the low bits. */
export const ROUNDING_SHIFT = 12582912;

/** e^(z²/2) (1 − Φ(z)) = ½ + v P(v), v = z/(1 + bz), for 0 ≤ z ≤ 7; error, times e^(−z²/2), 1.3e-8. */
export const NORMAL_TAIL = [
  -0.3989420533180237, 0.1253253072500229, -0.015658849850296974, -0.0011789591517299414, 0.0004123894905205816,
] as const;
/** b of {@link NORMAL_TAIL}: of the multiples of 1/128, the one whose minimax error is least. */
export const NORMAL_TAIL_SCALE = 0.3125;

const [l0, l1, l2, l3, l4, l5, l6, l7] = MINUS_TWO_LN;
const [s0, s1, s2, s3] = SMALL_SINE;
const [c0, c1, c2, c3, c4] = BIG_COSINE;
const [e0, e1, e2, e3, e4] = EXPONENTIAL;
const [n0, n1, n2, n3, n4] = NORMAL_TAIL;

/**
 * −2 ln(f 2⁻³¹), the squared radius of Box and Muller 1958, from a random integer.
 *
 *   f = (upper 31 bits of the word, the lowest of them set), rounded to single precision: 2ᵏ (1 + u) in [1, 2³¹]
 *   −2 ln(f 2⁻³¹) = (31 − k) 2 ln 2 − 2u + u² P(u)
 *
 * word   any 32 bits, signed or unsigned
 *
 * In [0, 43]; exactly 0 at f = 2³¹. Relative error below 1.25e-7 for every word (all were tried), also near f = 2³¹. The
 * mean over all words is 2 within 3e-8 (relative). 31 bits, since signed integers convert in one instruction.
 */
export function minusTwoLn(word: number): number {
  float[0] = (word >>> 1) | 1;
  const pattern = bits[0];
  const k = (pattern - SQRT_HALF_BITS) >> 23;
  bits[0] = pattern - (k << 23);
  const u = fround(float[0] - 1);
  const u2 = fround(u * u);
  const u4 = fround(u2 * u2);
  const p01 = fround(l0 + fround(l1 * u));
  const p23 = fround(l2 + fround(l3 * u));
  const p45 = fround(l4 + fround(l5 * u));
  const p67 = fround(l6 + fround(l7 * u));
  const p03 = fround(p01 + fround(p23 * u2));
  const p47 = fround(p45 + fround(p67 * u2));
  const p = fround(p03 + fround(p47 * u4));
  const linear = fround(fround((31 - k) * TWO_LN_2) - fround(2 * u));
  return fround(linear + fround(u2 * p));
}

/** t in [−1, 1], uniform, from the lower 31 bits of a random integer; the uppermost is left for a sign. */
export function signedFraction(word: number): number {
  return fround(fround(word << 1) * INTEGER_TO_UNIT);
}

/**
 * sin(tπ/2) and cos(tπ/2) for |t| ≤ 1, the half of the unit circle where the cosine is not negative: from sine and cosine
 * of half the angle, sin 2φ = 2 sin φ cos φ and cos 2φ = 1 − 2 sin² φ.
 *
 * Absolute errors below 2.3e-7; the means of their squares over t are ½ within 4e-9 (relative).
 */
export function halfCircle(t: number): readonly [sine: number, cosine: number] {
  const sine = smallSine(t);
  const twice = fround(sine + sine);
  return [fround(twice * bigCosine(t)), fround(1 - fround(twice * sine))];
}

/** sin(tπ/4) for |t| ≤ 1. Odd; error below 8e-8; the mean of its square over t is right to 2e-9 (relative). */
export function smallSine(t: number): number {
  const s = fround(t * t);
  const p12 = fround(s1 + fround(s2 * s));
  const p13 = fround(p12 + fround(s3 * fround(s * s)));
  return fround(t * fround(s0 + fround(s * p13)));
}

/** cos(tπ/4) for |t| ≤ 1. Even; error below 9e-8; the mean of its square over t is right to 1e-9 (relative). */
export function bigCosine(t: number): number {
  const s = fround(t * t);
  const p12 = fround(c1 + fround(c2 * s));
  const p34 = fround(c3 + fround(c4 * s));
  const p14 = fround(p12 + fround(p34 * fround(s * s)));
  return fround(c0 + fround(s * p14));
}

/** n + 1.5·2²³, n = x log₂e rounded: its low bits are n, in two's complement. */
function shiftedPower(x: number): number {
  return fround(fround(x * LOG2_E) + ROUNDING_SHIFT);
}

/** eˣ/2ⁿ − 1 = r + r² P(r), r = x − n ln 2. */
function excess(x: number, shifted: number): number {
  const n = fround(shifted - ROUNDING_SHIFT);
  const r = fround(fround(x - fround(n * LN_2_HIGH)) + fround(n * LN_2_EXCESS));
  const r2 = fround(r * r);
  const p01 = fround(e0 + fround(e1 * r));
  const p23 = fround(e2 + fround(e3 * r));
  const p = fround(p01 + fround(r2 * fround(p23 + fround(e4 * r2))));
  return fround(r + fround(r2 * p));
}

/** value·2ⁿ; the bits of `shifted` that are not n leave on the left. */
function timesPower(value: number, shifted: number): number {
  float[0] = shifted;
  const exponent = bits[0] << 23;
  float[0] = value;
  bits[0] = bits[0] + exponent;
  return float[0];
}

/**
 * eˣ for −87 ≤ x ≤ 88, without a test of the domain.
 *
 *   n = x log₂e rounded,  r = x − n ln 2,  eˣ = 2ⁿ (1 + (r + r² P(r)))
 *
 * Relative error below 9e-8.
 */
export function exponential(x: number): number {
  const shifted = shiftedPower(x);
  return timesPower(fround(1 + excess(x, shifted)), shifted);
}

/** eˣ − 1 = (2ⁿ − 1) + 2ⁿ (r + r² P(r)) for −87 ≤ x ≤ 0, without a test of the domain. Relative error below 2.5e-7, also near 0. */
export function exponentialLessOne(x: number): number {
  const shifted = shiftedPower(x);
  const power = timesPower(1, shifted);
  return fround(fround(power - 1) + fround(power * excess(x, shifted)));
}

/**
 * Φ(z) − ½, Φ the standard normal distribution function, for |z| ≤ 13.
 *
 *   ½ − e^(−z²/2) (½ + v P(v)),  v = |z|/(1 + b|z|),  with the sign of z
 *
 * In [−½, ½], odd, 0 at 0; absolute error below 8e-8. The form is that of Abramowitz and Stegun 26.2.17 (Hastings), with
 * Q(0) = ½ kept exact.
 */
export function centredNormalCdf(z: number): number {
  const size = Math.abs(z);
  const density = exponential(fround(fround(size * size) * -0.5));
  const v = fround(size / fround(1 + fround(NORMAL_TAIL_SCALE * size)));
  const v2 = fround(v * v);
  const p01 = fround(n0 + fround(n1 * v));
  const p23 = fround(n2 + fround(n3 * v));
  const p = fround(p01 + fround(v2 * fround(p23 + fround(n4 * v2))));
  const tail = fround(density * fround(0.5 + fround(v * p)));
  float[0] = z;
  const sign = bits[0] & 0x80000000;
  float[0] = fround(0.5 - tail);
  bits[0] = bits[0] | sign;
  return float[0];
}

/** Past this tanh is ±1 in single precision, and e^(2z) still a number. */
export const TANH_REACH = 20;

/**
 * tanh z = 1 − 2/(e^(2|z|) + 1), with the sign of z. Any z; odd, in [−1, 1]; absolute error below 1.2e-7.
 */
export function hyperbolicTangent(z: number): number {
  const size = Math.min(Math.abs(z), TANH_REACH);
  const grown = exponential(fround(size + size));
  float[0] = z;
  const sign = bits[0] & 0x80000000;
  float[0] = fround(1 - fround(2 / fround(grown + 1)));
  bits[0] = bits[0] | sign;
  return float[0];
}

/** Past this Φ is 0 or 1 in single precision. */
export const NORMAL_REACH = 13;

/** z·Φ(z). Any z; absolute error below 1.4e-7·|z|, 8e-8 of it from Φ. Hendrycks & Gimpel 2016, "Gaussian Error Linear Units". */
export function gaussianErrorLinearUnit(z: number): number {
  const within = Math.max(-NORMAL_REACH, Math.min(NORMAL_REACH, z));
  return fround(z * fround(0.5 + centredNormalCdf(within)));
}

/** Past this e^(−|z|) is of no account, and before it a normal number. */
export const EXPONENT_REACH = 87;

/** 1/(1 + e^(−z)), as e^z/(1 + e^z) below 0. Any z; relative error below 2.5e-7 for z ≥ −87. */
export function logistic(z: number): number {
  const fallen = exponential(-Math.min(Math.abs(z), EXPONENT_REACH));
  return fround((z < 0 ? fallen : 1) / fround(1 + fallen));
}

/** z/(1 + e^(−z)), the sigmoid linear unit. Any z; relative error below 3e-7 for z ≥ −87. Elfwing et al. 2018. */
export function sigmoidLinearUnit(z: number): number {
  return fround(z * logistic(z));
}

/** z above 0, else scale·(e^z − 1). Any z; relative error below 3e-7. Clevert et al. 2016. */
export function exponentialLinearUnit(z: number, scale: number): number {
  return z > 0 ? z : fround(fround(scale) * exponentialLessOne(Math.max(z, -EXPONENT_REACH)));
}

/** z above 0, else slope·z. Maas et al. 2013. */
export function leakyRectifier(z: number, slope: number): number {
  return z > 0 ? z : fround(fround(slope) * z);
}
