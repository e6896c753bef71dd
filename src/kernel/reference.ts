import { bigCosine, centredNormalCdf, eighthOfTurn, exponential, minusTwoLn, smallSine } from "./elementary.ts";
import { GROUP, type Kernel, STAGE_FLOATS } from "./kernel.ts";
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
        const turn = eighthOfTurn(word);
        const small = fround(distance * smallSine(turn));
        const cosine = fround(distance * bigCosine(turn));
        const big = word >>> 31 === 0 ? cosine : -cosine;
        const swap = (word & 0x40000000) !== 0;
        const at = pair * GROUP + lane;
        out[at] = swap ? small : big;
        out[at + LANES] = swap ? big : small;
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

  choices({ stream, threshold, kept, dropped, out }) {
    for (let lane = 0; lane < LANES; lane++) {
      nextWords(stream, lane, out.length / LANES, laneWords);
      for (let at = lane, next = 0; at < out.length; at += LANES, next++) {
        out[at] = laneWords[next] < threshold ? kept : dropped;
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

  rectify({ z, offset, floor }) {
    const shift = fround(offset);
    const least = fround(floor);
    for (let at = 0; at < z.length; at++) z[at] = Math.max(least, fround(z[at] + shift));
  },

  exponentiate({ z, rate, scale, offset }) {
    const slope = fround(rate);
    const factor = fround(scale);
    const shift = fround(offset);
    for (let at = 0; at < z.length; at++) {
      z[at] = fround(fround(exponential(fround(z[at] * slope)) * factor) - shift);
    }
  },

  uniformise({ z, scale }) {
    const factor = fround(scale);
    for (let at = 0; at < z.length; at++) z[at] = fround(centredNormalCdf(z[at]) * factor);
  },

  perturb({ x, deviation, centre, noisy }) {
    const shift = fround(centre);
    for (let at = 0; at < x.length; at++) {
      noisy[at] = fround(x[at] + fround(deviation[at] * fround(x[at] + shift)));
    }
  },

  multiplyAdd({ weights, width, first, x, y, stride }) {
    const channels = x.length / stride;
    for (let neuron = 0, row = 0; row < y.length; neuron++, row += stride) {
      const base = neuron * width + first;
      for (let channel = 0; channel < channels; channel++) {
        const weight = weights[base + channel];
        const start = channel * stride;
        for (let sample = 0; sample < stride; sample++) {
          y[row + sample] = fround(y[row + sample] + fround(weight * x[start + sample]));
        }
      }
    }
  },

  addMoments({ x, stride, samples, sums, first }) {
    for (let start = 0, channel = first; start < x.length; start += stride, channel++) {
      partialSums.fill(0);
      partialSquares.fill(0);
      for (let sample = 0; sample < samples; sample++) {
        const value = x[start + sample];
        partialSums[sample % GROUP] += value;
        partialSquares[sample % GROUP] += fround(value * value);
      }
      sums[2 * channel] += total(partialSums);
      sums[2 * channel + 1] += total(partialSquares);
    }
  },
};

/** Sum of eight partial sums: the two vectors in single precision, then their four lanes in double. */
function total(partial: Float32Array): number {
  const lane0 = fround(partial[0] + partial[4]);
  const lane1 = fround(partial[1] + partial[5]);
  const lane2 = fround(partial[2] + partial[6]);
  const lane3 = fround(partial[3] + partial[7]);
  return lane0 + lane2 + (lane1 + lane3);
}
