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

export function largestMagnitude(x: usize, count: i32): f32 {
  const end = x + (<usize>count << 2);
  let most = f32x4.splat(0);
  for (let at = x; at < end; at += VECTOR) most = f32x4.max(most, f32x4.abs(v128.load(at)));
  const low = max<f32>(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1));
  return max<f32>(low, max<f32>(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)));
}
