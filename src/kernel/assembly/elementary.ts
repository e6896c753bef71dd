// Four lanes of ../elementary.ts: the same operations in the same order, one instruction for each rounded step there.
// The constants are generated from it (see ../compile-assembly.ts).
import {
  BIG_COSINE_0,
  BIG_COSINE_1,
  BIG_COSINE_2,
  BIG_COSINE_3,
  BIG_COSINE_4,
  EXPONENTIAL_0,
  EXPONENTIAL_1,
  EXPONENTIAL_2,
  EXPONENTIAL_3,
  EXPONENTIAL_4,
  HALF,
  INTEGER_TO_UNIT,
  LN_2_EXCESS,
  LN_2_HIGH,
  LOG2_E,
  MINUS_HALF,
  MINUS_TWO_LN_0,
  MINUS_TWO_LN_1,
  MINUS_TWO_LN_2,
  MINUS_TWO_LN_3,
  MINUS_TWO_LN_4,
  MINUS_TWO_LN_5,
  MINUS_TWO_LN_6,
  MINUS_TWO_LN_7,
  NORMAL_TAIL_0,
  NORMAL_TAIL_1,
  NORMAL_TAIL_2,
  NORMAL_TAIL_3,
  NORMAL_TAIL_4,
  NORMAL_TAIL_SCALE,
  ONE,
  RADIX_BITS,
  ROUNDING_SHIFT,
  SIGN_BITS,
  SMALL_SINE_0,
  SMALL_SINE_1,
  SMALL_SINE_2,
  SMALL_SINE_3,
  SQRT_HALF_BITS,
  TWO_LN_2,
  UNIT_BITS,
} from "./constants";

/** a + b·x, rounded twice. */
@inline
export function plus(a: v128, b: v128, x: v128): v128 {
  return f32x4.add(a, f32x4.mul(b, x));
}

@inline
export function minusTwoLn(word: v128): v128 {
  const f = f32x4.convert_i32x4_s(v128.or(i32x4.shr_u(word, 1), UNIT_BITS()));
  const k = i32x4.shr_s(i32x4.sub(f, SQRT_HALF_BITS()), 23);
  const u = f32x4.sub(i32x4.sub(f, i32x4.shl(k, 23)), ONE());
  const u2 = f32x4.mul(u, u);
  const u4 = f32x4.mul(u2, u2);
  const p01 = plus(MINUS_TWO_LN_0(), MINUS_TWO_LN_1(), u);
  const p23 = plus(MINUS_TWO_LN_2(), MINUS_TWO_LN_3(), u);
  const p45 = plus(MINUS_TWO_LN_4(), MINUS_TWO_LN_5(), u);
  const p67 = plus(MINUS_TWO_LN_6(), MINUS_TWO_LN_7(), u);
  const p = plus(plus(p01, p23, u2), plus(p45, p67, u2), u4);
  const halvings = f32x4.convert_i32x4_s(i32x4.sub(RADIX_BITS(), k));
  const linear = f32x4.sub(f32x4.mul(halvings, TWO_LN_2()), f32x4.add(u, u));
  return plus(linear, u2, p);
}

@inline
export function signedFraction(word: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(word, 1)), INTEGER_TO_UNIT());
}

@inline
export function smallSine(t: v128): v128 {
  const s = f32x4.mul(t, t);
  const p12 = plus(SMALL_SINE_1(), SMALL_SINE_2(), s);
  const p13 = plus(p12, SMALL_SINE_3(), f32x4.mul(s, s));
  return f32x4.mul(t, plus(SMALL_SINE_0(), s, p13));
}

@inline
export function bigCosine(t: v128): v128 {
  const s = f32x4.mul(t, t);
  const p12 = plus(BIG_COSINE_1(), BIG_COSINE_2(), s);
  const p34 = plus(BIG_COSINE_3(), BIG_COSINE_4(), s);
  const p14 = plus(p12, p34, f32x4.mul(s, s));
  return plus(BIG_COSINE_0(), s, p14);
}

@inline
export function exponential(x: v128): v128 {
  const shifted = f32x4.add(f32x4.mul(x, LOG2_E()), ROUNDING_SHIFT());
  const n = f32x4.sub(shifted, ROUNDING_SHIFT());
  const high = f32x4.sub(x, f32x4.mul(n, LN_2_HIGH()));
  const r = f32x4.add(high, f32x4.mul(n, LN_2_EXCESS()));
  const r2 = f32x4.mul(r, r);
  const p01 = plus(EXPONENTIAL_0(), EXPONENTIAL_1(), r);
  const p23 = plus(EXPONENTIAL_2(), EXPONENTIAL_3(), r);
  const p = plus(p01, r2, plus(p23, EXPONENTIAL_4(), r2));
  const mantissa = f32x4.add(ONE(), plus(r, r2, p));
  return i32x4.add(mantissa, i32x4.shl(shifted, 23));
}

@inline
export function centredNormalCdf(z: v128): v128 {
  const size = f32x4.abs(z);
  const density = exponential(f32x4.mul(f32x4.mul(size, size), MINUS_HALF()));
  const v = f32x4.div(size, plus(ONE(), NORMAL_TAIL_SCALE(), size));
  const v2 = f32x4.mul(v, v);
  const p01 = plus(NORMAL_TAIL_0(), NORMAL_TAIL_1(), v);
  const p23 = plus(NORMAL_TAIL_2(), NORMAL_TAIL_3(), v);
  const p = plus(p01, v2, plus(p23, NORMAL_TAIL_4(), v2));
  const tail = f32x4.mul(density, plus(HALF(), v, p));
  return v128.or(f32x4.sub(HALF(), tail), v128.and(z, SIGN_BITS()));
}
