// Matrix products over four lanes of samples, from a panel of the input that is in the first-level cache; ../reference.ts
// defines the bits. A panel has PANEL_SLOTS slots of 8 samples, slot after slot, for each group of 8 samples; the weights of
// each four neurons stand slot after slot. Groups are the outer loop, so that a kilobyte of input stays and weights stream.
import { ROUNDING_SHIFT } from "./constants";

/** Bytes of a slot of 8 samples, and of a group of slots (PANEL_SLOTS of ../kernel.ts). */
@inline
const SLOT: usize = 32;
@inline
const GROUP: usize = 32 * SLOT;
/** Neurons in a register tile (TILE_NEURONS of ../kernel.ts), and the bytes of their weights in a slot and in a panel. */
@inline
const TILE: i32 = 4;
@inline
const WEIGHTS: usize = 16;
@inline
const PANEL_WEIGHTS: usize = 32 * WEIGHTS;

/** Copies rows to slots; `panel` points at the first slot. */
export function packRows(x: usize, rows: i32, stride: i32, panel: usize): void {
  const row = <usize>stride << 2;
  for (let index = 0; index < rows; index++) {
    let slot = panel;
    for (let at: usize = 0; at < row; at += SLOT) {
      v128.store(slot, v128.load(x + at));
      v128.store(slot, v128.load(x + at, 16), 16);
      slot += GROUP;
    }
    x += row;
    panel += SLOT;
  }
}

/** x·scale within ±bound and rounded to an integer, in the lower 16 bits of each lane, by adding 1.5·2²³. */
@inline
function fixed(x: v128, scale: v128, bound: v128): v128 {
  const inside = f32x4.pmax(f32x4.neg(bound), f32x4.pmin(bound, f32x4.mul(x, scale)));
  return f32x4.add(inside, ROUNDING_SHIFT());
}

@inline
function pair(low: v128, high: v128): v128 {
  return v128.or(v128.and(low, i32x4.splat(0xffff)), i32x4.shl(high, 16));
}

/** Rounds rows to slots of pairs; `panel` points at the first slot. */
export function packPairs(x: usize, rows: i32, stride: i32, scale: f32, bound: f32, panel: usize): void {
  const row = <usize>stride << 2;
  const factor = f32x4.splat(scale);
  const most = f32x4.splat(bound);
  for (let index = 0; index < rows; index += 2) {
    const other = index + 1 < rows ? row : 0;
    let slot = panel;
    for (let at = x; at < x + row; at += SLOT) {
      const low = fixed(v128.load(at), factor, most);
      const next = fixed(v128.load(at, 16), factor, most);
      v128.store(slot, pair(low, fixed(v128.load(at + other), factor, most)));
      v128.store(slot, pair(next, fixed(v128.load(at + other, 16), factor, most)), 16);
      slot += GROUP;
    }
    x += 2 * row;
    panel += SLOT;
  }
}

@inline
function addTo(y: usize, low: v128, high: v128): void {
  v128.store(y, f32x4.add(v128.load(y), low));
  v128.store(y, f32x4.add(v128.load(y, 16), high), 16);
}

export function multiplyRows(weights: usize, panel: usize, slots: i32, y: usize, neurons: i32, stride: i32): void {
  const row = <usize>stride << 2;
  for (let group: usize = 0; group < row; group += SLOT) {
    const end = panel + <usize>slots * SLOT;
    let tile = weights;
    let output = y + group;
    for (let neuron = 0; neuron < neurons; neuron += TILE) {
      let low0 = f32x4.splat(0);
      let low1 = f32x4.splat(0);
      let low2 = f32x4.splat(0);
      let low3 = f32x4.splat(0);
      let high0 = f32x4.splat(0);
      let high1 = f32x4.splat(0);
      let high2 = f32x4.splat(0);
      let high3 = f32x4.splat(0);
      let weight = tile;
      for (let x = panel; x < end; x += SLOT) {
        const low = v128.load(x);
        const high = v128.load(x, 16);
        let w = v128.load32_splat(weight);
        low0 = f32x4.add(low0, f32x4.mul(w, low));
        high0 = f32x4.add(high0, f32x4.mul(w, high));
        w = v128.load32_splat(weight, 4);
        low1 = f32x4.add(low1, f32x4.mul(w, low));
        high1 = f32x4.add(high1, f32x4.mul(w, high));
        w = v128.load32_splat(weight, 8);
        low2 = f32x4.add(low2, f32x4.mul(w, low));
        high2 = f32x4.add(high2, f32x4.mul(w, high));
        w = v128.load32_splat(weight, 12);
        low3 = f32x4.add(low3, f32x4.mul(w, low));
        high3 = f32x4.add(high3, f32x4.mul(w, high));
        weight += WEIGHTS;
      }
      addTo(output, low0, high0);
      addTo(output + row, low1, high1);
      addTo(output + 2 * row, low2, high2);
      addTo(output + 3 * row, low3, high3);
      output += 4 * row;
      tile += PANEL_WEIGHTS;
    }
    panel += GROUP;
  }
}

export function multiplyPairs(weights: usize, panel: usize, slots: i32, y: usize, neurons: i32, stride: i32): void {
  const row = <usize>stride << 2;
  for (let group: usize = 0; group < row; group += SLOT) {
    const end = panel + <usize>slots * SLOT;
    let tile = weights;
    let output = y + group;
    for (let neuron = 0; neuron < neurons; neuron += TILE) {
      let low0 = i32x4.splat(0);
      let low1 = i32x4.splat(0);
      let low2 = i32x4.splat(0);
      let low3 = i32x4.splat(0);
      let high0 = i32x4.splat(0);
      let high1 = i32x4.splat(0);
      let high2 = i32x4.splat(0);
      let high3 = i32x4.splat(0);
      let weight = tile;
      for (let x = panel; x < end; x += SLOT) {
        const low = v128.load(x);
        const high = v128.load(x, 16);
        let w = v128.load32_splat(weight);
        low0 = i32x4.add(low0, i32x4.dot_i16x8_s(w, low));
        high0 = i32x4.add(high0, i32x4.dot_i16x8_s(w, high));
        w = v128.load32_splat(weight, 4);
        low1 = i32x4.add(low1, i32x4.dot_i16x8_s(w, low));
        high1 = i32x4.add(high1, i32x4.dot_i16x8_s(w, high));
        w = v128.load32_splat(weight, 8);
        low2 = i32x4.add(low2, i32x4.dot_i16x8_s(w, low));
        high2 = i32x4.add(high2, i32x4.dot_i16x8_s(w, high));
        w = v128.load32_splat(weight, 12);
        low3 = i32x4.add(low3, i32x4.dot_i16x8_s(w, low));
        high3 = i32x4.add(high3, i32x4.dot_i16x8_s(w, high));
        weight += WEIGHTS;
      }
      addTo(output, f32x4.convert_i32x4_s(low0), f32x4.convert_i32x4_s(high0));
      addTo(output + row, f32x4.convert_i32x4_s(low1), f32x4.convert_i32x4_s(high1));
      addTo(output + 2 * row, f32x4.convert_i32x4_s(low2), f32x4.convert_i32x4_s(high2));
      addTo(output + 3 * row, f32x4.convert_i32x4_s(low3), f32x4.convert_i32x4_s(high3));
      output += 4 * row;
      tile += PANEL_WEIGHTS;
    }
    panel += GROUP;
  }
}
