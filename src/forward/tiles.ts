import { GROUP, type Kernel, STAGE_FLOATS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { Layer, Network } from "../network/network.ts";
import { positionsOf } from "../notation/graph.ts";
import type { Stage } from "./stage.ts";
import { outputRows } from "./tile-product.ts";

/**
 * Up to `TILE_SAMPLES` columns of a mini-batch on their way: a row for each channel. A column is a sample; of maps it is a position of a
 * sample, those of a sample one after another.
 */
export interface Tile {
  /** Columns. */
  readonly samples: number;
  /** Columns, rounded up to whole groups of lanes. */
  readonly stride: number;
  readonly x: Float32Array;
  /** With the rows that a product fills beyond the last neuron. */
  readonly all: Float32Array;
  /** x in whole rows, as long as draws may be. */
  readonly stages: readonly TileStage[];
}

export interface TileStage extends Stage {
  readonly x: Float32Array;
}

/** The tiles of so many channels and columns. */
export function createTiles(kernel: Kernel, channels: number, columns: number): readonly Tile[] {
  return Array.from({ length: Math.ceil(columns / TILE_SAMPLES) }, (_, index) => {
    const samples = Math.min(TILE_SAMPLES, columns - index * TILE_SAMPLES);
    const stride = Math.ceil(samples / GROUP) * GROUP;
    const all = kernel.floats(outputRows(channels) * stride);
    const x = all.subarray(0, channels * stride);
    const rows = Math.floor(STAGE_FLOATS / stride);
    const stages = Array.from({ length: Math.ceil(channels / rows) }, (_, stage): TileStage => {
      const first = stage * rows;
      const part = x.subarray(first * stride, Math.min(channels, first + rows) * stride);
      return { first, samples, stride, x: part };
    });
    return { samples, stride, x, all, stages };
  });
}

/** Which buffer holds the output of each node. */
export interface Buffers {
  /** Of each node, the number of its buffer. */
  readonly of: readonly number[];
  /** Of each node, whether its input must be copied first, since a later node reads it too. */
  readonly isCopied: readonly boolean[];
  /** What each buffer has room for. */
  readonly sizes: readonly BufferSize[];
}

export interface BufferSize {
  readonly channels: number;
  /** Of a sample. */
  readonly positions: number;
}

/**
 * Buffers for the outputs of all nodes: a node works in its input's where no later node reads that, and a buffer whose last reader
 * is done serves again. So a chain takes one, with a product two, and a residual connection one more.
 */
export function assignBuffers({ nodes }: Pick<Network, "nodes">): Buffers {
  const lastReader = new Map<number, number>();
  for (const [index, { from }] of nodes.entries()) for (const node of from) lastReader.set(node, index);
  const of: number[] = [];
  const isCopied: boolean[] = [];
  const sizes: BufferSize[] = [];
  const free: number[] = [];
  const take = (size: BufferSize) => {
    const at = free.findIndex((buffer) => isSame(sizes[buffer], size));
    if (at !== -1) return free.splice(at, 1)[0] as number;
    sizes.push(size);
    return sizes.length - 1;
  };
  for (const [index, { layer, from, shape }] of nodes.entries()) {
    const [first = -1] = from;
    const isRead = worksInPlace(layer);
    // An addition works in the buffer of the first that it adds.
    const staysInPlace = isRead && lastReader.get(first) === index;
    isCopied.push(isRead && !staysInPlace);
    of.push(staysInPlace ? (of[first] as number) : take({ channels: shape.channels, positions: positionsOf(shape) }));
    for (const node of new Set(from)) {
      if (lastReader.get(node) === index && !(staysInPlace && node === first)) free.push(of[node] as number);
    }
  }
  return { of, isCopied, sizes };
}

function isSame(one: BufferSize | undefined, other: BufferSize): boolean {
  return one?.channels === other.channels && one.positions === other.positions;
}

function worksInPlace({ kind }: Layer): boolean {
  switch (kind) {
    case "noise":
    case "added-noise":
    case "activation":
    case "function":
    case "norm":
    case "add":
      return true;
    case "input":
    case "linear":
    case "convolution":
    case "pool":
    case "flatten":
    case "concat":
      return false;
  }
}
