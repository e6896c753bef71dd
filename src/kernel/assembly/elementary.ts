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
  INTEGER_TO_UNIT,
  LN_2_EXCESS,
  LN_2_HIGH,
  LOG2_E,
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
  ROUNDING_SHIFT,
  SMALL_SINE_0,
  SMALL_SINE_1,
  SMALL_SINE_2,
  SMALL_SINE_3,
  SQRT_HALF_BITS,
  TWO_LN_2,
} from "./constants";

/** a + b·x, rounded twice. */
@inline
function line(a: f32, b: f32, x: v128): v128 {
  return f32x4.add(f32x4.splat(a), f32x4.mul(f32x4.splat(b), x));
}

/** a + b·x, rounded twice. */
@inline
function plus(a: v128, b: v128, x: v128): v128 {
  return f32x4.add(a, f32x4.mul(b, x));
}

@inline
export function minusTwoLn(word: v128): v128 {
  const f = f32x4.convert_i32x4_u(v128.or(word, i32x4.splat(1)));
  const k = i32x4.shr_s(i32x4.sub(f, i32x4.splat(SQRT_HALF_BITS)), 23);
  const u = f32x4.sub(i32x4.sub(f, i32x4.shl(k, 23)), f32x4.splat(1));
  const u2 = f32x4.mul(u, u);
  const u4 = f32x4.mul(u2, u2);
  const p03 = plus(line(MINUS_TWO_LN_0, MINUS_TWO_LN_1, u), line(MINUS_TWO_LN_2, MINUS_TWO_LN_3, u), u2);
  const p47 = plus(line(MINUS_TWO_LN_4, MINUS_TWO_LN_5, u), line(MINUS_TWO_LN_6, MINUS_TWO_LN_7, u), u2);
  const p = plus(p03, p47, u4);
  const halvings = f32x4.convert_i32x4_s(i32x4.sub(i32x4.splat(32), k));
  const linear = f32x4.sub(f32x4.mul(halvings, f32x4.splat(TWO_LN_2)), f32x4.add(u, u));
  return plus(linear, u2, p);
}

@inline
export function eighthOfTurn(word: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(word, 2)), f32x4.splat(INTEGER_TO_UNIT));
}

@inline
export function smallSine(t: v128): v128 {
  const s = f32x4.mul(t, t);
  const p12 = line(SMALL_SINE_1, SMALL_SINE_2, s);
  const p13 = plus(p12, f32x4.splat(SMALL_SINE_3), f32x4.mul(s, s));
  return f32x4.mul(t, plus(f32x4.splat(SMALL_SINE_0), s, p13));
}

@inline
export function bigCosine(t: v128): v128 {
  const s = f32x4.mul(t, t);
  const p12 = line(BIG_COSINE_1, BIG_COSINE_2, s);
  const p34 = line(BIG_COSINE_3, BIG_COSINE_4, s);
  const p14 = plus(p12, p34, f32x4.mul(s, s));
  return plus(f32x4.splat(BIG_COSINE_0), s, p14);
}

@inline
export function exponential(x: v128): v128 {
  const magic = f32x4.splat(ROUNDING_SHIFT);
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(LOG2_E)), magic);
  const n = f32x4.sub(shifted, magic);
  const high = f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN_2_HIGH)));
  const r = f32x4.add(high, f32x4.mul(n, f32x4.splat(LN_2_EXCESS)));
  const r2 = f32x4.mul(r, r);
  const p01 = line(EXPONENTIAL_0, EXPONENTIAL_1, r);
  const p23 = line(EXPONENTIAL_2, EXPONENTIAL_3, r);
  const p = plus(p01, r2, plus(p23, f32x4.splat(EXPONENTIAL_4), r2));
  const mantissa = f32x4.add(f32x4.splat(1), plus(r, r2, p));
  return i32x4.add(mantissa, i32x4.shl(shifted, 23));
}

@inline
export function centredNormalCdf(z: v128): v128 {
  const size = f32x4.abs(z);
  const density = exponential(f32x4.mul(f32x4.mul(size, size), f32x4.splat(-0.5)));
  const v = f32x4.div(size, line(1, NORMAL_TAIL_SCALE, size));
  const v2 = f32x4.mul(v, v);
  const p01 = line(NORMAL_TAIL_0, NORMAL_TAIL_1, v);
  const p23 = line(NORMAL_TAIL_2, NORMAL_TAIL_3, v);
  const p = plus(p01, v2, plus(p23, f32x4.splat(NORMAL_TAIL_4), v2));
  const tail = f32x4.mul(density, plus(f32x4.splat(0.5), v, p));
  const half = f32x4.sub(f32x4.splat(0.5), tail);
  return v128.or(half, v128.and(z, i32x4.splat(<i32>0x80000000)));
}
