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
import { GROUP, type Kernel, PANEL_SLOTS, STAGE_FLOATS, TILE_NEURONS } from "./kernel.ts";
import { nextWords } from "./xoshiro.ts";

const { fround } = Math;
const LANES = 4;

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

  mask({ words, turn, threshold, kept, dropped, out }) {
    for (let at = 0; at < out.length; at++) out[at] = (words[at] + turn) >>> 0 < threshold ? kept : dropped;
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

  sumVariances({ sums, samples, unit }) {
    let total = 0;
    for (let at = 0; at < sums.length; at += 2) total += varianceOf(sums[at], sums[at + 1], samples) * unit * unit;
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
