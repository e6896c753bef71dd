// A weighted sum of rows, each value with a noise of its own; ../reference.ts defines the bits.
import { plus } from "./elementary";

/** Bytes of a vector. */
@inline
const VECTOR: usize = 16;

/** `last` is the threshold less one: words up to it are kept. `weights` points at the first row's. */
export function addMaskedProducts(
  x: usize,
  count: i32,
  stride: i32,
  words: usize,
  last: u32,
  kept: f32,
  dropped: f32,
  centre: f32,
  weights: usize,
  y: usize,
): void {
  const end = x + (<usize>count << 2);
  const row = <usize>stride << 2;
  const away = words - x;
  const most = i32x4.splat(<i32>last);
  const otherwise = f32x4.splat(dropped);
  const difference = v128.xor(f32x4.splat(kept), otherwise);
  const shift = f32x4.splat(centre);
  for (let start = x; start < end; start += row) {
    const weight = v128.load32_splat(weights);
    weights += 4;
    let sum = y;
    for (let at = start; at < start + row; at += VECTOR) {
      const value = v128.load(at);
      const isKept = i32x4.le_u(v128.load(at + away), most);
      const deviation = v128.xor(otherwise, v128.and(isKept, difference));
      const noisy = plus(value, deviation, f32x4.add(value, shift));
      v128.store(sum, plus(v128.load(sum), weight, noisy));
      sum += VECTOR;
    }
  }
}
