import { activationOf } from "../../activations/activations.ts";
import { GROUP, type Kernel, STAGE_FLOATS, TILE_SAMPLES } from "../../kernel/kernel.ts";
import { type Address, branchOf, STATE_WORDS, startStream } from "../../random/streams.ts";
import type { WordPair } from "../../random/threefry.ts";
import { blockNoises, blockNorms, frozenPlaces } from "../../scenario/stack/blocks.ts";
import type { StackScenario } from "../../scenario/stack/stack.ts";
import { SINGLE } from "../mask-plan.ts";
import { createMasks } from "../noise.ts";
import { type BlockLinear, createBlockLinears, outputRows } from "./product.ts";
import { normaliseSamples } from "./sample-norm.ts";
import { createStatistics, type PlaceStatistics } from "./statistics.ts";

/**
 * How a mini-batch goes through a stack: as during training, with noise and with Batch Normalization by the mini-batch's own
 * statistics; quiet, the same without noise; or as at test time, without noise and by frozen statistics.
 *
 * A mini-batch has many masks. Mask 0 is that of training; the others are independent draws for the same samples.
 */
export type StackPass =
  | { readonly kind: "train"; readonly mask: number }
  | { readonly kind: "quiet" }
  | { readonly kind: "test"; readonly frozen: PlaceStatistics };

/** What a mini-batch was at each position of a stack. */
export interface StackReading {
  /** Batch means and unbiased batch variances of the channels. */
  readonly statistics: PlaceStatistics;
  /**
   * The variance that the norm at each position goes by: that of a channel over the mini-batch, averaged over the channels, and so at
   * the output; that of a sample over its channels, or its group's, averaged over the samples.
   */
  readonly variances: Float64Array;
  /**
   * At test time: how far the channels' means lie from the frozen ones, (mean − frozen mean)²/(frozen variance), averaged over
   * the channels, less what the mini-batch's own error adds to it, s²/n. 0 during training, and where no mean is frozen.
   */
  readonly meanShifts: Float64Array;
}

export interface StackNetwork {
  readonly linears: readonly BlockLinear[];
  /** Takes the mini-batch of an address through the stack; the reading holds until the next call. */
  forward(address: Address, pass: StackPass): StackReading;
  /** Copies the outputs of the last mini-batch, channel by channel, sample by sample. */
  readOutputs(outputs: Float32Array): void;
}

/** Builds a stack; its memory is one mini-batch, twice or thrice, and the weights. */
export function createStackNetwork(kernel: Kernel, stack: StackScenario, key: WordPair): StackNetwork {
  const { width, depth, batchSize, epsilon, groups, connection } = stack;
  const activation = activationOf(stack.activation);
  const linears = createBlockLinears(kernel, stack, key);
  const noises = blockNoises(stack);
  const norms = blockNorms(stack);
  const hasFrozen = frozenPlaces(stack);
  const drawInput = createInput(kernel);
  const noise = createMasks(kernel, stack, SINGLE);
  const deviation = kernel.floats(STAGE_FLOATS);
  const strides = stridesOf(batchSize);
  const createTiles = () => strides.map((tile) => tileOf(kernel, { ...tile, width }));
  let input = createTiles();
  let output = createTiles();
  const branch = connection === "residual" ? createTiles() : undefined;
  const sums = kernel.doubles(2 * width);
  const scale = kernel.floats(width);
  const offset = kernel.floats(width);
  const biased = (batchSize - 1) / batchSize;
  const places = depth + 1;
  const reading: StackReading = {
    statistics: createStatistics(places * width),
    variances: new Float64Array(places),
    meanShifts: new Float64Array(places),
  };

  /** Takes in what reaches a position, and leaves in `scale` and `offset` what its Batch Normalization does. */
  function read(place: number, pass: StackPass): void {
    sums.fill(0);
    for (const { x, stride, samples } of input) kernel.addMoments({ x, stride, samples, sums, first: 0 });
    const { mean, variance } = reading.statistics;
    let total = 0;
    for (let channel = 0, at = place * width; channel < width; channel++, at++) {
      const sum = sums[2 * channel];
      const squares = Math.max(0, sums[2 * channel + 1] - (sum * sum) / batchSize);
      mean[at] = sum / batchSize;
      variance[at] = squares / (batchSize - 1);
      total += variance[at];
      const centre = pass.kind === "test" ? pass.frozen.mean[at] : mean[at];
      // Biased in both phases. An unbiased one at test time, as PyTorch has it, would by itself shift the variance by 1 − 1/n a block.
      const spread = pass.kind === "test" ? pass.frozen.variance[at] * biased : squares / batchSize;
      const factor = 1 / Math.sqrt(spread + epsilon);
      scale[channel] = factor;
      offset[channel] = -centre * factor;
    }
    reading.variances[place] = total / width;
    reading.meanShifts[place] = pass.kind === "test" && hasFrozen[place] ? meanShift(place, pass.frozen) : 0;
  }

  function meanShift(place: number, frozen: PlaceStatistics): number {
    const { mean, variance } = reading.statistics;
    let total = 0;
    for (let at = place * width; at < (place + 1) * width; at++) {
      const distance = mean[at] - frozen.mean[at];
      total += (distance * distance - variance[at] / batchSize) / (frozen.variance[at] + epsilon);
    }
    return total / width;
  }

  function normalise(place: number, { x, stride, samples }: Tile): void {
    if (norms[place] === "batch") {
      kernel.normalise({ x, stride, scale, offset });
      return;
    }
    const sum = normaliseSamples({ x, stride, samples, groups: norms[place] === "group" ? (groups ?? 1) : 1, epsilon });
    reading.variances[place] += sum / batchSize;
  }

  function applyNoise({ stages, stride }: Tile): void {
    for (const x of stages) {
      const drawn = x.length === STAGE_FLOATS ? deviation : deviation.subarray(0, x.length);
      noise.deviate(drawn, 0, { first: 0, stride });
      kernel.applyNoise({ x, deviation: drawn, centre: 0, noisy: x });
    }
  }

  function block(index: number, pass: StackPass, address: Address): void {
    const linear = linears[index] as BlockLinear;
    const hasNoise = pass.kind === "train" && noises[index] !== 0;
    if (hasNoise) noise.startBatch(maskAddress(address, pass.mask, index));
    if (norms[index] !== "batch") reading.variances[index] = 0;
    for (const [at, tile] of input.entries()) {
      const within = branch?.[at] ?? tile;
      if (within !== tile) within.x.set(tile.x);
      normalise(index, within);
      activation.apply(kernel, within.x);
      if (hasNoise) applyNoise(within);
      const { all: y, x: outputs } = output[at] as Tile;
      const unit = linear.multiply({ x: within.x, y, stride: tile.stride });
      if (within === tile) kernel.scale({ x: y, scale: unit });
      else kernel.scaleAndAdd({ y: outputs, scale: unit, x: tile.x });
    }
    [input, output] = [output, input];
  }

  return {
    linears,
    forward(address, pass) {
      drawInput(address, input);
      for (let index = 0; index < depth; index++) {
        read(index, pass);
        block(index, pass, address);
      }
      read(depth, pass);
      return reading;
    },
    readOutputs(outputs) {
      let done = 0;
      for (let channel = 0; channel < width; channel++) {
        for (const { x, stride, samples } of input) {
          outputs.set(x.subarray(channel * stride, channel * stride + samples), done);
          done += samples;
        }
      }
    },
  };
}

/**
 * Where the multipliers of a block are drawn: it depends on nothing but the mini-batch, the mask's number and the block's, so that
 * noise in one block leaves the masks of all others unchanged.
 */
function maskAddress({ key, batch }: Address, mask: number, block: number): Address {
  return { key: branchOf(branchOf(key, mask), block), batch };
}

/** Up to `TILE_SAMPLES` samples of a mini-batch on their way: a row for each channel. */
interface Tile {
  readonly samples: number;
  /** Samples, rounded up to whole groups of lanes. */
  readonly stride: number;
  readonly x: Float32Array;
  /** With the rows that a product fills beyond the last neuron. */
  readonly all: Float32Array;
  /** x in pieces as long as draws may be. */
  readonly stages: readonly Float32Array[];
}

function stridesOf(batchSize: number): readonly Pick<Tile, "samples" | "stride">[] {
  return Array.from({ length: Math.ceil(batchSize / TILE_SAMPLES) }, (_, index) => {
    const samples = Math.min(TILE_SAMPLES, batchSize - index * TILE_SAMPLES);
    return { samples, stride: Math.ceil(samples / GROUP) * GROUP };
  });
}

function tileOf(
  kernel: Kernel,
  { samples, stride, width }: Pick<Tile, "samples" | "stride"> & { width: number },
): Tile {
  const all = kernel.floats(outputRows(width) * stride);
  const x = all.subarray(0, width * stride);
  const stages = Array.from({ length: Math.ceil(x.length / STAGE_FLOATS) }, (_, index) =>
    x.subarray(index * STAGE_FLOATS, (index + 1) * STAGE_FLOATS),
  );
  return { samples, stride, x, all, stages };
}

/** Draws the standard normal input of a mini-batch. */
function createInput(kernel: Kernel): (address: Address, tiles: readonly Tile[]) => void {
  const radius = kernel.words(STATE_WORDS);
  const angle = kernel.words(STATE_WORDS);
  return (address, tiles) => {
    startStream(address, "inputRadius", radius);
    startStream(address, "inputAngle", angle);
    for (const { stages } of tiles) for (const out of stages) kernel.normals({ radius, angle, out });
  };
}

/** Bytes that the arrays of a stack take in a kernel's memory, at most. */
export function stackBytes({ width, depth, batchSize }: StackScenario): number {
  const samples = batchSize + GROUP;
  const tiles = 3 * 4 * outputRows(width) * samples;
  const weights = depth * 2 * (width + 2 * TILE_SAMPLES) * outputRows(width);
  return tiles + weights + 32 * width + 2 ** 20;
}
