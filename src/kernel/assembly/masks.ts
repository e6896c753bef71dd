// Masks from words of 16 bits, and sums of rows with masks on them; ../reference.ts defines the bits. A row's words begin with a
// vector of eight that say where the threshold is rounded up.
import { plus } from "./elementary";
import { total } from "./moments";

/** Bytes of a vector. */
@inline
const VECTOR: usize = 16;

/** How often each sample of a row is below the threshold, under all turns but the first; 16 bits each. */
const COUNTS: usize = memory.data(512, 16);

/** Most signed 16-bit numbers that are below, plus one: the threshold in 2⁻³² of the circle, its lower half by chance. */
@inline
export function limits(words: usize, threshold: u32): v128 {
  const isRoundedUp = i16x8.lt_s(v128.load(words), i16x8.splat(<i16>((threshold & 0xffff) - 0x8000)));
  return i16x8.sub(i16x8.splat(<i16>((threshold >>> 16) - 0x8000)), isRoundedUp);
}

/** What words are added to so that they are turned, and signed; those that drop are counted from the other end of the circle. */
@inline
export function turnOf(mask: i32, masks: i32, isKept: i32): v128 {
  const turn = (mask << 16) / masks;
  return i16x8.splat(<i16>((isKept ? turn : -turn) + 0x8000));
}

/** Ones where words are counted from the other end. */
@inline
export function reversalOf(isKept: i32): v128 {
  return i16x8.splat(isKept ? 0 : -1);
}

@inline
export function isBelow(words: usize, reversal: v128, turn: v128, limit: v128): v128 {
  return i16x8.gt_s(limit, i16x8.add(v128.xor(v128.load(words), reversal), turn));
}

/** The first four, and the last four, of eight masks of 16 bits, as masks of 32. */
@inline
function low(mask: v128): v128 {
  return i8x16.shuffle(mask, mask, 0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7);
}

@inline
function high(mask: v128): v128 {
  return i8x16.shuffle(mask, mask, 8, 9, 8, 9, 10, 11, 10, 11, 12, 13, 12, 13, 14, 15, 14, 15);
}

export function mask(
  words: usize,
  mask: i32,
  masks: i32,
  threshold: u32,
  isKept: i32,
  kept: f32,
  dropped: f32,
  out: usize,
  count: i32,
  stride: i32,
): void {
  const end = out + (<usize>count << 2);
  const row = <usize>stride << 2;
  const turn = turnOf(mask, masks, isKept);
  const reversal = reversalOf(isKept);
  const other = f32x4.splat(isKept ? dropped : kept);
  // One instruction less than a selection by the mask.
  const difference = v128.xor(f32x4.splat(kept), f32x4.splat(dropped));
  while (out < end) {
    const limit = limits(words, threshold);
    words += VECTOR;
    for (const last = out + row; out < last; out += 2 * VECTOR) {
      const mask = isBelow(words, reversal, turn, limit);
      v128.store(out, v128.xor(other, v128.and(low(mask), difference)));
      v128.store(out, v128.xor(other, v128.and(high(mask), difference)), 16);
      words += VECTOR;
    }
  }
}

/** The sum of eight counts. */
@inline
function countOf(counts: v128): f64 {
  const pairs = i32x4.extadd_pairwise_i16x8_s(counts);
  const half = i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
  return <f64>(half + i32x4.extract_lane(pairs, 2) + i32x4.extract_lane(pairs, 3));
}

/** `tail` points at two vectors of ones and zeros: which of the last samples, where they fill no group of eight, count. */
export function addMaskedMoments(
  x: usize,
  count: i32,
  stride: i32,
  samples: i32,
  words: usize,
  threshold: u32,
  isKept: i32,
  masks: i32,
  isComplement: i32,
  isMirrored: i32,
  keep: f64,
  centre: f64,
  clean: usize,
  own: usize,
  others: usize,
  tail: usize,
): void {
  const end = x + (<usize>count << 2);
  const row = <usize>stride << 2;
  const wordRow = <usize>stride << 1;
  const n = <f64>samples;
  const square = centre * centre;
  const cross = 2 * centre * (1 - keep);
  const perKept = square * (1 - 2 * keep);
  const fixed = square * keep * keep * n;
  const isWhole = (samples & 7) === 0;
  const lastGroup = row - 2 * VECTOR;
  const reversal = reversalOf(isKept);
  for (; x < end; x += row) {
    const limit = limits(words, threshold);
    words += VECTOR;
    // Samples that do not count are 0, and not below.
    let beyond = i32x4.splat(0);
    if (!isWhole) {
      const lowTail = v128.load(tail);
      const highTail = v128.load(tail, 16);
      v128.store(x + lastGroup, v128.and(v128.load(x + lastGroup), lowTail));
      v128.store(x + lastGroup, v128.and(v128.load(x + lastGroup, 16), highTail), 16);
      beyond = i16x8.narrow_i32x4_s(v128.not(lowTail), v128.not(highTail));
    }
    let lowSum = f32x4.splat(0);
    let highSum = f32x4.splat(0);
    let lowSquares = f32x4.splat(0);
    let highSquares = f32x4.splat(0);
    let lowBelow = f32x4.splat(0);
    let highBelow = f32x4.splat(0);
    let lowBelowSquares = f32x4.splat(0);
    let highBelowSquares = f32x4.splat(0);
    let counts = i16x8.splat(0);
    let turn = turnOf(0, 1, isKept);
    for (let at: usize = 0; at < wordRow; at += VECTOR) {
      const mask = isBelow(words + at, reversal, turn, limit);
      counts = i16x8.sub(counts, mask);
      const one = v128.load(x + 2 * at);
      const next = v128.load(x + 2 * at, 16);
      lowSum = f32x4.add(lowSum, one);
      highSum = f32x4.add(highSum, next);
      lowSquares = plus(lowSquares, one, one);
      highSquares = plus(highSquares, next, next);
      const lowValue = v128.and(one, low(mask));
      const highValue = v128.and(next, high(mask));
      lowBelow = f32x4.add(lowBelow, lowValue);
      highBelow = f32x4.add(highBelow, highValue);
      lowBelowSquares = plus(lowBelowSquares, lowValue, lowValue);
      highBelowSquares = plus(highBelowSquares, highValue, highValue);
    }
    const lastWords = words + wordRow - VECTOR;
    if (!isWhole) counts = i16x8.add(counts, v128.and(beyond, isBelow(lastWords, reversal, turn, limit)));
    const sum = total(lowSum, highSum);
    const squares = total(lowSquares, highSquares);
    f64.store(clean, f64.load(clean) + sum);
    f64.store(clean, f64.load(clean, 8) + squares, 8);
    clean += 16;

    let kept = countOf(counts);
    let keptSum = total(lowBelow, highBelow);
    let keptSquares = total(lowBelowSquares, highBelowSquares);
    if (!isKept) {
      kept = n - kept;
      keptSum = sum - keptSum;
      keptSquares = squares - keptSquares;
    }
    const even = keptSquares + (perKept * kept + fixed);
    const odd = cross * keptSum;
    const lean = centre * (kept - keep * n);
    f64.store(own, f64.load(own) + (lean + keptSum));
    f64.store(own, f64.load(own, 8) + (even + odd), 8);
    own += 16;

    let otherSquares: f64 = 0;
    if (isMirrored) {
      f64.store(others, f64.load(others) + (lean - keptSum));
      others += 8;
      otherSquares = even - odd;
    }
    if (isComplement) {
      const restKept = n - kept;
      const rest = sum - keptSum;
      const restLean = centre * (restKept - keep * n);
      const restEven = squares - keptSquares + (perKept * restKept + fixed);
      f64.store(others, f64.load(others) + (restLean + rest));
      others += 8;
      if (isMirrored) {
        f64.store(others, f64.load(others) + (restLean - rest));
        others += 8;
        otherSquares += 2 * restEven;
      } else otherSquares += restEven + cross * rest;
    } else if (masks > 1) {
      let allKept: f64 = 0;
      let allSums: f64 = 0;
      for (let at: usize = 0; at < wordRow; at += VECTOR) v128.store(COUNTS + at, i16x8.splat(0));
      for (let mask = 1; mask < masks; mask++) {
        turn = turnOf(mask, masks, isKept);
        lowBelow = f32x4.splat(0);
        highBelow = f32x4.splat(0);
        counts = i16x8.splat(0);
        for (let at: usize = 0; at < wordRow; at += VECTOR) {
          const mask = isBelow(words + at, reversal, turn, limit);
          counts = i16x8.sub(counts, mask);
          v128.store(COUNTS + at, i16x8.sub(v128.load(COUNTS + at), mask));
          lowBelow = f32x4.add(lowBelow, v128.and(v128.load(x + 2 * at), low(mask)));
          highBelow = f32x4.add(highBelow, v128.and(v128.load(x + 2 * at, 16), high(mask)));
        }
        if (!isWhole) counts = i16x8.add(counts, v128.and(beyond, isBelow(lastWords, reversal, turn, limit)));
        kept = countOf(counts);
        keptSum = total(lowBelow, highBelow);
        if (!isKept) {
          kept = n - kept;
          keptSum = sum - keptSum;
        }
        allKept += kept;
        allSums += keptSum;
        const lean = centre * (kept - keep * n);
        f64.store(others, f64.load(others) + (lean + keptSum));
        others += 8;
        if (isMirrored) {
          f64.store(others, f64.load(others) + (lean - keptSum));
          others += 8;
        }
      }
      lowBelowSquares = f32x4.splat(0);
      highBelowSquares = f32x4.splat(0);
      for (let at: usize = 0; at < wordRow; at += VECTOR) {
        const times = v128.load(COUNTS + at);
        const one = v128.load(x + 2 * at);
        const next = v128.load(x + 2 * at, 16);
        lowBelowSquares = plus(
          lowBelowSquares,
          f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(times)),
          f32x4.mul(one, one),
        );
        highBelowSquares = plus(
          highBelowSquares,
          f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(times)),
          f32x4.mul(next, next),
        );
      }
      const more = <f64>(masks - 1);
      let allSquares = total(lowBelowSquares, highBelowSquares);
      if (!isKept) allSquares = more * squares - allSquares;
      const allEven = allSquares + (perKept * allKept + more * fixed);
      otherSquares += isMirrored ? 2 * allEven : allEven + cross * allSums;
    }
    if (isMirrored | (masks > 1)) {
      f64.store(others, f64.load(others) + otherSquares);
      others += 8;
    }
    words += wordRow;
  }
}
