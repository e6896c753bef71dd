import { GROUP, type Kernel, STAGE_FLOATS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { Layer, Network } from "../network/network.ts";
import type { Stage } from "./stage.ts";
import { outputRows } from "./tile-product.ts";

/** Up to `TILE_SAMPLES` samples of a mini-batch on their way: a row for each channel. */
export interface Tile {
  readonly samples: number;
  /** Samples, rounded up to whole groups of lanes. */
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

/** The tiles of a mini-batch of so many channels. */
export function createTiles(kernel: Kernel, channels: number, batchSize: number): readonly Tile[] {
  return Array.from({ length: Math.ceil(batchSize / TILE_SAMPLES) }, (_, index) => {
    const samples = Math.min(TILE_SAMPLES, batchSize - index * TILE_SAMPLES);
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
  /** Channels of each node's output. */
  readonly channels: readonly number[];
  /** Channels that each buffer has room for. */
  readonly sizes: readonly number[];
}

/**
 * Buffers for the outputs of all nodes: a node works in its input's where no later node reads that, and a buffer whose last reader
 * is done serves again. So a chain takes one, with a product two, and a residual connection one more.
 */
export function assignBuffers({ nodes }: Network): Buffers {
  const left = nodes.map((_, index) => nodes.filter(({ from }) => from.includes(index)).length);
  const of: number[] = [];
  const isCopied: boolean[] = [];
  const channels: number[] = [];
  const sizes: number[] = [];
  const free: number[] = [];
  const take = (size: number) => {
    const at = free.findIndex((buffer) => sizes[buffer] === size);
    if (at !== -1) return free.splice(at, 1)[0] as number;
    sizes.push(size);
    return sizes.length - 1;
  };
  for (const { layer, from } of nodes) {
    const inputs = from.map((node) => of[node] as number);
    const size = channelsOf(layer, channels[from[0] ?? 0] ?? 0);
    channels.push(size);
    const isLastReader = from.map((node) => {
      left[node] = (left[node] ?? 0) - 1;
      return left[node] === 0;
    });
    // An addition works in the buffer of the first that it adds.
    const staysInPlace = worksInPlace(layer) && isLastReader[0] === true;
    isCopied.push(worksInPlace(layer) && !staysInPlace);
    of.push(staysInPlace ? (inputs[0] as number) : take(size));
    for (const [index, buffer] of inputs.entries()) {
      if (isLastReader[index] && !(staysInPlace && index === 0)) free.push(buffer);
    }
  }
  return { of, isCopied, channels, sizes };
}

function channelsOf(layer: Layer, ofInput: number): number {
  if (layer.kind === "input") return layer.width;
  return layer.kind === "linear" ? layer.neurons : ofInput;
}

function worksInPlace({ kind }: Layer): boolean {
  return kind !== "input" && kind !== "linear";
}
