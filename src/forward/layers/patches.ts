import { TILE_SAMPLES } from "../../kernel/kernel.ts";
import type { ConvolutionLayer } from "../../network/network.ts";
import type { Shape } from "../../notation/graph.ts";
import type { Maps } from "../maps.ts";
import { keepsPositions, samePatches } from "./same-patches.ts";

/** Columns of a convolution's output that lie in one tile, or in a part of it. */
export interface Columns {
  readonly first: number;
  readonly count: number;
  /** Columns with those that fill up groups of lanes, which read 0. */
  readonly stride: number;
}

/** Rows of patches: a row is a channel of the input and a tap of the kernel. */
export interface PatchRows {
  /** The channel whose taps the first row of a neuron reads. */
  readonly firstChannel: number;
  /** The first row, of those of a neuron. */
  readonly first: number;
  /** Of so many rows, a stride each. */
  readonly x: Float32Array;
}

export interface Patches {
  /** Before the rows of these columns. */
  start(columns: Columns): void;
  read(rows: PatchRows): void;
}

/** An axis of positions. */
interface Axis {
  readonly after: number;
  readonly taps: number;
  /** From window to window, in the points of the axis. */
  readonly step: number;
  /** The position of each point that windows read; −1 in the padding. */
  readonly positions: Int32Array;
}

/** What the neurons of a convolution read at each position of its output, 0 in the padding. */
export function patchesOf(inputs: Maps, outputs: Maps, layer: ConvolutionLayer): Patches {
  return keepsPositions(layer, inputs) ? samePatches(inputs, layer) : anyPatches(inputs, layer, outputs.shape);
}

/**
 * Patches of any windows. The points that windows read, those of the padding included, are numbered line by line, map by map. A tap of a window is then a fixed
 * number of points behind the window's first, and a channel is written out once for all taps, as far as the columns reach. Maps of fewer
 * axes than three have as many more of length 1.
 */
function anyPatches({ tiles, shape, positions }: Maps, layer: ConvolutionLayer, { sizes: after }: Shape): Patches {
  const single = axisOf({ kernel: 1, stride: 1, padding: 0 }, 1, 1);
  const own = shape.sizes.map((length, axis) => axisOf(layer, length, after[axis] as number));
  const [deep, high, wide] = [single, single, single, ...own].slice(-3) as [Axis, Axis, Axis];
  const [, height, width] = [1, 1, 1, ...shape.sizes].slice(-3) as [number, number, number];
  const taps = deep.taps * high.taps * wide.taps;
  const length = wide.positions.length;
  const linesOfMap = deep.positions.length * high.positions.length;
  const reach = ((deep.taps - 1) * high.positions.length + high.taps - 1) * length + wide.taps - 1;
  const columnsOfTile = TILE_SAMPLES;

  /** Of each column, the point of its first tap, from the first column's on. */
  const points = new Int32Array(columnsOfTile);
  /** Of each line, the input's column where it begins; −1 in the padding. */
  const lines: number[] = [];
  /** Where in the first line the points begin, and how many there are. */
  let begin = 0;
  let count = 0;
  let columns: Columns = { first: 0, count: 0, stride: 0 };
  /** The points of a channel, and its line under way behind a 0. */
  let values = new Float32Array(0);
  const line = new Float32Array(width + 1);
  let written = -1;

  function start(next: Columns): void {
    columns = next;
    written = -1;
    let across = Math.floor(columns.first / wide.after);
    let at = columns.first - across * wide.after;
    const origin = pointOf(across, at);
    for (let column = 0; column < columns.count; across++, at = 0) {
      let point = pointOf(across, at) - origin;
      for (; at < wide.after && column < columns.count; at++, point += wide.step) points[column++] = point;
    }
    const firstLine = Math.floor(origin / length);
    begin = origin - firstLine * length;
    count = points[columns.count - 1] + reach + 1;
    if (values.length < count) values = new Float32Array(count);
    const lineCount = Math.ceil((begin + count) / length);
    lines.length = 0;
    for (let index = firstLine; index < firstLine + lineCount; index++) {
      const sample = Math.floor(index / linesOfMap);
      const inMap = index - sample * linesOfMap;
      const slice = Math.floor(inMap / high.positions.length);
      const z = deep.positions[slice];
      const y = high.positions[inMap - slice * high.positions.length];
      lines.push(z < 0 || y < 0 ? -1 : sample * positions + (z * height + y) * width);
    }
  }

  /** The point of the first tap of a window: of a line of the output, those of all samples counted, and in it. */
  function pointOf(across: number, at: number): number {
    const acrossDeep = Math.floor(across / high.after);
    const sample = Math.floor(acrossDeep / deep.after);
    const slice = (acrossDeep - sample * deep.after) * deep.step;
    const row = (across - acrossDeep * high.after) * high.step;
    return (sample * linesOfMap + slice * high.positions.length + row) * length + at * wide.step;
  }

  /** Writes out the points of a channel. */
  function write(channel: number): void {
    written = channel;
    let to = 0;
    for (let index = 0; index < lines.length; index++) {
      const from = index === 0 ? begin : 0;
      const until = Math.min(length, from + count - to);
      const column = lines[index] as number;
      if (column < 0) {
        values.fill(0, to, to + until - from);
        to += until - from;
        continue;
      }
      copyLine(channel, column, { from, until });
      for (let at = from; at < until; at++) values[to++] = line[wide.positions[at] + 1];
    }
  }

  /** Copies what these points of a line read of a channel; it may lie in several tiles. */
  function copyLine(channel: number, column: number, { from, until }: { from: number; until: number }): void {
    let first = from;
    while (first < until && wide.positions[first] < 0) first++;
    let last = until - 1;
    while (last > first && wide.positions[last] < 0) last--;
    if (first === until) return;
    let at = wide.positions[first];
    const end = wide.positions[last] + 1;
    let tile = Math.floor((column + at) / columnsOfTile);
    while (at < end) {
      const { x, stride } = tiles[tile] as (typeof tiles)[number];
      const start = channel * stride + column - tile * columnsOfTile;
      const stop = Math.min(end, (tile + 1) * columnsOfTile - column);
      for (; at < stop; at++) line[at + 1] = x[start + at];
      tile++;
    }
  }

  function read({ firstChannel, first, x }: PatchRows): void {
    const { count: width, stride } = columns;
    for (let row = first, to = 0; to < x.length; row++, to += stride) {
      const channel = Math.floor(row / taps);
      if (written !== firstChannel + channel) write(firstChannel + channel);
      const tap = row - channel * taps;
      const tapAcross = Math.floor(tap / wide.taps);
      const tapDeep = Math.floor(tapAcross / high.taps);
      const tapHigh = tapAcross - tapDeep * high.taps;
      // An integer to the engine, too: twice as fast.
      const shift = ((tapDeep * high.positions.length + tapHigh) * length + tap - tapAcross * wide.taps) | 0;
      const source = values;
      for (let column = 0; column < width; column++) x[to + column] = source[points[column] + shift];
      for (let column = width; column < stride; column++) x[to + column] = 0;
    }
  }

  return { start, read };
}

/** Windows along an axis. Points that none reads are left out: between windows, and behind the last. */
function axisOf(
  { kernel, stride, padding }: Pick<ConvolutionLayer, "kernel" | "stride" | "padding">,
  length: number,
  after: number,
): Axis {
  const step = Math.min(stride, kernel);
  const positions = Int32Array.from({ length: (after - 1) * step + kernel }, (_, point) => {
    const window = stride > kernel ? Math.floor(point / kernel) : 0;
    const position = point + window * (stride - kernel) - padding;
    return position < length ? Math.max(-1, position) : -1;
  });
  return { after, taps: kernel, step, positions };
}
