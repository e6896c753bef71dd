import seedrandom from "seedrandom";
import { describe, expect, it } from "vitest";
import { convolutionStep } from "../../src/forward/layers/products.ts";
import { mapsOf } from "../../src/forward/maps.ts";
import { productRoom } from "../../src/forward/tile-product.ts";
import { createTiles } from "../../src/forward/tiles.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import type { ConvolutionLayer } from "../../src/network/network.ts";
import { simdKernel } from "../kernel/simd-kernel.ts";
import { networkOfText, QUIET } from "./written-network.ts";

interface Case {
  readonly text: string;
  readonly batchSize: number;
}

const CASES: readonly Case[] = [
  { text: "input(3x5) conv(4, 3)", batchSize: 2 },
  { text: "input(3x300) conv(5, 3)", batchSize: 3 },
  { text: "input(2x700) conv(4, 5, stride=3, padding=7)", batchSize: 2 },
  { text: "input(2x9) conv(4, 2, stride=5, padding=4)", batchSize: 70 },
  { text: "input(9x7x6) conv(4, 3)", batchSize: 19 },
  { text: "input(9x7x6) conv(6, 3, stride=2, padding=0, groups=3)", batchSize: 40 },
  { text: "input(4x6x5) conv(4, 4, groups=4)", batchSize: 9 },
  { text: "input(4x6x5) conv(7, 1)", batchSize: 9 },
  { text: "input(5x4x4) conv(3, 1, stride=3, padding=1)", batchSize: 21 },
  { text: "input(3x20x20) conv(5, 7, padding=6)", batchSize: 2 },
  { text: "input(2x3x4x5) conv(4, 3)", batchSize: 11 },
  { text: "input(4x4x5x3) conv(6, 2, stride=3, padding=2, groups=2)", batchSize: 17 },
  { text: "input(70x3x3) conv(8, 3, padding=0)", batchSize: 6 },
];

interface Setting {
  readonly layer: ConvolutionLayer;
  readonly sizes: readonly number[];
  readonly after: readonly number[];
  readonly batchSize: number;
  readonly channels: number;
  /** Channel by channel, sample by sample, position by position. */
  readonly x: Float32Array;
  readonly weights: Float32Array;
}

/** A convolution of random numbers, by the layer of a text. */
function settingOf({ text, batchSize }: Case, weightAt: (uniform: number) => number): Setting {
  const [input, node] = networkOfText(text).nodes;
  if (input === undefined || node?.layer.kind !== "convolution") throw new Error(`${text} has no convolution`);
  const uniform = seedrandom(text);
  const { channels, sizes } = input.shape;
  const { layer } = node;
  const length = sizes.reduce((product, size) => product * size, channels * batchSize);
  return {
    layer,
    sizes,
    after: node.shape.sizes,
    batchSize,
    channels,
    x: Float32Array.from({ length }, () => 4 * uniform() - 1),
    weights: Float32Array.from({ length: layer.neurons * layer.width }, () => weightAt(uniform())),
  };
}

/** By the layer of src/, with weights that are multiples of a step, or in single precision. */
function convolved(kernel: Kernel, { layer, sizes, after, batchSize, channels, x, weights }: Setting, step?: number) {
  const count = (of: readonly number[]) => of.reduce((product, size) => product * size, batchSize);
  const { neurons, width } = layer;
  const inputs = mapsOf({ channels, sizes }, batchSize, createTiles(kernel, channels, count(sizes)));
  const outputs = mapsOf({ channels: neurons, sizes: after }, batchSize, createTiles(kernel, neurons, count(after)));
  for (const [at, tile] of inputs.tiles.entries()) {
    tile.x.fill(Number.NaN);
    for (let channel = 0; channel < channels; channel++) {
      const from = channel * count(sizes) + at * 256;
      tile.x.set(x.subarray(from, from + tile.samples), channel * tile.stride);
      // What fills up a group of lanes belongs to no sample.
      tile.x.fill(0, channel * tile.stride + tile.samples, (channel + 1) * tile.stride);
    }
  }
  const room = productRoom(kernel);
  const drawn = { neurons, width, values: weights, step };
  convolutionStep({ kernel, weights: drawn, inputs, outputs, room, onWeights: undefined, units: undefined }, layer)(
    0,
    QUIET,
  );
  const made = new Float32Array(neurons * count(after));
  for (const [at, tile] of outputs.tiles.entries()) {
    for (let neuron = 0; neuron < neurons; neuron++) {
      const row = tile.x.subarray(neuron * tile.stride, neuron * tile.stride + tile.samples);
      made.set(row, neuron * count(after) + at * 256);
    }
  }
  return made;
}

/**
 * By definition: of each output, what `sum` makes of its weights and inputs, 0 in the padding. Indices of axes, the last one first, are
 * counted up one by one.
 */
function plainly(
  { layer, sizes, after, batchSize, channels, x, weights }: Setting,
  sum: (weights: readonly number[], inputs: readonly number[]) => number,
): Float32Array {
  const { neurons, width, kernel, stride, padding, groups } = layer;
  const size = (of: readonly number[]) => of.reduce((product, length) => product * length, 1);
  const indexOf = (place: number, of: readonly number[]) => {
    let left = place;
    return of.toReversed().map((length) => {
      const at = left % length;
      left = Math.floor(left / length);
      return at;
    });
  };
  const taps = sizes.map(() => kernel);
  const made = new Float32Array(neurons * batchSize * size(after));
  let to = 0;
  for (let neuron = 0; neuron < neurons; neuron++) {
    const firstChannel = Math.floor(neuron / (neurons / groups)) * (channels / groups);
    for (let sample = 0; sample < batchSize; sample++) {
      for (let position = 0; position < size(after); position++) {
        const window = indexOf(position, after);
        const inputs: number[] = [];
        for (let channel = firstChannel; channel < firstChannel + channels / groups; channel++) {
          for (let tap = 0; tap < size(taps); tap++) {
            const at = indexOf(tap, taps).map((one, axis) => (window[axis] ?? 0) * stride + one - padding);
            const lengths = sizes.toReversed();
            const isInside = at.every((one, axis) => one >= 0 && one < (lengths[axis] ?? 0));
            const place = at.reduceRight((sum, one, axis) => sum * (lengths[axis] ?? 0) + one, 0);
            inputs.push(isInside ? (x[(channel * batchSize + sample) * size(sizes) + place] ?? 0) : 0);
          }
        }
        made[to++] = sum([...weights.subarray(neuron * width, (neuron + 1) * width)], inputs);
      }
    }
  }
  return made;
}

const { fround } = Math;

/** The nearest integer, the even one of two. */
function nearest(x: number): number {
  const below = Math.floor(x);
  const isUp = x - below > 0.5 || (x - below === 0.5 && below % 2 !== 0);
  return isUp ? below + 1 : below;
}

describe.each(CASES)("$text, $batchSize samples", (made) => {
  it("is in integers the sum over weights and rounded inputs, 64 at a time", () => {
    const step = 2 ** -9;
    const setting = settingOf(made, (uniform) => Math.round(400 * (uniform - 0.5)) * step);
    const largest = setting.x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = fround(32_767 / largest);
    const expected = plainly(setting, (weights, inputs) => {
      let y = 0;
      for (let first = 0; first < weights.length; first += 64) {
        let sum = 0;
        for (let at = first; at < Math.min(weights.length, first + 64); at++) {
          sum += ((weights[at] ?? 0) / step) * nearest(fround((inputs[at] ?? 0) * scale));
        }
        y = fround(y + fround(sum));
      }
      return fround(y * fround(step / scale));
    });
    expect(convolved(referenceKernel, setting, step)).toEqual(expected);
    expect(convolved(simdKernel(2 ** 24), setting, step)).toEqual(expected);
  });

  it("is in single precision the sum over weights and inputs in their order, 32 at a time", () => {
    const setting = settingOf(made, (uniform) => uniform - 0.5);
    const expected = plainly(setting, (weights, inputs) => {
      let y = 0;
      for (let first = 0; first < weights.length; first += 32) {
        let sum = 0;
        for (let at = first; at < Math.min(weights.length, first + 32); at++) {
          sum = fround(sum + fround((weights[at] ?? 0) * (inputs[at] ?? 0)));
        }
        y = fround(y + sum);
      }
      return y;
    });
    expect(convolved(referenceKernel, setting)).toEqual(expected);
    expect(convolved(simdKernel(2 ** 24), setting)).toEqual(expected);
    // Negative control: another order of the taps is another convolution.
    const turned = { ...setting, weights: setting.weights.toReversed() };
    expect(convolved(referenceKernel, turned)).not.toEqual(expected);
  });
});
