// The panel of a matrix product: PANEL_SLOTS slots of 8 samples, slot after slot, for each group of 8 samples.
import { ROUNDING_SHIFT } from "./constants";

/** Bytes of a slot of 8 samples, and of a group of slots (PANEL_SLOTS of ../kernel.ts). */
@inline
export const SLOT: usize = 32;
@inline
export const GROUP: usize = 32 * SLOT;

/** x·scale within ±bound and rounded to an integer, in the lower 16 bits of each lane, by adding 1.5·2²³. */
@inline
export function fixed(x: v128, scale: v128, bound: v128): v128 {
  const inside = f32x4.pmax(f32x4.neg(bound), f32x4.pmin(bound, f32x4.mul(x, scale)));
  return f32x4.add(inside, ROUNDING_SHIFT());
}

/** The lower halves of two vectors as one of pairs. */
@inline
export function pair(low: v128, high: v128): v128 {
  return v128.or(v128.and(low, i32x4.splat(0xffff)), i32x4.shl(high, 16));
}
