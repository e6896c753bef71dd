// Functions of each unit in place, four lanes at a time; ../reference.ts defines the bits.
import { exponentialLinearUnit, leakyRectifier, logistic, sigmoidLinearUnit } from "./elementary";

/** Bytes of a vector. */
@inline
const VECTOR: usize = 16;

export function sigmoid(z: usize, count: i32): void {
  const end = z + (<usize>count << 2);
  for (let at = z; at < end; at += VECTOR) v128.store(at, logistic(v128.load(at)));
}

export function silu(z: usize, count: i32): void {
  const end = z + (<usize>count << 2);
  for (let at = z; at < end; at += VECTOR) v128.store(at, sigmoidLinearUnit(v128.load(at)));
}

export function elu(z: usize, count: i32, scale: f32): void {
  const end = z + (<usize>count << 2);
  const below = f32x4.splat(scale);
  for (let at = z; at < end; at += VECTOR) v128.store(at, exponentialLinearUnit(v128.load(at), below));
}

export function leakyRelu(z: usize, count: i32, slope: f32): void {
  const end = z + (<usize>count << 2);
  const below = f32x4.splat(slope);
  for (let at = z; at < end; at += VECTOR) v128.store(at, leakyRectifier(v128.load(at), below));
}
