import { packInto, panelLength, roomForRows } from "../forward/packed-weights.ts";
import { outputRows } from "../forward/tile-product.ts";
import { channelsOfPanel, type Run, type WindowAxis, windowPoints } from "../forward/window-points.ts";
import { GROUP, type Kernel, PANEL_SLOTS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { ConvolutionOfModel, Padding } from "../model/graph.ts";
import { type Windows, windowsAlong } from "../model/windows.ts";
import type { Loaded, LoadedTensor } from "./loaded.ts";
import { NotRunnable, type Operand, type Operation, sizeOf } from "./operation.ts";

// Linear layers and convolutions are products of a matrix with columns: rows of the input, or patches of a map. Columns are gathered
// into panels, at most 256 at a time, and multiplied in single precision. Memory: the packed weights, a panel, what is gathered from, and
// the outputs of a tile.

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
  const patches = patchesOf(kernel, { axes: axesOf(positions, after, windows), channels, width });
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
          fill: (panel, part) => patches(panel, part, { x, firstChannel: group * width }),
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

/** An axis of positions, as a convolution's windows read it. */
function axesOf(
  positions: readonly number[],
  after: readonly number[],
  { size, stride, padding, dilation }: Windows,
): readonly WindowAxis[] {
  return positions.map((length, axis) => ({
    length,
    after: after[axis] as number,
    taps: size[axis] as number,
    stride: stride[axis] as number,
    dilation: dilation[axis] as number,
    before: (padding[axis] as Padding).before,
  }));
}

interface PatchSetting {
  readonly axes: readonly WindowAxis[];
  /** Of a sample. */
  readonly channels: number;
  /** Channels that a neuron reads. */
  readonly width: number;
}

/** Samples, of which a group of a convolution reads the channels from one on. */
interface Samples {
  readonly x: Float32Array;
  readonly firstChannel: number;
}

/** Numbers that patches are gathered from, at most: 16 MB of them. A file can have windows of any dilation. */
const MOST_GATHERED = 0x40_0000;

/**
 * Fills panels with patches: a column is a position of the output, a row a channel and a tap of its kernel; 0 in the padding. Channels are
 * copied as far as the windows of these columns reach, and gathered for each tap by the kernel.
 */
function patchesOf(
  kernel: Kernel,
  { axes, channels, width }: PatchSetting,
): (panel: Float32Array, rows: Rows, samples: Samples) => void {
  const windows = windowPoints(axes);
  const taps = windows.shifts.length;
  const size = sizeOf(axes.map(({ length }) => length));
  const channelStride = windows.most;
  const room = channelsOfPanel({ taps, rows: PANEL_SLOTS, width: taps * width }) * channelStride + GROUP;
  if (room > MOST_GATHERED) throw new NotRunnable(`windows that reach over fewer than ${windows.most} positions`);
  const values = kernel.floats(room);
  const points = kernel.words(TILE_SAMPLES);
  const shifts = kernel.words(PANEL_SLOTS);
  /** Of each run, where it begins in the first channel, its point, and its length. */
  const runs = new Float64Array(RUN * 2 * windows.mostRuns);
  let runCount = 0;
  /** Where the sample of the first column begins. */
  let origin = 0;

  function start({ first, count }: Part): void {
    const { sample, isSame, hasPadding, reach, ...found } = windows.start(first, count);
    origin = sample * channels * size;
    if (isSame) return;
    if (hasPadding) for (let at = 0; at + reach <= room; at += channelStride) values.fill(0, at, at + reach);
    points.set(windows.points.subarray(0, count));
    points.fill(0, count);
    runCount = 0;
    for (let index = 0; index < found.runCount; index++) {
      let { from, to, length } = windows.runs[index] as Run;
      // Channels of other samples lie between them.
      for (let part = 0; length > 0; from += part, to += part, length -= part) {
        const away = Math.floor(from / size);
        const position = from - away * size;
        part = Math.min(length, size - position);
        runs[RUN * runCount] = away * channels * size + position;
        runs[RUN * runCount + 1] = to;
        runs[RUN * runCount + 2] = part;
        runCount++;
      }
    }
  }

  return (panel, rows, { x, firstChannel }) => {
    const { row, slots, count } = rows;
    if (row === 0) start(rows);
    const first = Math.floor(row / taps);
    const last = Math.floor((row + slots - 1) / taps);
    for (let channel = first; channel <= last; channel++) {
      const from = origin + (firstChannel + channel) * size;
      const to = (channel - first) * channelStride;
      for (let run = 0; run < RUN * runCount; run += RUN) {
        const away = to + (runs[run + 1] as number);
        const start = from + (runs[run] as number);
        const length = runs[run + 2] as number;
        for (let at = 0; at < length; at++) values[away + at] = x[start + at] as number;
      }
    }
    for (let slot = 0; slot < slots; slot++) {
      const channel = Math.floor((row + slot) / taps);
      shifts[slot] = (channel - first) * channelStride + (windows.shifts[row + slot - channel * taps] as number);
    }
    const whole = points.subarray(0, Math.ceil(count / GROUP) * GROUP);
    kernel.gatherRows({ values, points: whole, shifts: shifts.subarray(0, slots), panel });
  };
}

/** Numbers of a run. */
const RUN = 3;

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
  const packed = roomForRows(kernel, { width, neurons });
  const rows = outputRows(neurons);
  let isPacked = false;
  return ({ columns, fill, take }) => {
    // Not before it is needed: who only asks for norms, or for sizes, runs no product.
    if (!isPacked) packInto(packed, { values: weights, width, neurons });
    isPacked = true;
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

/** Where a panel has a column of a slot (see `Packing` of the kernel). */
function placeOf(slot: number, column: number): number {
  return Math.floor(column / LANES) * NEXT_GROUP + slot * LANES + (column & LAST_LANE);
}
