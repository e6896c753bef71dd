// Scatter matrices of units over the samples of a tile, in 16-bit integers; ../reference.ts defines the bits. A panel has for each
// eight units, and each two samples, a word a unit: two integers of 16 bits.
import { ROUNDING_SHIFT } from "./constants";
import { isBelow, limits, reversalOf, turnOf } from "./masks";

/** Bytes of a vector, of the words of eight units, and of a tile of the matrix, four rows of eight. */
@inline
const VECTOR: usize = 16;
@inline
const WORDS: usize = 32;
@inline
const TILE: usize = 128;

/** Columns that stay in the first-level cache while all rows go by. */
@inline
const COLUMNS: i32 = 32;

/** x·scale rounded to integers, of eight samples. */
@inline
function rounded(x: usize, scale: v128): v128 {
  const one = f32x4.add(f32x4.mul(v128.load(x), scale), ROUNDING_SHIFT());
  const next = f32x4.add(f32x4.mul(v128.load(x, 16), scale), ROUNDING_SHIFT());
  return i8x16.shuffle(one, next, 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29);
}

/** Stores eight samples of four units: the words of a pair of samples beside each other. */
@inline
function transpose(out: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const cd = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const abHigh = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  const cdHigh = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  v128.store(out, i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(out, i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 32);
  v128.store(out, i8x16.shuffle(abHigh, cdHigh, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), 64);
  v128.store(out, i8x16.shuffle(abHigh, cdHigh, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 96);
}

/** Adds the sum of each of eight units over a panel's samples. */
@inline
function addSums(panel: usize, bytes: usize, sums: usize): void {
  const ones = i16x8.splat(1);
  let low = i32x4.splat(0);
  let high = i32x4.splat(0);
  for (const end = panel + bytes; panel < end; panel += WORDS) {
    low = i32x4.add(low, i32x4.dot_i16x8_s(v128.load(panel), ones));
    high = i32x4.add(high, i32x4.dot_i16x8_s(v128.load(panel, 16), ones));
  }
  addPair(sums, f64x2.convert_low_i32x4_s(low));
  addPair(sums + 16, f64x2.convert_low_i32x4_s(upper(low)));
  addPair(sums + 32, f64x2.convert_low_i32x4_s(high));
  addPair(sums + 48, f64x2.convert_low_i32x4_s(upper(high)));
}

@inline
function addPair(sums: usize, pair: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), pair));
}

@inline
function upper(x: v128): v128 {
  return i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
}

/** Ones where there is such a row. */
@inline
function rowMask(row: i32, rows: i32): v128 {
  return i32x4.splat(row < rows ? -1 : 0);
}

/** Which of the last eight samples count, as integers of 16 bits. */
@inline
function lastSamples(samples: i32, tail: usize): v128 {
  if ((samples & 7) === 0) return i32x4.splat(-1);
  return i16x8.narrow_i32x4_s(v128.load(tail), v128.load(tail, 16));
}

/** What is packed: x·scale; or what a mask makes of it. Known when this is compiled, so each has its own loop. */
@inline
const CLEAN: i32 = 0;
@inline
const MASKED: i32 = 1;

/** Eight samples of a unit; with a mask, x·scale + kept and dropped. */
@inline
function eight(
  kind: i32,
  x: usize,
  words: usize,
  scale: v128,
  reversal: v128,
  turn: v128,
  limit: v128,
  difference: v128,
  dropped: v128,
): v128 {
  const value = rounded(x, scale);
  if (kind == CLEAN) return value;
  // Words that are counted from the other end are below where the unit is dropped.
  const isKept = v128.xor(isBelow(words, reversal, turn, limit), reversal);
  return i16x8.add(v128.and(i16x8.add(value, difference), isKept), dropped);
}

/** `tail` points at two vectors of ones and zeros: which of the last samples, where they fill no group of eight, count. */
@inline
function pack(
  kind: i32,
  x: usize,
  rows: i32,
  stride: i32,
  samples: i32,
  scale: f32,
  panel: usize,
  sums: usize,
  tail: usize,
  words: usize,
  threshold: u32,
  reversal: v128,
  turn: v128,
  difference: v128,
  dropped: v128,
): void {
  const row = <usize>stride << 2;
  const wordRow = (<usize>stride << 1) + VECTOR;
  const factor = f32x4.splat(scale);
  const lastTail = lastSamples(samples, tail);
  for (let first = 0; first < rows; first += 8) {
    for (let half = 0; half < 8; half += 4) {
      const mask0 = rowMask(first + half, rows);
      const mask1 = rowMask(first + half + 1, rows);
      const mask2 = rowMask(first + half + 2, rows);
      const mask3 = rowMask(first + half + 3, rows);
      const limit0 = kind == CLEAN ? turn : limits(words, threshold);
      const limit1 = kind == CLEAN ? turn : limits(words + wordRow, threshold);
      const limit2 = kind == CLEAN ? turn : limits(words + 2 * wordRow, threshold);
      const limit3 = kind == CLEAN ? turn : limits(words + 3 * wordRow, threshold);
      let out = panel + (<usize>half << 2);
      for (let at: usize = 0; at < row; at += WORDS) {
        const tailMask = at + WORDS < row ? i32x4.splat(-1) : lastTail;
        const from = x + at;
        const word = words + VECTOR + (at >> 1);
        const a = eight(kind, from, word, factor, reversal, turn, limit0, difference, dropped);
        const b = eight(kind, from + row, word + wordRow, factor, reversal, turn, limit1, difference, dropped);
        const c = eight(kind, from + 2 * row, word + 2 * wordRow, factor, reversal, turn, limit2, difference, dropped);
        const d = eight(kind, from + 3 * row, word + 3 * wordRow, factor, reversal, turn, limit3, difference, dropped);
        transpose(
          out,
          v128.and(a, v128.and(mask0, tailMask)),
          v128.and(b, v128.and(mask1, tailMask)),
          v128.and(c, v128.and(mask2, tailMask)),
          v128.and(d, v128.and(mask3, tailMask)),
        );
        out += 4 * WORDS;
      }
      x += 4 * row;
      words += 4 * wordRow;
    }
    addSums(panel, row << 2, sums);
    panel += row << 2;
    sums += 64;
  }
}

export function packUnits(
  x: usize,
  rows: i32,
  stride: i32,
  samples: i32,
  scale: f32,
  panel: usize,
  sums: usize,
  tail: usize,
): void {
  const none = i16x8.splat(0);
  pack(CLEAN, x, rows, stride, samples, scale, panel, sums, tail, 0, 0, none, none, none, none);
}

export function packMaskedUnits(
  x: usize,
  rows: i32,
  stride: i32,
  samples: i32,
  words: usize,
  mask: i32,
  masks: i32,
  threshold: u32,
  isKept: i32,
  scale: f32,
  kept: i32,
  dropped: i32,
  panel: usize,
  sums: usize,
  tail: usize,
): void {
  const reversal = reversalOf(isKept);
  const turn = turnOf(mask, masks, isKept);
  const difference = i16x8.splat(<i16>(kept - dropped));
  const none = i16x8.splat(<i16>dropped);
  pack(MASKED, x, rows, stride, samples, scale, panel, sums, tail, words, threshold, reversal, turn, difference, none);
}

@inline
function addProducts(at: usize, low: v128, high: v128, isFirst: bool): void {
  const one = f32x4.convert_i32x4_s(low);
  const next = f32x4.convert_i32x4_s(high);
  v128.store(at, isFirst ? one : f32x4.add(v128.load(at), one));
  v128.store(at, isFirst ? next : f32x4.add(v128.load(at, 16), next), 16);
}

/** `units` is a multiple of eight, `pairs` those of samples. */
export function addScatter(panel: usize, units: i32, pairs: i32, scatter: usize, first: i32): void {
  const group = <usize>pairs * WORDS;
  const rowOfTiles = (<usize>units >> 3) * TILE;
  const isFirst = first != 0;
  for (let column = 0; column < units; column += COLUMNS) {
    for (let row = column; row < units; row += 4) {
      const rows = panel + <usize>(row >> 3) * group + (<usize>(row & 7) << 2);
      const last = min<i32>(min<i32>(column + COLUMNS, units), row + 4);
      let at = scatter + <usize>(row >> 2) * rowOfTiles + <usize>(column >> 3) * TILE;
      for (let unit = column; unit < last; unit += 8) {
        let low0 = i32x4.splat(0);
        let low1 = low0;
        let low2 = low0;
        let low3 = low0;
        let high0 = low0;
        let high1 = low0;
        let high2 = low0;
        let high3 = low0;
        let x = rows;
        let y = panel + <usize>(unit >> 3) * group;
        for (const end = y + group; y < end; y += WORDS) {
          const low = v128.load(y);
          const high = v128.load(y, 16);
          let word = v128.load32_splat(x);
          low0 = i32x4.add(low0, i32x4.dot_i16x8_s(word, low));
          high0 = i32x4.add(high0, i32x4.dot_i16x8_s(word, high));
          word = v128.load32_splat(x, 4);
          low1 = i32x4.add(low1, i32x4.dot_i16x8_s(word, low));
          high1 = i32x4.add(high1, i32x4.dot_i16x8_s(word, high));
          word = v128.load32_splat(x, 8);
          low2 = i32x4.add(low2, i32x4.dot_i16x8_s(word, low));
          high2 = i32x4.add(high2, i32x4.dot_i16x8_s(word, high));
          word = v128.load32_splat(x, 12);
          low3 = i32x4.add(low3, i32x4.dot_i16x8_s(word, low));
          high3 = i32x4.add(high3, i32x4.dot_i16x8_s(word, high));
          x += WORDS;
        }
        addProducts(at, low0, high0, isFirst);
        addProducts(at + 32, low1, high1, isFirst);
        addProducts(at + 64, low2, high2, isFirst);
        addProducts(at + 96, low3, high3, isFirst);
        at += TILE;
      }
    }
  }
}

/** Four entries of the scatter about the mean, taken into the running ones; times those of the Gram matrix. */
@inline
function trackFour(
  scatter: usize,
  gram: usize,
  running: usize,
  sum: v128,
  share: v128,
  kept: v128,
  weight: v128,
): v128 {
  const about = f32x4.sub(v128.load(scatter), f32x4.mul(sum, share));
  v128.store(running, f32x4.add(f32x4.mul(kept, v128.load(running)), f32x4.mul(weight, about)));
  return f32x4.mul(v128.load(gram), about);
}

@inline
function sumOfFour(x: v128): f64 {
  const pairs = f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(upper(x)));
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}

/** `room` has two floats a unit: its sum, and its mean. */
export function trackScatter(
  scatter: usize,
  units: i32,
  sums: usize,
  samples: f64,
  gram: usize,
  kept: f32,
  weight: f32,
  running: usize,
  room: usize,
): f64 {
  const rowOfTiles = (<usize>units >> 3) * TILE;
  const means = room + (<usize>units << 2);
  for (let at: usize = 0; at < <usize>units << 2; at += 4) {
    const sum = f64.load(sums + 2 * at);
    f32.store(room + at, <f32>sum);
    f32.store(means + at, <f32>(sum / samples));
  }
  const keptShare = f32x4.splat(kept);
  const newShare = f32x4.splat(weight);
  let total: f64 = 0;
  for (let row = 0; row < units; row += 4) {
    const own = room + (<usize>row << 2);
    const sum0 = v128.load32_splat(own);
    const sum1 = v128.load32_splat(own, 4);
    const sum2 = v128.load32_splat(own, 8);
    const sum3 = v128.load32_splat(own, 12);
    let at = <usize>(row >> 2) * rowOfTiles;
    for (let unit = 0; unit < row + 4; unit += 8) {
      const mean = means + (<usize>unit << 2);
      const low = v128.load(mean);
      const high = v128.load(mean, 16);
      const s = scatter + at;
      const g = gram + at;
      const r = running + at;
      let part = trackFour(s, g, r, sum0, low, keptShare, newShare);
      part = f32x4.add(part, trackFour(s + 16, g + 16, r + 16, sum0, high, keptShare, newShare));
      part = f32x4.add(part, trackFour(s + 32, g + 32, r + 32, sum1, low, keptShare, newShare));
      part = f32x4.add(part, trackFour(s + 48, g + 48, r + 48, sum1, high, keptShare, newShare));
      part = f32x4.add(part, trackFour(s + 64, g + 64, r + 64, sum2, low, keptShare, newShare));
      part = f32x4.add(part, trackFour(s + 80, g + 80, r + 80, sum2, high, keptShare, newShare));
      part = f32x4.add(part, trackFour(s + 96, g + 96, r + 96, sum3, low, keptShare, newShare));
      part = f32x4.add(part, trackFour(s + 112, g + 112, r + 112, sum3, high, keptShare, newShare));
      total += sumOfFour(part);
      at += TILE;
    }
  }
  return total;
}
