// Sums and sums of squares of rows over four lanes; ../reference.ts defines the bits. Eight partial sums a row, two vectors;
// `tail` points at two vectors of ones and zeros: which of the last samples, where they fill no group of eight, count.
import { plus } from "./elementary";

/** Bytes of a vector. */
@inline
const VECTOR: usize = 16;

/** What the moments are of: x; x + r·(x + weight); weight·x − y. Known when this is compiled, so each has its own loop. */
@inline
const CLEAN: i32 = 0;
@inline
const NOISY: i32 = 1;
@inline
const MIRRORED: i32 = 2;

/** Four values; `away` is the distance in bytes from x to the other array, r or y. */
@inline
function value(kind: i32, x: usize, away: usize, weight: v128): v128 {
  if (kind == CLEAN) return v128.load(x);
  if (kind == NOISY) return plus(v128.load(x), v128.load(x + away), f32x4.add(v128.load(x), weight));
  return f32x4.sub(f32x4.mul(weight, v128.load(x)), v128.load(x + away));
}

/** Sum of eight partial sums: the two vectors in single precision, then their four lanes in double. */
@inline
export function total(low: v128, high: v128): f64 {
  const lanes = f32x4.add(low, high);
  const upper = i8x16.shuffle(lanes, lanes, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  const pairs = f64x2.add(f64x2.promote_low_f32x4(lanes), f64x2.promote_low_f32x4(upper));
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}

@inline
function addMomentsOf(
  kind: i32,
  x: usize,
  away: usize,
  scalar: f32,
  count: i32,
  stride: i32,
  samples: i32,
  sums: usize,
  tail: usize,
): void {
  const end = x + (<usize>count << 2);
  const row = <usize>stride << 2;
  const whole = <usize>(samples & -8) << 2;
  const isWhole = (samples & 7) === 0;
  const weight = f32x4.splat(scalar);
  for (let start = x; start < end; start += row) {
    let lowSum = f32x4.splat(0);
    let highSum = f32x4.splat(0);
    let lowSquares = f32x4.splat(0);
    let highSquares = f32x4.splat(0);
    for (let at = start; at < start + whole; at += 2 * VECTOR) {
      const low = value(kind, at, away, weight);
      const high = value(kind, at + VECTOR, away, weight);
      lowSum = f32x4.add(lowSum, low);
      highSum = f32x4.add(highSum, high);
      lowSquares = plus(lowSquares, low, low);
      highSquares = plus(highSquares, high, high);
    }
    if (!isWhole) {
      const low = v128.and(value(kind, start + whole, away, weight), v128.load(tail));
      const high = v128.and(value(kind, start + whole + VECTOR, away, weight), v128.load(tail, 16));
      lowSum = f32x4.add(lowSum, low);
      highSum = f32x4.add(highSum, high);
      lowSquares = plus(lowSquares, low, low);
      highSquares = plus(highSquares, high, high);
    }
    f64.store(sums, f64.load(sums) + total(lowSum, highSum));
    f64.store(sums, f64.load(sums, 8) + total(lowSquares, highSquares), 8);
    sums += 16;
  }
}

export function addMoments(x: usize, count: i32, stride: i32, samples: i32, sums: usize, tail: usize): void {
  addMomentsOf(CLEAN, x, 0, 0, count, stride, samples, sums, tail);
}

export function addNoisyMoments(
  x: usize,
  count: i32,
  stride: i32,
  samples: i32,
  sums: usize,
  tail: usize,
  deviation: usize,
  centre: f32,
): void {
  addMomentsOf(NOISY, x, deviation - x, centre, count, stride, samples, sums, tail);
}

export function addMirroredMoments(
  x: usize,
  count: i32,
  stride: i32,
  samples: i32,
  sums: usize,
  tail: usize,
  y: usize,
  factor: f32,
): void {
  addMomentsOf(MIRRORED, x, y - x, factor, count, stride, samples, sums, tail);
}
