// What a stack of blocks does to whole tiles, four lanes at a time; ../reference.ts defines the bits.
import { hyperbolicTangent, gaussianErrorLinearUnit } from "./elementary";

/** Bytes of a vector. */
@inline
const VECTOR: usize = 16;

export function normalise(x: usize, count: i32, stride: i32, scale: usize, offset: usize): void {
  const end = x + (<usize>count << 2);
  const row = <usize>stride << 2;
  for (let start = x; start < end; start += row) {
    const factor = v128.load32_splat(scale);
    const shift = v128.load32_splat(offset);
    scale += 4;
    offset += 4;
    for (let at = start; at < start + row; at += VECTOR) {
      v128.store(at, f32x4.add(f32x4.mul(factor, v128.load(at)), shift));
    }
  }
}

export function tanh(z: usize, count: i32): void {
  const end = z + (<usize>count << 2);
  for (let at = z; at < end; at += VECTOR) v128.store(at, hyperbolicTangent(v128.load(at)));
}

export function gelu(z: usize, count: i32): void {
  const end = z + (<usize>count << 2);
  for (let at = z; at < end; at += VECTOR) v128.store(at, gaussianErrorLinearUnit(v128.load(at)));
}

export function scaleAndAdd(y: usize, count: i32, factor: f32, x: usize): void {
  const bytes = <usize>count << 2;
  const scale = f32x4.splat(factor);
  for (let at: usize = 0; at < bytes; at += VECTOR) {
    v128.store(y + at, f32x4.add(f32x4.mul(scale, v128.load(y + at)), v128.load(x + at)));
  }
}

/**
 * By the bits, which as integers have the order of magnitudes, those of what is not a number behind all others: an instruction a vector, where
 * the maximum of numbers takes seven. Four partial maxima, so that none waits for the one before.
 */
export function largestMagnitude(x: usize, count: i32): f32 {
  const end = x + (<usize>count << 2);
  const bits = i32x4.splat(0x7fffffff);
  let most0 = i32x4.splat(0);
  let most1 = most0;
  let most2 = most0;
  let most3 = most0;
  let at = x;
  for (; at + 4 * VECTOR <= end; at += 4 * VECTOR) {
    most0 = i32x4.max_s(most0, v128.and(bits, v128.load(at)));
    most1 = i32x4.max_s(most1, v128.and(bits, v128.load(at, 16)));
    most2 = i32x4.max_s(most2, v128.and(bits, v128.load(at, 32)));
    most3 = i32x4.max_s(most3, v128.and(bits, v128.load(at, 48)));
  }
  for (; at < end; at += VECTOR) most0 = i32x4.max_s(most0, v128.and(bits, v128.load(at)));
  const most = i32x4.max_s(i32x4.max_s(most0, most1), i32x4.max_s(most2, most3));
  const low = max<i32>(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 1));
  const high = max<i32>(i32x4.extract_lane(most, 2), i32x4.extract_lane(most, 3));
  return reinterpret<f32>(max<i32>(low, high));
}
