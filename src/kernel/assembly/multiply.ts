// Matrix products over four lanes of samples, from a panel of the input that is in the first-level cache; ../reference.ts
// defines the bits. The weights of each four neurons stand slot after slot. Groups are the outer loop, so that a kilobyte of
// input stays and weights stream.
import { fixed, GROUP, pair, SLOT } from "./panel";

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

/** What is multiplied: single precision, or pairs of integers. Known when this is compiled, so each has its own loop. */
@inline
const ROWS: i32 = 0;
@inline
const PAIRS: i32 = 1;

@inline
function plusProduct(kind: i32, sum: v128, weight: v128, x: v128): v128 {
  if (kind == ROWS) return f32x4.add(sum, f32x4.mul(weight, x));
  return i32x4.add(sum, i32x4.dot_i16x8_s(weight, x));
}

@inline
function asFloats(kind: i32, sum: v128): v128 {
  return kind == ROWS ? sum : f32x4.convert_i32x4_s(sum);
}

@inline
function addTo(kind: i32, y: usize, low: v128, high: v128): void {
  v128.store(y, f32x4.add(v128.load(y), asFloats(kind, low)));
  v128.store(y, f32x4.add(v128.load(y, 16), asFloats(kind, high)), 16);
}

@inline
function multiply(kind: i32, weights: usize, panel: usize, slots: i32, y: usize, neurons: i32, stride: i32): void {
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
        low0 = plusProduct(kind, low0, w, low);
        high0 = plusProduct(kind, high0, w, high);
        w = v128.load32_splat(weight, 4);
        low1 = plusProduct(kind, low1, w, low);
        high1 = plusProduct(kind, high1, w, high);
        w = v128.load32_splat(weight, 8);
        low2 = plusProduct(kind, low2, w, low);
        high2 = plusProduct(kind, high2, w, high);
        w = v128.load32_splat(weight, 12);
        low3 = plusProduct(kind, low3, w, low);
        high3 = plusProduct(kind, high3, w, high);
        weight += WEIGHTS;
      }
      addTo(kind, output, low0, high0);
      addTo(kind, output + row, low1, high1);
      addTo(kind, output + 2 * row, low2, high2);
      addTo(kind, output + 3 * row, low3, high3);
      output += 4 * row;
      tile += PANEL_WEIGHTS;
    }
    panel += GROUP;
  }
}

export function multiplyRows(weights: usize, panel: usize, slots: i32, y: usize, neurons: i32, stride: i32): void {
  multiply(ROWS, weights, panel, slots, y, neurons, stride);
}

export function multiplyPairs(weights: usize, panel: usize, slots: i32, y: usize, neurons: i32, stride: i32): void {
  multiply(PAIRS, weights, panel, slots, y, neurons, stride);
}
