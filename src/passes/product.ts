import { packedRows, panelLength } from "../forward/packed-weights.ts";
import { outputRows } from "../forward/tile-product.ts";
import { GROUP, type Kernel, PANEL_SLOTS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { ConvolutionOfModel, Padding } from "../model/graph.ts";
import { type Windows, windowsAlong } from "../model/windows.ts";
import type { Loaded, LoadedTensor } from "./loaded.ts";
import { indexAt, NotRunnable, type Operand, type Operation, sizeOf, stridesOf } from "./operation.ts";

// Linear layers and convolutions are products of a matrix with columns: rows of the input, or patches of a map. Columns are gathered
// into panels, at most 256 at a time, and multiplied in single precision. Memory: the packed weights, a panel and the outputs of a tile.

/** Memory that products share, since they are taken one after another. */
export interface ProductRoom {
  readonly panel: Float32Array;
  readonly outputs: Float32Array;
}

/** Room for products of at most so many neurons. */
export function productRoom(kernel: Kernel, neurons: number): ProductRoom {
  return {
    panel: kernel.floats(PANEL_SLOTS * TILE_SAMPLES),
    outputs: kernel.floats(outputRows(neurons) * TILE_SAMPLES),
  };
}

/** Bytes of the kernel's memory that the room takes. */
export function roomBytes(neurons: number): number {
  return 4 * TILE_SAMPLES * (PANEL_SLOTS + outputRows(neurons)) + 256;
}

/** Bytes of the kernel's memory that packed weights take. */
export function packedBytes({ shape: [neurons = 0, ...inputs] }: LoadedTensor, groups: number): number {
  const panels = Math.ceil(sizeOf(inputs) / PANEL_SLOTS);
  return groups * (4 * panels * panelLength(neurons / groups) + 64);
}

/** y = xWᵀ + b over the last axis. */
export function linear(
  kernel: Kernel,
  room: ProductRoom,
  {
    weight,
    bias,
    input,
  }: { readonly weight: LoadedTensor; readonly bias: LoadedTensor | null; readonly input: Operand },
): Operation {
  const [neurons = 0, width = 0] = weight.shape;
  if (input.shape.at(-1) !== width) throw new NotRunnable(`${width} inputs, but reads ${input.shape.at(-1) ?? 0}`);
  const multiply = createProduct(kernel, room, { weights: weight.values, bias: bias?.values, neurons, width });
  const rows = sizeOf(input.shape) / width;
  return {
    shape: [...input.shape.slice(0, -1), neurons],
    isInPlace: false,
    run(inputs, out, samples) {
      const x = inputs[0] as Float32Array;
      multiply({
        columns: samples * rows,
        fill(panel, { slot, row, first, count }) {
          for (let column = 0, from = first * width + row; column < count; column++, from += width) {
            panel[placeOf(slot, column)] = x[from] as number;
          }
        },
        take(y, { stride, first, count }) {
          for (let neuron = 0; neuron < neurons; neuron++) {
            const row = neuron * stride;
            for (let column = 0, to = first * neurons + neuron; column < count; column++, to += neurons) {
              out[to] = y[row + column] as number;
            }
          }
        },
      });
    },
  };
}

/** A convolution over one to three axes of positions, group by group. */
export function convolution(
  kernel: Kernel,
  room: ProductRoom,
  { layer, input }: { readonly layer: Loaded<ConvolutionOfModel>; readonly input: Operand },
): Operation {
  const { weight, bias, groups, stride, padding, dilation } = layer;
  const [outputs = 0, width = 0, ...size] = weight.shape;
  const [channels = 0, ...positions] = input.shape;
  if (channels !== width * groups || positions.length !== size.length) {
    throw new NotRunnable(`${width * groups} channels and ${size.length} axes, but reads [${input.shape.join(", ")}]`);
  }
  const windows = { size, stride, padding, dilation, roundsUp: false };
  const after = positions.map((length, axis) => windowsAlong(length, axis, windows));
  const places = placesRead({ positions, after, windows });
  const [taps, before, count] = [sizeOf(size), sizeOf(positions), sizeOf(after)];
  const neurons = outputs / groups;
  const products = Array.from({ length: groups }, (_, group) =>
    createProduct(kernel, room, {
      weights: weight.values.subarray(group * neurons * width * taps, (group + 1) * neurons * width * taps),
      bias: bias?.values.subarray(group * neurons, (group + 1) * neurons),
      ...{ neurons, width: width * taps },
    }),
  );
  return {
    shape: [outputs, ...after],
    isInPlace: false,
    run(inputs, out, samples) {
      const x = inputs[0] as Float32Array;
      for (const [group, multiply] of products.entries()) {
        multiply({
          columns: samples * count,
          fill(panel, { slot, row, first, count: columns }) {
            const channel = group * width + Math.floor(row / taps);
            const tap = (row % taps) * count;
            let sample = Math.floor(first / count);
            let position = first - sample * count;
            let map = (sample * channels + channel) * before;
            for (let column = 0; column < columns; column++) {
              const place = places[tap + position] as number;
              panel[placeOf(slot, column)] = place === OUTSIDE ? 0 : (x[map + place] as number);
              if (++position < count) continue;
              position = 0;
              sample++;
              map = (sample * channels + channel) * before;
            }
          },
          take(y, { stride: columns, first, count: taken }) {
            for (let at = 0; at < taken; ) {
              const sample = Math.floor((first + at) / count);
              const position = first + at - sample * count;
              const length = Math.min(taken - at, count - position);
              for (let neuron = 0; neuron < neurons; neuron++) {
                const row = neuron * columns + at;
                const to = (sample * outputs + group * neurons + neuron) * count + position;
                out.set(y.subarray(row, row + length), to);
              }
              at += length;
            }
          },
        });
      }
    },
  };
}

const OUTSIDE = -1;

interface Reading {
  readonly positions: readonly number[];
  readonly after: readonly number[];
  readonly windows: Windows;
}

/** For each tap of a kernel and each position of the output, the position of the input that it reads; `OUTSIDE` in the padding. */
function placesRead({ positions, after, windows }: Reading): Int32Array {
  const { size, stride, padding, dilation } = windows;
  const places = new Int32Array(sizeOf(size) * sizeOf(after));
  const [ofTap, ofOutput, ofInput] = [size, after, positions].map(stridesOf) as [number[], number[], number[]];
  const count = sizeOf(after);
  for (let at = 0; at < places.length; at++) {
    const [tap, output] = [Math.floor(at / count), at % count];
    let place = 0;
    for (let axis = 0; axis < positions.length && place !== OUTSIDE; axis++) {
      const [step, offset] = [stride[axis] as number, (dilation[axis] as number) * indexAt(tap, axis, ofTap, size)];
      const index = indexAt(output, axis, ofOutput, after) * step + offset - (padding[axis] as Padding).before;
      const isInside = index >= 0 && index < (positions[axis] as number);
      place = isInside ? place + index * (ofInput[axis] as number) : OUTSIDE;
    }
    places[at] = place;
  }
  return places;
}

interface Matrix {
  readonly weights: Float32Array;
  readonly bias: Float32Array | undefined;
  readonly neurons: number;
  readonly width: number;
}

interface Columns {
  readonly columns: number;
  /** Puts a row of the matrix's input into a slot of the panel: `count` columns from `first` on. */
  readonly fill: (panel: Float32Array, part: Part & { readonly slot: number; readonly row: number }) => void;
  /** Takes the outputs of these columns, a row of `stride` a neuron. */
  readonly take: (y: Float32Array, part: Part & { readonly stride: number }) => void;
}

interface Part {
  readonly first: number;
  readonly count: number;
}

/** Products with one matrix, whose weights are packed once. */
function createProduct(
  kernel: Kernel,
  { panel, outputs }: ProductRoom,
  { weights, bias, neurons, width }: Matrix,
): (columns: Columns) => void {
  const packed = packedRows(kernel, { values: weights, width, neurons });
  const rows = outputRows(neurons);
  return ({ columns, fill, take }) => {
    for (let first = 0; first < columns; first += TILE_SAMPLES) {
      const count = Math.min(TILE_SAMPLES, columns - first);
      const stride = Math.ceil(count / GROUP) * GROUP;
      const y = outputs.subarray(0, rows * stride);
      if (bias === undefined) y.fill(0);
      else
        for (let neuron = 0; neuron < rows; neuron++) y.fill(bias[neuron] ?? 0, neuron * stride, (neuron + 1) * stride);
      for (let row = 0; row < width; row += PANEL_SLOTS) {
        const slots = Math.min(PANEL_SLOTS, width - row);
        for (let slot = 0; slot < slots; slot++) fill(panel, { slot, row: row + slot, first, count });
        const part = packed.subarray((row / PANEL_SLOTS) * panelLength(neurons));
        kernel.multiplyRows({ weights: part, panel, slots, y, stride });
      }
      take(y, { stride, first, count });
    }
  };
}

/** Where a panel has a column of a slot (see `Packing` of the kernel). */
function placeOf(slot: number, column: number): number {
  return (column >> 3) * (PANEL_SLOTS * GROUP) + slot * GROUP + (column & 7);
}
