import { packedRows, panelLength } from "../forward/packed-weights.ts";
import { outputRows } from "../forward/tile-product.ts";
import { GROUP, type Kernel, PANEL_SLOTS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { ConvolutionOfModel, Padding } from "../model/graph.ts";
import { type Windows, windowsAlong } from "../model/windows.ts";
import type { Loaded, LoadedTensor } from "./loaded.ts";
import { NotRunnable, type Operand, type Operation, sizeOf } from "./operation.ts";

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
    work: rows * neurons * width,
    run(inputs, out, samples) {
      const x = inputs[0] as Float32Array;
      multiply({
        columns: samples * rows,
        fill(panel, { row, slots, first, count }) {
          for (let column = 0, from = first * width + row; column < count; column++, from += width) {
            for (let slot = 0, to = placeOf(0, column); slot < slots; slot++, to += GROUP) {
              panel[to] = x[from + slot] as number;
            }
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
  const [taps, count] = [sizeOf(size), sizeOf(after)];
  const neurons = outputs / groups;
  const fillRows = patchesOf(positions, after, windows);
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
    work: outputs * count * width * taps,
    run(inputs, out, samples) {
      const x = inputs[0] as Float32Array;
      for (const [group, multiply] of products.entries()) {
        multiply({
          columns: samples * count,
          fill: (panel, part) => fillRows(panel, part, { x, channels, firstChannel: group * width }),
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

/** Channels × positions of samples, of which a group of a convolution reads those from a channel on. */
interface Maps {
  readonly x: Float32Array;
  /** Of a sample. */
  readonly channels: number;
  readonly firstChannel: number;
}

/** An axis of positions, and the windows along it. */
interface Axis {
  readonly length: number;
  readonly after: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/**
 * Fills panels with patches: a column is a position of the output, a row a channel and a tap of its kernel; 0 in the padding. Columns
 * are copied a line of the last axis at a time; fewer axes than three are as many more of length 1. No table of what is read where is
 * kept, since it could be as large as a file likes.
 */
function patchesOf(
  positions: readonly number[],
  after: readonly number[],
  { size, stride, padding, dilation }: Windows,
): (panel: Float32Array, rows: Rows, maps: Maps) => void {
  const single: Axis = { length: 1, after: 1, size: 1, stride: 1, dilation: 1, before: 0 };
  const own = positions.map(
    (length, axis): Axis => ({
      length,
      after: after[axis] as number,
      size: size[axis] as number,
      stride: stride[axis] as number,
      dilation: dilation[axis] as number,
      before: (padding[axis] as Padding).before,
    }),
  );
  const [deep, high, wide] = [single, single, ...own].slice(-3) as [Axis, Axis, Axis];
  const taps = sizeOf(size);
  return (panel, { row, slots, first, count }, { x, channels, firstChannel }) => {
    for (let slot = 0; slot < slots; slot++) {
      const channel = firstChannel + Math.floor((row + slot) / taps);
      const tap = (row + slot) % taps;
      const tapAcross = Math.floor(tap / wide.size);
      const shiftDeep = Math.floor(tapAcross / high.size) * deep.dilation - deep.before;
      const shiftHigh = (tapAcross % high.size) * high.dilation - high.before;
      const shift = (tap % wide.size) * wide.dilation - wide.before;
      const step = wide.stride;
      // Where the line is inside of the map.
      const from = Math.max(0, Math.ceil(-shift / step));
      const until = Math.floor((wide.length - 1 - shift) / step) + 1;
      let across = Math.floor(first / wide.after);
      let start = first - across * wide.after;
      for (let column = 0; column < count; across++) {
        const acrossDeep = Math.floor(across / high.after);
        const sample = Math.floor(acrossDeep / deep.after);
        const placeDeep = (acrossDeep - sample * deep.after) * deep.stride + shiftDeep;
        const placeHigh = (across - acrossDeep * high.after) * high.stride + shiftHigh;
        const isInside = placeDeep >= 0 && placeDeep < deep.length && placeHigh >= 0 && placeHigh < high.length;
        const line = ((sample * channels + channel) * deep.length + placeDeep) * high.length + placeHigh;
        const end = Math.min(wide.after, start + count - column);
        const origin = line * wide.length + shift;
        const begin = isInside ? Math.min(end, Math.max(start, from)) : end;
        const stop = isInside ? Math.min(end, Math.max(begin, until)) : end;
        let to = placeOf(slot, column);
        for (let at = start; at < begin; at++, to = nextColumn(to)) panel[to] = 0;
        let place = (origin + begin * step) | 0;
        for (let at = begin; at < stop; at++, place += step, to = nextColumn(to)) panel[to] = x[place] as number;
        for (let at = stop; at < end; at++, to = nextColumn(to)) panel[to] = 0;
        column += end - start;
        start = 0;
      }
    }
  };
}

interface Matrix {
  readonly weights: Float32Array;
  readonly bias: Float32Array | undefined;
  readonly neurons: number;
  readonly width: number;
}

interface Columns {
  readonly columns: number;
  /** Puts rows of the matrix's input into the slots of the panel, from the first: `count` columns from `first` on. */
  readonly fill: (panel: Float32Array, rows: Rows) => void;
  /** Takes the outputs of these columns, a row of `stride` a neuron. */
  readonly take: (y: Float32Array, part: Part & { readonly stride: number }) => void;
}

interface Part {
  readonly first: number;
  readonly count: number;
}

interface Rows extends Part {
  readonly row: number;
  readonly slots: number;
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
        fill(panel, { row, slots, first, count });
        const part = packed.subarray((row / PANEL_SLOTS) * panelLength(neurons));
        kernel.multiplyRows({ weights: part, panel, slots, y, stride });
      }
      take(y, { stride, first, count });
    }
  };
}

// Numbers of this module: those of another are read through a getter where code is not bundled, as in tests.
const LANES = GROUP;
const LAST_LANE = LANES - 1;
/** From one group of columns of a slot to the next. */
const NEXT_GROUP = PANEL_SLOTS * LANES;
const FROM_LAST_LANE = NEXT_GROUP - LAST_LANE;

/** Where a panel has a column of a slot (see `Packing` of the kernel). */
function placeOf(slot: number, column: number): number {
  return Math.floor(column / LANES) * NEXT_GROUP + slot * LANES + (column & LAST_LANE);
}

/** Where a panel has the next column of the same slot. */
function nextColumn(place: number): number {
  return (place & LAST_LANE) === LAST_LANE ? place + FROM_LAST_LANE : place + 1;
}
