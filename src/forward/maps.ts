import { TILE_SAMPLES } from "../kernel/kernel.ts";
import { positionsOf, type Shape } from "../notation/graph.ts";
import type { Tile } from "./tiles.ts";

/** The output of a node for a mini-batch. */
export interface Maps {
  readonly shape: Shape;
  /** Of a sample; 1 where there is no map. */
  readonly positions: number;
  readonly batchSize: number;
  readonly tiles: readonly Tile[];
}

export function mapsOf(shape: Shape, batchSize: number, tiles: readonly Tile[]): Maps {
  return { shape, positions: positionsOf(shape), batchSize, tiles };
}

/** Columns of a sample, or a part of them, that lie in one tile. */
export interface Stretch {
  readonly tile: Tile;
  /** The first of them in the tile. */
  readonly column: number;
  /** The first of them in the sample. */
  readonly position: number;
  readonly length: number;
}

/** Where the columns of each sample lie. */
export function stretchesOf({ tiles, positions, batchSize }: Maps): readonly (readonly Stretch[])[] {
  return Array.from({ length: batchSize }, (_, sample) => columnsIn(tiles, sample * positions, positions));
}

/** Where so many columns from one of the mini-batch lie. */
export function columnsIn(tiles: readonly Tile[], first: number, count: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (let position = 0; position < count; ) {
    const index = Math.floor((first + position) / TILE_SAMPLES);
    const column = first + position - index * TILE_SAMPLES;
    const length = Math.min(count - position, TILE_SAMPLES - column);
    stretches.push({ tile: tiles[index] as Tile, column, position, length });
    position += length;
  }
  return stretches;
}

/**
 * Σ over samples of the square of a sample's mean over its positions, for each channel. The positions of a sample depend on each
 * other, so that the error of a channel's mean is that of samples.
 */
export function squaredMeans(samples: readonly (readonly Stretch[])[], positions: number, squares: Float64Array): void {
  const channels = squares.length;
  const sums = new Float64Array(channels);
  squares.fill(0);
  for (const stretches of samples) {
    sums.fill(0);
    for (const { tile, column, length } of stretches) {
      const { x, stride } = tile;
      for (let channel = 0, from = column; channel < channels; channel++, from += stride) {
        let sum = 0;
        for (let at = from; at < from + length; at++) sum += x[at];
        sums[channel] += sum;
      }
    }
    for (let channel = 0; channel < channels; channel++) {
      const mean = sums[channel] / positions;
      squares[channel] += mean * mean;
    }
  }
}

/** Copies a sample, channel by channel, position by position. */
export function readSample(
  stretches: readonly Stretch[],
  { channels, positions, values }: { channels: number; positions: number; values: Float32Array },
): void {
  for (const { tile, column, position, length } of stretches) {
    const { x, stride } = tile;
    for (let channel = 0; channel < channels; channel++) {
      const from = channel * stride + column;
      const to = channel * positions + position;
      for (let at = 0; at < length; at++) values[to + at] = x[from + at];
    }
  }
}

/** The other way. */
export function writeSample(
  stretches: readonly Stretch[],
  { channels, positions, values }: { channels: number; positions: number; values: Float32Array },
): void {
  for (const { tile, column, position, length } of stretches) {
    const { x, stride } = tile;
    for (let channel = 0; channel < channels; channel++) {
      const to = channel * stride + column;
      const from = channel * positions + position;
      for (let at = 0; at < length; at++) x[to + at] = values[from + at];
    }
  }
}

/** Sets the columns to 0 that only fill up groups of lanes, so that nothing depends on what the buffer had there before. */
export function clearPadding(tiles: readonly Tile[]): void {
  for (const { x, samples, stride } of tiles) {
    if (samples === stride) continue;
    for (let row = 0; row < x.length; row += stride) x.fill(0, row + samples, row + stride);
  }
}
