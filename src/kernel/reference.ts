import {
  centredNormalCdf,
  exponential,
  exponentialLinearUnit,
  gaussianErrorLinearUnit,
  halfCircle,
  hyperbolicTangent,
  leakyRectifier,
  logistic,
  minusTwoLn,
  ROUNDING_SHIFT,
  sigmoidLinearUnit,
  signedFraction,
} from "./elementary.ts";
import { GROUP, inScatter, type Kernel, maskWords, PANEL_SLOTS, STAGE_FLOATS, TILE_NEURONS } from "./kernel.ts";
import { nextWords } from "./xoshiro.ts";

const { fround } = Math;
const LANES = 4;
/** Numbers of 16 bits. */
const POINTS = 2 ** 16;

const laneWords = new Uint32Array(STAGE_FLOATS / LANES);
const angleWords = new Uint32Array(STAGE_FLOATS / GROUP);
const partialSums = new Float32Array(GROUP);
const partialSquares = new Float32Array(GROUP);

/**
 * The kernel in plain TypeScript. It defines the bits: each arithmetic step is rounded to single precision, in an order
 * that a vector unit of four lanes without fused multiply-add follows too. A faster kernel is tested against it.
 */
export const referenceKernel: Kernel = {
  floats: (length) => new Float32Array(length),
  doubles: (length) => new Float64Array(length),
  words: (length) => new Uint32Array(length),

  normals({ radius, angle, out }) {
    const pairs = out.length / GROUP;
    for (let lane = 0; lane < LANES; lane++) {
      nextWords(radius, lane, pairs, laneWords);
      nextWords(angle, lane, pairs, angleWords);
      for (let pair = 0; pair < pairs; pair++) {
        const distance = fround(Math.sqrt(minusTwoLn(laneWords[pair])));
        const word = angleWords[pair];
        const [sine, cosine] = halfCircle(signedFraction(word));
        const along = fround(distance * cosine);
        const at = pair * GROUP + lane;
        out[at] = fround(distance * sine);
        out[at + LANES] = word >>> 31 === 0 ? along : -along;
      }
    }
  },

  uniforms({ stream, scale, out }) {
    const factor = fround(scale * 2 ** -24);
    for (let lane = 0; lane < LANES; lane++) {
      nextWords(stream, lane, out.length / LANES, laneWords);
      for (let at = lane, next = 0; at < out.length; at += LANES, next++) {
        out[at] = (2 * (laneWords[next] >>> 8) - 0xffffff) * factor;
      }
    }
  },

  random({ stream, out }) {
    for (let lane = 0; lane < LANES; lane++) {
      nextWords(stream, lane, out.length / LANES, laneWords);
      for (let at = lane, next = 0; at < out.length; at += LANES, next++) out[at] = laneWords[next];
    }
  },

  mask({ words, mask, masks, threshold, isKept, kept, dropped, stride, out }) {
    const keeps = masksOf({ words, threshold, masks, isKept });
    for (let row = 0; row * stride < out.length; row++) {
      for (let sample = 0; sample < stride; sample++) {
        out[row * stride + sample] = keeps({ row, stride, sample, mask }) ? kept : dropped;
      }
    }
  },

  scale({ x, scale }) {
    const factor = fround(scale);
    for (let at = 0; at < x.length; at++) x[at] *= factor;
  },

  correlate({ z, stride, factor, own, common, first, feedback }) {
    for (let start = 0, channel = first; start < z.length; start += stride, channel++) {
      const ownWeight = own[channel];
      const commonWeight = common[channel];
      for (let sample = 0; sample < stride; sample++) {
        const value = fround(fround(ownWeight * z[start + sample]) + fround(commonWeight * factor[sample]));
        z[start + sample] = value;
        factor[sample] += feedback * value;
      }
    }
  },

  relu({ z, offset, floor }) {
    const shift = fround(offset);
    const least = fround(floor);
    for (let at = 0; at < z.length; at++) z[at] = Math.max(least, fround(z[at] + shift));
  },

  exp({ z, rate, scale, offset }) {
    const slope = fround(rate);
    const factor = fround(scale);
    const shift = fround(offset);
    for (let at = 0; at < z.length; at++) {
      z[at] = fround(fround(exponential(fround(z[at] * slope)) * factor) - shift);
    }
  },

  normalCdf({ z, scale }) {
    const factor = fround(scale);
    for (let at = 0; at < z.length; at++) z[at] = fround(centredNormalCdf(z[at]) * factor);
  },

  applyNoise({ x, deviation, centre, noisy }) {
    const shift = fround(centre);
    for (let at = 0; at < x.length; at++) noisy[at] = noisyValue(x[at], deviation[at], shift);
  },

  addMoments({ x, ...rows }) {
    addMomentsOf((at) => x[at], x.length, rows);
  },

  addNoisyMoments({ x, deviation, centre, ...rows }) {
    const shift = fround(centre);
    addMomentsOf((at) => noisyValue(x[at], deviation[at], shift), x.length, rows);
  },

  addMirroredMoments({ x, y, factor, ...rows }) {
    const weight = fround(factor);
    addMomentsOf((at) => fround(fround(weight * x[at]) - y[at]), x.length, rows);
  },

  addMaskedMoments({ x, stride, samples, words, threshold, masks, isKept, isComplement, isMirrored, ...call }) {
    const { keep, centre, first, clean, own, others } = call;
    const square = centre * centre;
    const cross = 2 * centre * (1 - keep);
    const perKept = square * (1 - 2 * keep);
    const fixed = square * keep * keep * samples;
    const keeps = masksOf({ words, threshold, masks, isKept });
    const eachOther = (isMirrored ? 2 * masks : masks) - 1;
    for (let row = 0; row * stride < x.length; row++) {
      x.fill(0, row * stride + samples, (row + 1) * stride);
      const values = x.subarray(row * stride, row * stride + samples);
      /** What a threshold counts: what is kept, or what is dropped. */
      const under = (mask: number) => (sample: number) => keeps({ row, stride, sample, mask }) === isKept;
      const all = momentsOf(values, () => true);
      clean[2 * (first + row)] += all.sum;
      clean[2 * (first + row) + 1] += all.squares;
      /** Of what is kept, from what is below. */
      const kept = (below: RowMoments): RowMoments => {
        if (isKept) return below;
        return { count: samples - below.count, sum: all.sum - below.sum, squares: all.squares - below.squares };
      };
      const lean = ({ count }: RowMoments) => centre * (count - keep * samples);
      const one = kept(momentsOf(values, under(0)));
      const even = one.squares + (perKept * one.count + fixed);
      const odd = cross * one.sum;
      own[2 * (first + row)] += lean(one) + one.sum;
      own[2 * (first + row) + 1] += even + odd;

      let slot = (eachOther + 1) * (first + row);
      const addSums = (of: RowMoments) => {
        others[slot++] += lean(of) + of.sum;
        if (isMirrored) others[slot++] += lean(of) - of.sum;
      };
      if (isMirrored) others[slot++] += lean(one) - one.sum;
      let squares = isMirrored ? even - odd : 0;
      if (isComplement) {
        const rest = { count: samples - one.count, sum: all.sum - one.sum, squares: all.squares - one.squares };
        addSums(rest);
        const restEven = rest.squares + (perKept * rest.count + fixed);
        squares += isMirrored ? 2 * restEven : restEven + cross * rest.sum;
      } else if (masks > 1) {
        const more = masks - 1;
        const rest = { count: 0, sum: 0 };
        for (let mask = 1; mask < masks; mask++) {
          const other = kept(momentsOf(values, under(mask)));
          rest.count += other.count;
          rest.sum += other.sum;
          addSums(other);
        }
        const times = (sample: number) => {
          let count = 0;
          for (let mask = 1; mask < masks; mask++) if (under(mask)(sample)) count++;
          return count;
        };
        const below = weightedSquares(values, times);
        const keptSquares = isKept ? below : more * all.squares - below;
        const restEven = keptSquares + (perKept * rest.count + more * fixed);
        squares += isMirrored ? 2 * restEven : restEven + cross * rest.sum;
      }
      if (eachOther > 0) others[slot] += squares;
    }
  },

  sumVariances({ sums, masks, samples, unit }) {
    let total = 0;
    for (let start = 0; start < sums.length; start += masks + 1) {
      let between = 0;
      for (let mask = 0; mask < masks; mask++) between += (sums[start + mask] * sums[start + mask]) / samples;
      total += (Math.max(0, sums[start + masks] - between) / (samples - 1)) * unit * unit;
    }
    return total;
  },

  trackVariances({ sums, samples, unit, offsets, kept, weight, stored, mean, variance }) {
    let total = 0;
    for (let channel = 0; channel < offsets.length; channel++) {
      const sum = sums[2 * channel];
      const batchVariance = varianceOf(sum, sums[2 * channel + 1], samples) * unit * unit;
      total += batchVariance;
      mean[channel] = kept * mean[channel] + weight * ((unit * sum) / samples + offsets[channel]);
      variance[channel] = kept * variance[channel] + weight * stored * batchVariance;
    }
    return total;
  },

  copyRuns({ out, ...copied }) {
    eachOfRuns(copied, (to, x) => {
      out[to] = x;
    });
  },

  roundRuns({ out, scale, bound, ...copied }) {
    eachOfRuns(copied, (to, x) => {
      out[to] = integerOf(x, { scale, bound });
    });
  },

  gatherRows({ values, points, shifts, panel }) {
    for (const [row, shift] of shifts.entries()) {
      for (const [column, point] of points.entries()) panel[inPanel(row, column)] = values[point + shift];
    }
  },

  gatherPairs({ values, points, shifts, panel }) {
    for (let row = 0; row < shifts.length; row += 2) {
      const [shift, other = shift] = shifts.subarray(row, row + 2);
      for (const [column, point] of points.entries()) {
        panel[inPanel(row / 2, column)] = (values[point + shift] & 0xffff) | (values[point + other] << 16);
      }
    }
  },

  packRows({ x, stride, first, panel }) {
    for (let row = 0; row * stride < x.length; row++) {
      for (let sample = 0; sample < stride; sample++) {
        panel[inPanel(first + row, sample)] = x[row * stride + sample];
      }
    }
  },

  packPairs({ x, stride, first, scale, bound, panel }) {
    const rows = x.length / stride;
    for (let row = 0; row < rows; row += 2) {
      const other = row + 1 < rows ? row + 1 : row;
      for (let sample = 0; sample < stride; sample++) {
        const low = integerOf(x[row * stride + sample], { scale, bound });
        const high = integerOf(x[other * stride + sample], { scale, bound });
        panel[inPanel(first + row / 2, sample)] = (low & 0xffff) | (high << 16);
      }
    }
  },

  multiplyRows({ weights, panel, slots, y, stride }) {
    for (let row = 0, neuron = 0; row < y.length; row += stride, neuron++) {
      for (let sample = 0; sample < stride; sample++) {
        let sum = 0;
        for (let slot = 0; slot < slots; slot++) {
          sum = fround(sum + fround(weights[weightAt(neuron, slot)] * panel[inPanel(slot, sample)]));
        }
        y[row + sample] += sum;
      }
    }
  },

  multiplyPairs({ weights, panel, slots, y, stride }) {
    for (let row = 0, neuron = 0; row < y.length; row += stride, neuron++) {
      for (let sample = 0; sample < stride; sample++) {
        let sum = 0;
        for (let slot = 0; slot < slots; slot++) {
          const w = weights[weightAt(neuron, slot)];
          const x = panel[inPanel(slot, sample)];
          sum += ((w << 16) >> 16) * ((x << 16) >> 16) + (w >> 16) * (x >> 16);
        }
        y[row + sample] += fround(sum);
      }
    }
  },

  packUnits({ x, scale, ...call }) {
    const factor = fround(scale);
    packRounded(call, x.length / call.stride, (row, sample) => ties(fround(x[row * call.stride + sample] * factor)));
  },

  packMaskedUnits({ x, scale, words, threshold, masks, mask, isKept, kept, dropped, ...call }) {
    const { stride } = call;
    const factor = fround(scale);
    const keeps = masksOf({ words, threshold, masks, isKept });
    packRounded(call, x.length / stride, (row, sample) => {
      if (!keeps({ row, stride, sample, mask })) return dropped;
      return ties(fround(x[row * stride + sample] * factor)) + kept;
    });
  },

  addScatter({ panel, units, stride, scatter, isFirst }) {
    const pairs = stride / 2;
    for (let row = 0; row < units; row++) {
      for (let column = 0; column < wholeTiles(row); column++) {
        let sum = 0;
        for (let pair = 0; pair < pairs; pair++) {
          const x = panel[inUnits(row, pair, pairs)];
          const y = panel[inUnits(column, pair, pairs)];
          sum += ((x << 16) >> 16) * ((y << 16) >> 16) + (x >> 16) * (y >> 16);
        }
        const at = inScatter(row, column, units);
        scatter[at] = isFirst ? fround(sum) : scatter[at] + fround(sum);
      }
    }
  },

  trackScatter({ scatter, units, sums, samples, gram, kept, weight, running }) {
    const [keptShare, newShare] = [fround(kept), fround(weight)];
    const mean = Float32Array.from(sums.subarray(0, units), (sum) => sum / samples);
    /** Σ G·A of four columns of four rows, a lane a column. */
    const lanes = new Float32Array(LANES);
    let total = 0;
    for (let row = 0; row < units; row += LANES) {
      for (let column = 0; column < wholeTiles(row); column += GROUP) {
        for (let part = 0; part < 2 * LANES; part++) {
          const [i, first] = [row + (part >> 1), column + LANES * (part % 2)];
          for (let lane = 0; lane < LANES; lane++) {
            const at = inScatter(i, first + lane, units);
            const about = fround(scatter[at] - fround(fround(sums[i]) * mean[first + lane]));
            running[at] = fround(fround(keptShare * running[at]) + fround(newShare * about));
            const share = fround(gram[at] * about);
            lanes[lane] = part === 0 ? share : lanes[lane] + share;
          }
        }
        total += lanes[0] + lanes[2] + (lanes[1] + lanes[3]);
      }
    }
    return total;
  },

  addMaskedProducts({ x, stride, words, threshold, kept, dropped, centre, weights, first, y }) {
    const [keptDeviation, droppedDeviation, shift] = [fround(kept), fround(dropped), fround(centre)];
    for (let start = 0, row = first; start < x.length; start += stride, row++) {
      for (let sample = 0; sample < stride; sample++) {
        const at = start + sample;
        const noisy = noisyValue(x[at], words[at] < threshold ? keptDeviation : droppedDeviation, shift);
        y[sample] += fround(weights[row] * noisy);
      }
    }
  },

  normalise({ x, stride, scale, offset }) {
    for (let start = 0, row = 0; start < x.length; start += stride, row++) {
      const factor = scale[row];
      const shift = offset[row];
      for (let at = start; at < start + stride; at++) x[at] = fround(fround(factor * x[at]) + shift);
    }
  },

  tanh({ z }) {
    for (let at = 0; at < z.length; at++) z[at] = hyperbolicTangent(z[at]);
  },

  gelu({ z }) {
    for (let at = 0; at < z.length; at++) z[at] = gaussianErrorLinearUnit(z[at]);
  },

  sigmoid({ z }) {
    for (let at = 0; at < z.length; at++) z[at] = logistic(z[at]);
  },

  silu({ z }) {
    for (let at = 0; at < z.length; at++) z[at] = sigmoidLinearUnit(z[at]);
  },

  elu({ z, scale }) {
    for (let at = 0; at < z.length; at++) z[at] = exponentialLinearUnit(z[at], scale);
  },

  leakyRelu({ z, slope }) {
    for (let at = 0; at < z.length; at++) z[at] = leakyRectifier(z[at], slope);
  },

  scaleAndAdd({ y, scale, x }) {
    const factor = fround(scale);
    for (let at = 0; at < y.length; at++) y[at] = fround(fround(factor * y[at]) + x[at]);
  },

  largestMagnitude({ x }) {
    let most = 0;
    for (const value of x) most = Math.max(most, Math.abs(value));
    return most;
  },
};

function varianceOf(sum: number, squares: number, samples: number): number {
  return Math.max(0, squares - (sum * sum) / samples) / (samples - 1);
}

interface MaskWords {
  readonly words: Uint32Array;
  readonly threshold: number;
  readonly masks: number;
  readonly isKept: boolean;
}

interface MaskedUnit {
  readonly row: number;
  readonly stride: number;
  readonly sample: number;
  readonly mask: number;
}

/** Whether a mask keeps a unit. */
function masksOf({ words, threshold, masks, isKept }: MaskWords): (unit: MaskedUnit) => boolean {
  const half = (at: number) => (words[at >> 1] >>> (16 * (at % 2))) & 0xffff;
  /** As vector units order them, counted from the least. */
  const signed = (point: number) => point ^ 0x8000;
  return ({ row, stride, sample, mask }) => {
    const start = 2 * maskWords(stride) * row;
    const limit =
      Math.floor(threshold / POINTS) + (signed(half(start + (sample % GROUP))) < threshold % POINTS ? 1 : 0);
    const point = (half(start + GROUP + sample) + Math.floor((mask * POINTS) / masks)) % POINTS;
    return isKept ? point < limit : POINTS - 1 - point >= limit;
  };
}

interface RowMoments {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
}

/** Of the samples of a row that count. */
function momentsOf(row: Float32Array, counts: (sample: number) => boolean): RowMoments {
  partialSums.fill(0);
  partialSquares.fill(0);
  let count = 0;
  for (const [sample, value] of row.entries()) {
    if (!counts(sample)) continue;
    count++;
    partialSums[sample % GROUP] += value;
    partialSquares[sample % GROUP] += fround(value * value);
  }
  return { count, sum: total(partialSums), squares: total(partialSquares) };
}

/** Σ times·x². */
function weightedSquares(row: Float32Array, times: (sample: number) => number): number {
  partialSquares.fill(0);
  for (const [sample, value] of row.entries()) {
    partialSquares[sample % GROUP] += fround(times(sample) * fround(value * value));
  }
  return total(partialSquares);
}

function noisyValue(x: number, deviation: number, shift: number): number {
  return fround(x + fround(deviation * fround(x + shift)));
}

/** x·scale within ±bound, rounded to an integer. */
function integerOf(x: number, { scale, bound }: { readonly scale: number; readonly bound: number }): number {
  const most = fround(bound);
  return ties(Math.max(-most, Math.min(most, fround(x * fround(scale)))));
}

/** The nearest integer, ties to even, of a number below 2²²: single precision has no room for more than that integer. */
function ties(x: number): number {
  return fround(fround(x + ROUNDING_SHIFT) - ROUNDING_SHIFT);
}

/** Where a pair of samples of a unit stands in a panel of units. */
function inUnits(unit: number, pair: number, pairs: number): number {
  return (Math.floor(unit / GROUP) * pairs + pair) * GROUP + (unit % GROUP);
}

/** Columns of the tiles that a row of a scatter matrix has, up to the diagonal's. */
function wholeTiles(row: number): number {
  return Math.ceil((Math.floor(row / LANES) + 1) / 2) * GROUP;
}

interface UnitPacking {
  readonly first: number;
  readonly stride: number;
  readonly samples: number;
  readonly panel: Uint32Array;
  readonly sums: Float64Array;
}

function packRounded(
  { first, stride, samples, panel, sums }: UnitPacking,
  rows: number,
  value: (row: number, sample: number) => number,
): void {
  for (let row = 0; row < Math.ceil(rows / GROUP) * GROUP; row++) {
    for (let pair = 0; pair < stride / 2; pair++) {
      const at = inUnits(first + row, pair, stride / 2);
      const [low, high] = [2 * pair, 2 * pair + 1].map((sample) =>
        row < rows && sample < samples ? value(row, sample) : 0,
      ) as [number, number];
      panel[at] = (low & 0xffff) | (high << 16);
      sums[first + row] += low + high;
    }
  }
}

function inPanel(slot: number, sample: number): number {
  const group = Math.floor(sample / GROUP);
  return (group * PANEL_SLOTS + slot) * GROUP + (sample % GROUP);
}

function weightAt(neuron: number, slot: number): number {
  const tile = Math.floor(neuron / TILE_NEURONS);
  return (tile * PANEL_SLOTS + slot) * TILE_NEURONS + (neuron % TILE_NEURONS);
}

/** Calls back with each number of the runs and where it goes. */
function eachOfRuns(
  { x, first, stride, rows, runs, outStride }: Omit<Parameters<Kernel["copyRuns"]>[0], "out">,
  put: (to: number, x: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    for (let run = 0; run < runs.length; run += 3) {
      const from = first + row * stride + runs[run];
      const to = row * outStride + runs[run + 1];
      for (let at = 0; at < runs[run + 2]; at++) put(to + at, x[from + at]);
    }
  }
}

interface Rows {
  readonly stride: number;
  readonly samples: number;
  readonly sums: Float64Array;
  readonly first: number;
}

/** Adds the moments of rows whose elements `value` tells. */
function addMomentsOf(value: (at: number) => number, length: number, { stride, samples, sums, first }: Rows): void {
  for (let start = 0, channel = first; start < length; start += stride, channel++) {
    partialSums.fill(0);
    partialSquares.fill(0);
    for (let sample = 0; sample < samples; sample++) {
      const x = value(start + sample);
      partialSums[sample % GROUP] += x;
      partialSquares[sample % GROUP] += fround(x * x);
    }
    sums[2 * channel] += total(partialSums);
    sums[2 * channel + 1] += total(partialSquares);
  }
}

/** Sum of eight partial sums: the two vectors in single precision, then their four lanes in double. */
function total(partial: Float32Array): number {
  const lane0 = fround(partial[0] + partial[4]);
  const lane1 = fround(partial[1] + partial[5]);
  const lane2 = fround(partial[2] + partial[6]);
  const lane3 = fround(partial[3] + partial[7]);
  return lane0 + lane2 + (lane1 + lane3);
}
