import { TILE_SAMPLES } from "../../kernel/kernel.ts";
import type { ConvolutionLayer } from "../../network/network.ts";
import type { Shape } from "../../notation/graph.ts";
import type { Maps } from "./maps.ts";

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

/** An axis of positions, and the windows along it. */
interface Axis {
  readonly length: number;
  readonly after: number;
  readonly taps: number;
  readonly stride: number;
  readonly padding: number;
}

/**
 * What the neurons of a convolution read at each position of its output, 0 in the padding. Columns are copied a line of the last axis at
 * a time; maps of fewer axes than three have as many more of length 1.
 */
export function patchesOf(
  { tiles, shape, positions }: Maps,
  layer: ConvolutionLayer,
  { sizes: after }: Shape,
): Patches {
  const { kernel, stride, padding } = layer;
  const single: Axis = { length: 1, after: 1, taps: 1, stride: 1, padding: 0 };
  const own = shape.sizes.map(
    (length, axis): Axis => ({ length, after: after[axis] as number, taps: kernel, stride, padding }),
  );
  const [deep, high, wide] = [single, single, single, ...own].slice(-3) as [Axis, Axis, Axis];
  const taps = deep.taps * high.taps * wide.taps;
  const step = wide.stride;
  const columnsOfTile = TILE_SAMPLES;
  // The lines of the output that the columns are of: the input's first column of the sample, where a window begins in it, and the
  // columns of each.
  const lineSample = new Float64Array(columnsOfTile);
  const lineDeep = new Int32Array(columnsOfTile);
  const lineHigh = new Int32Array(columnsOfTile);
  const lineStart = new Int32Array(columnsOfTile);
  const lineEnd = new Int32Array(columnsOfTile);
  let lines = 0;
  let columns: Columns = { first: 0, count: 0, stride: 0 };

  function start(next: Columns): void {
    columns = next;
    lines = 0;
    let across = Math.floor(columns.first / wide.after);
    let begin = columns.first - across * wide.after;
    for (let column = 0; column < columns.count; across++, begin = 0) {
      const acrossDeep = Math.floor(across / high.after);
      const sample = Math.floor(acrossDeep / deep.after);
      const end = Math.min(wide.after, begin + columns.count - column);
      lineSample[lines] = sample * positions;
      lineDeep[lines] = (acrossDeep - sample * deep.after) * deep.stride - deep.padding;
      lineHigh[lines] = (across - acrossDeep * high.after) * high.stride - high.padding;
      lineStart[lines] = begin;
      lineEnd[lines] = end;
      lines++;
      column += end - begin;
    }
  }

  function read({ firstChannel, first, x }: PatchRows): void {
    for (let row = first, to = 0; to < x.length; row++) {
      const channel = Math.floor(row / taps);
      const tap = row - channel * taps;
      const tapAcross = Math.floor(tap / wide.taps);
      const tapDeep = Math.floor(tapAcross / high.taps);
      const tapHigh = tapAcross - tapDeep * high.taps;
      const shift = tap - tapAcross * wide.taps - wide.padding;
      // Where a line is within the map.
      const from = Math.max(0, Math.ceil(-shift / step));
      const until = Math.floor((wide.length - 1 - shift) / step) + 1;
      for (let line = 0; line < lines; line++) {
        const placeDeep = lineDeep[line] + tapDeep;
        const placeHigh = lineHigh[line] + tapHigh;
        const isInside = placeDeep >= 0 && placeDeep < deep.length && placeHigh >= 0 && placeHigh < high.length;
        const end = lineEnd[line];
        const begin = isInside ? Math.min(end, Math.max(lineStart[line], from)) : end;
        const stop = isInside ? Math.min(end, Math.max(begin, until)) : end;
        let at = lineStart[line];
        for (; at < begin; at++) x[to++] = 0;
        if (at < stop) {
          let place = lineSample[line] + (placeDeep * high.length + placeHigh) * wide.length + shift + at * step;
          let tile = Math.floor(place / columnsOfTile);
          place -= tile * columnsOfTile;
          // A line may lie in two tiles and more.
          while (at < stop) {
            const source = tiles[tile];
            if (source === undefined) break;
            const row = (firstChannel + channel) * source.stride;
            const part = Math.min(stop, at + Math.ceil((columnsOfTile - place) / step));
            const values = source.x;
            let read = row + place;
            place += (part - at) * step - columnsOfTile;
            for (; at < part; at++, read += step) x[to++] = values[read];
            tile++;
            while (place >= columnsOfTile) {
              place -= columnsOfTile;
              tile++;
            }
          }
        }
        for (; at < end; at++) x[to++] = 0;
      }
      for (let column = columns.count; column < columns.stride; column++) x[to++] = 0;
    }
  }

  return { start, read };
}
