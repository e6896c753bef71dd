// Patches of maps: runs of their numbers copied, and gathered to panels of products; ../reference.ts defines the bits.
import { fixed, GROUP, pair, SLOT } from "./panel";

/** Bytes of a vector. */
@inline
const VECTOR: usize = 16;

/** Numbers as they are, or rounded to 16 bits. Known when this is compiled, so each has its own loop. */
@inline
const ROWS: i32 = 0;
@inline
const PAIRS: i32 = 1;

@inline
function copied(kind: i32, x: v128, scale: v128, bound: v128): v128 {
  return kind == ROWS ? x : fixed(x, scale, bound);
}

/** `count` runs of three words each: from, to and length, in numbers. */
@inline
function copy(
  kind: i32,
  x: usize,
  stride: i32,
  rows: i32,
  runs: usize,
  count: i32,
  out: usize,
  outStride: i32,
  scale: v128,
  bound: v128,
): void {
  const end = runs + <usize>count * 12;
  for (let row = 0; row < rows; row++) {
    for (let run = runs; run < end; run += 12) {
      let from = x + (<usize>load<u32>(run) << 2);
      const away = out + (<usize>load<u32>(run, 4) << 2) - from;
      const until = from + (<usize>load<u32>(run, 8) << 2);
      for (; from + VECTOR <= until; from += VECTOR) {
        v128.store(from + away, copied(kind, v128.load(from), scale, bound));
      }
      for (; from < until; from += 4) {
        v128.store_lane<f32>(from + away, copied(kind, v128.load32_zero(from), scale, bound), 0);
      }
    }
    x += <usize>stride << 2;
    out += <usize>outStride << 2;
  }
}

export function copyRuns(
  x: usize,
  stride: i32,
  rows: i32,
  runs: usize,
  count: i32,
  out: usize,
  outStride: i32,
): void {
  const none = f32x4.splat(0);
  copy(ROWS, x, stride, rows, runs, count, out, outStride, none, none);
}

export function roundRuns(
  x: usize,
  stride: i32,
  rows: i32,
  runs: usize,
  count: i32,
  out: usize,
  outStride: i32,
  scale: f32,
  bound: f32,
): void {
  copy(PAIRS, x, stride, rows, runs, count, out, outStride, f32x4.splat(scale), f32x4.splat(bound));
}

/** How the points of four columns lie: one after another, every other one, or anyhow. */
@inline
const NEXT: i32 = 0;
@inline
const OTHER: i32 = 1;
@inline
const APART: i32 = 2;

/** Four numbers, the first at `at`; the others by their distances in bytes if they are apart. */
@inline
function four(lie: i32, at: usize, one: usize, two: usize, three: usize): v128 {
  if (lie == NEXT) return v128.load(at);
  if (lie == OTHER) return v128.shuffle<f32>(v128.load(at), v128.load(at, 16), 0, 2, 4, 6);
  let numbers = v128.load32_zero(at);
  numbers = v128.load_lane<f32>(at + one, numbers, 1);
  numbers = v128.load_lane<f32>(at + two, numbers, 2);
  return v128.load_lane<f32>(at + three, numbers, 3);
}

@inline
function shifted(from: usize, shift: usize): usize {
  return from + (<usize>load<u32>(shift) << 2);
}

@inline
function fill(
  kind: i32,
  lie: i32,
  from: usize,
  shifts: usize,
  rows: i32,
  slot: usize,
  one: usize,
  two: usize,
  three: usize,
): void {
  const end = shifts + (<usize>rows << 2);
  if (kind == ROWS) {
    for (let shift = shifts; shift < end; shift += 4, slot += SLOT) {
      v128.store(slot, four(lie, shifted(from, shift), one, two, three));
    }
    return;
  }
  for (let shift = shifts; shift < end; shift += 8, slot += SLOT) {
    // A last row without a second stands in both halves.
    const other = shift + 4 < end ? shift + 4 : shift;
    const low = four(lie, shifted(from, shift), one, two, three);
    v128.store(slot, pair(low, four(lie, shifted(from, other), one, two, three)));
  }
}

@inline
function fillFour(kind: i32, values: usize, points: usize, shifts: usize, rows: i32, slot: usize): void {
  const first = load<u32>(points);
  const one = load<u32>(points, 4) - first;
  const two = load<u32>(points, 8) - first;
  const three = load<u32>(points, 12) - first;
  const from = values + (<usize>first << 2);
  if (one == 1 && two == 2 && three == 3) fill(kind, NEXT, from, shifts, rows, slot, 0, 0, 0);
  else if (one == 2 && two == 4 && three == 6) fill(kind, OTHER, from, shifts, rows, slot, 0, 0, 0);
  else fill(kind, APART, from, shifts, rows, slot, <usize>one << 2, <usize>two << 2, <usize>three << 2);
}

@inline
function gather(
  kind: i32,
  values: usize,
  points: usize,
  columns: i32,
  shifts: usize,
  rows: i32,
  panel: usize,
): void {
  const end = points + (<usize>columns << 2);
  for (let group = points; group < end; group += 2 * VECTOR, panel += GROUP) {
    fillFour(kind, values, group, shifts, rows, panel);
    fillFour(kind, values, group + VECTOR, shifts, rows, panel + VECTOR);
  }
}

export function gatherRows(values: usize, points: usize, columns: i32, shifts: usize, rows: i32, panel: usize): void {
  gather(ROWS, values, points, columns, shifts, rows, panel);
}

export function gatherPairs(values: usize, points: usize, columns: i32, shifts: usize, rows: i32, panel: usize): void {
  gather(PAIRS, values, points, columns, shifts, rows, panel);
}
