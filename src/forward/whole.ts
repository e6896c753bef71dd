import { activationOf } from "../activations/activations.ts";
import { GROUP, type Kernel, STAGE_FLOATS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type {
  ActivationLayer,
  InputLayer,
  LinearLayer,
  Network,
  Node,
  NoiseOfNetwork,
  NormLayer,
} from "../network/network.ts";
import type { NoiseLayer } from "../noises/noise-kind.ts";
import { propertiesOf } from "../noises/noises.ts";
import { branchOf } from "../random/streams.ts";
import { drawWeights } from "./draw-weights.ts";
import { inputKey, noiseKey } from "./key.ts";
import { createMasks, SINGLE } from "./noise.ts";
import { noiseForm } from "./noise-form.ts";
import { normaliseSamples } from "./sample-norm.ts";
import { createSampler } from "./sampler.ts";
import { channelStarts, createStatistics, type PositionStatistics } from "./statistics.ts";
import {
  createNoisyTileProduct,
  createTileProduct,
  outputRows,
  productRoom,
  type TileProduct,
} from "./tile-product.ts";
import { assignBuffers, createTiles, type Tile } from "./tiles.ts";
import { weightSums } from "./weights.ts";

/**
 * How a mini-batch goes through a network: as during training, with noise and with Batch Normalization by the mini-batch's own
 * statistics; quiet, the same without noise; or as at test time, without noise and by frozen statistics.
 *
 * A mini-batch has many masks. Mask 0 is that of training; the others are independent draws for the same samples.
 */
export type Pass =
  | { readonly kind: "train"; readonly mask: number }
  | { readonly kind: "quiet" }
  | { readonly kind: "test"; readonly frozen: PositionStatistics; readonly noise?: true };

/** What a mini-batch was at each position of a network. */
export interface WholeReading {
  /** Batch means and unbiased batch variances of the channels. */
  readonly statistics: PositionStatistics;
  /**
   * The variance that the norm at each position goes by: that of a channel over the mini-batch, averaged over the channels, and so at
   * an output; that of a sample over its channels, or its group's, averaged over the samples.
   */
  readonly variances: Float64Array;
  /**
   * At test time: how far the channels' means lie from the frozen ones, (mean − frozen mean)²/(frozen variance), averaged over
   * the channels, less what the mini-batch's own error adds to it, s²/n. 0 during training, and where no mean is frozen.
   */
  readonly meanShifts: Float64Array;
}

export interface WholeNetwork {
  /** Σw² of each neuron of the linear layer that a node is; undefined for other nodes. */
  readonly weightSquares: readonly (Float64Array | undefined)[];
  /** Takes the mini-batch of a number through the network; the reading holds until the next call. */
  forward(batch: number, pass: Pass): WholeReading;
  /** Copies the outputs of the last node in the last pass, channel by channel, sample by sample. */
  readOutputs(outputs: Float32Array): void;
}

export interface WholeSetting {
  readonly network: Network;
  readonly batchSize: number;
}

/** What a node does in a pass; in the order of the nodes. */
type Step = (batch: number, pass: Pass) => void;

/** Whether a position has frozen statistics at test time: those of BN, and of an output, which enters no norm. */
export function isFrozenAt({ norm }: { readonly norm: NormLayer | null }): boolean {
  return norm === null || norm.norm === "batch";
}

/** Builds a network whose mini-batches go through it layer by layer; its memory is its weights and a few mini-batches. */
export function createWholeNetwork(kernel: Kernel, { network, batchSize }: WholeSetting): WholeNetwork {
  const { seed, nodes, positions } = network;
  const buffers = assignBuffers(network);
  const rooms = buffers.sizes.map((channels) => createTiles(kernel, channels, batchSize));
  const tilesOf = (node: number) => rooms[buffers.of[node] as number] as readonly Tile[];
  const { starts, total } = channelStarts(positions);
  const reading: WholeReading = {
    statistics: createStatistics(total),
    variances: new Float64Array(positions.length),
    meanShifts: new Float64Array(positions.length),
  };
  const most = Math.max(...buffers.sizes);
  const sums = kernel.doubles(2 * most);
  const scale = kernel.floats(most);
  const offset = kernel.floats(most);
  const deviation = kernel.floats(STAGE_FLOATS);
  const room = productRoom(kernel);
  const biased = (batchSize - 1) / batchSize;
  const weightSquares: (Float64Array | undefined)[] = nodes.map(() => undefined);
  /** Noise on weights, which the linear layer that reads it takes. */
  const noiseOnWeights = new Map<number, { readonly noise: NoiseLayer; readonly start: Step }>();
  /** Of each tile of a product that an addition scales, what 1 in it stands for. */
  const units = new Map<number, number[]>();

  /** Takes in what reaches a position, and leaves in `scale` and `offset` what its Batch Normalization does. */
  function read(index: number, pass: Pass, epsilon: number): void {
    const position = positions[index];
    if (position === undefined) return;
    const { channels } = position;
    const seen = sums.subarray(0, 2 * channels).fill(0);
    for (const { x, stride, samples } of tilesOf(position.node)) {
      kernel.addMoments({ x, stride, samples, sums: seen, first: 0 });
    }
    const { mean, variance } = reading.statistics;
    let sum = 0;
    for (let channel = 0, at = starts[index] as number; channel < channels; channel++, at++) {
      const first = seen[2 * channel];
      const squares = Math.max(0, seen[2 * channel + 1] - (first * first) / batchSize);
      mean[at] = first / batchSize;
      variance[at] = squares / (batchSize - 1);
      sum += variance[at];
      const centre = pass.kind === "test" ? pass.frozen.mean[at] : mean[at];
      // Biased in both phases. An unbiased one at test time, as PyTorch has it, would by itself shift the variance by 1 − 1/n a block.
      const spread = pass.kind === "test" ? pass.frozen.variance[at] * biased : squares / batchSize;
      const factor = 1 / Math.sqrt(spread + epsilon);
      scale[channel] = factor;
      offset[channel] = -centre * factor;
    }
    reading.variances[index] = sum / channels;
    reading.meanShifts[index] =
      pass.kind === "test" && isFrozenAt(position) ? meanShift(index, pass.frozen, epsilon) : 0;
  }

  function meanShift(index: number, frozen: PositionStatistics, epsilon: number): number {
    const { mean, variance } = reading.statistics;
    const { channels = 0 } = positions[index] ?? {};
    const start = starts[index] as number;
    let sum = 0;
    for (let at = start; at < start + channels; at++) {
      const distance = mean[at] - frozen.mean[at];
      sum += (distance * distance - variance[at] / batchSize) / (frozen.variance[at] + epsilon);
    }
    return sum / channels;
  }

  function inputStep(input: InputLayer, tiles: readonly Tile[]): Step {
    const sampler = createSampler(kernel, input);
    const key = inputKey(seed, input);
    const { unit, centre } = sampler;
    const isPlain = unit === 1 && centre === 0;
    const own = { scale: kernel.floats(isPlain ? 0 : input.width), offset: kernel.floats(isPlain ? 0 : input.width) };
    own.scale.fill(unit);
    own.offset.fill(unit * centre);
    return (batch) => {
      sampler.startBatch({ key, batch });
      for (const { x, stride, stages } of tiles) {
        sampler.startTile(stride);
        for (const stage of stages) sampler.draw(stage.x, stage);
        if (!isPlain) kernel.normalise({ x, stride, ...own });
      }
    };
  }

  function noiseStep(index: number, fields: NoiseOfNetwork, tiles: readonly Tile[]): Step {
    const noise = createMasks(kernel, fields, SINGLE);
    const { gains, pivot } = noiseForm(fields);
    const key = noiseKey(seed, fields);
    const start: Step = (batch, pass) => {
      if (pass.kind === "train") noise.startBatch({ key: pass.mask === 0 ? key : branchOf(key, pass.mask), batch });
    };
    const isOnWeights = propertiesOf(fields.noise).shares === "weight";
    if (isOnWeights) noiseOnWeights.set(index, { noise, start });
    const centre = Math.fround(-pivot);
    return (batch, pass) => {
      const isNoisy = pass.kind === "train" && !isOnWeights;
      if (isNoisy) start(batch, pass);
      const gain = pass.kind === "train" ? gains.train : gains.test;
      for (const { x, stages } of tiles) {
        if (isNoisy) for (const stage of stages) applyNoise(noise, stage, centre);
        if (gain !== 1) kernel.scale({ x, scale: gain });
      }
    };
  }

  function applyNoise(noise: NoiseLayer, stage: Tile["stages"][number], centre: number): void {
    const { x } = stage;
    const drawn = x.length === STAGE_FLOATS ? deviation : deviation.subarray(0, x.length);
    noise.deviate(drawn, 0, stage);
    kernel.applyNoise({ x, deviation: drawn, centre, noisy: x });
  }

  function linearStep(index: number, linear: LinearLayer, { from }: Node): Step {
    const onWeights = noiseOnWeights.get(from[0] ?? -1);
    const { neurons, width } = linear;
    // The product in integers has a copy of its own; one weight by weight reads them in the kernel's memory.
    const values = onWeights === undefined ? drawnValues(neurons * width) : undefined;
    const weights = drawWeights(kernel, { seed, linear }, { values });
    const clean = createTileProduct(kernel, weights, room);
    const ofNoise = onWeights?.noise.ofWeights;
    const noisy = ofNoise === undefined ? undefined : createNoisyTileProduct(kernel, weights, ofNoise);
    weightSquares[index] = Float64Array.from(weightSums(weights), ({ sumOfSquares }) => sumOfSquares);
    const inputs = tilesOf(from[0] as number);
    const outputs = tilesOf(index);
    const isAdded = isScaledByAddition(index);
    const own = outputs.map(() => 1);
    if (isAdded) units.set(index, own);
    return (batch, pass) => {
      const isNoisy = noisy !== undefined && pass.kind === "train";
      if (isNoisy) onWeights?.start(batch, pass);
      const product: TileProduct = isNoisy ? noisy : clean;
      for (const [at, { x, stride }] of inputs.entries()) {
        const { all } = outputs[at] as Tile;
        const unit = product.multiply({ x, y: all, stride });
        if (isAdded) own[at] = unit;
        else if (unit !== 1) kernel.scale({ x: all, scale: unit });
      }
    };
  }

  let scratch = new Float32Array(0);

  /** Room that the weights of one layer after another are drawn in. */
  function drawnValues(length: number): Float32Array {
    if (scratch.length < length) scratch = new Float32Array(length);
    return scratch.subarray(0, length);
  }

  /** Whether the only reader of a product is an addition, which then scales it on the way. */
  function isScaledByAddition(index: number): boolean {
    const readers = nodes.filter(({ from }) => from.includes(index));
    return readers.length === 1 && readers[0]?.layer.kind === "add" && readers[0].from[0] === index;
  }

  function activationStep({ activation }: ActivationLayer, tiles: readonly Tile[]): Step {
    const { apply } = activationOf(activation);
    return () => {
      for (const { x } of tiles) apply(kernel, x);
    };
  }

  function normStep(norm: NormLayer, { from }: Node, tiles: readonly Tile[]): Step {
    const index = positions.findIndex((position) => position.node === from[0] && position.norm === norm);
    const { epsilon } = norm;
    const groups = norm.groups ?? 1;
    return (_batch, pass) => {
      read(index, pass, epsilon);
      if (norm.norm === "batch") {
        for (const { x, stride } of tiles) kernel.normalise({ x, stride, scale, offset });
        return;
      }
      reading.variances[index] = 0;
      for (const { x, stride, samples } of tiles) {
        reading.variances[index] += normaliseSamples({ x, stride, samples, groups, epsilon }) / batchSize;
      }
    };
  }

  /** y ← unit·y + x, for the tiles of a product and of what is added to it, one after another. */
  function addStep(index: number, { from }: Node): Step {
    const [first, ...others] = from;
    const sum = tilesOf(index);
    const own = units.get(first ?? -1);
    const added = others.map(tilesOf);
    return () => {
      for (const [at, { x: y }] of sum.entries()) {
        for (const [other, tiles] of added.entries()) {
          const { x } = tiles[at] as Tile;
          kernel.scaleAndAdd({ y, scale: other === 0 ? (own?.[at] ?? 1) : 1, x });
        }
      }
    };
  }

  function stepOf(index: number, node: Node): Step {
    const { layer } = node;
    const tiles = tilesOf(index);
    switch (layer.kind) {
      case "input":
        return inputStep(layer, tiles);
      case "noise":
        return noiseStep(index, layer, tiles);
      case "linear":
        return linearStep(index, layer, node);
      case "activation":
        return activationStep(layer, tiles);
      case "norm":
        return normStep(layer, node, tiles);
      case "add":
        return addStep(index, node);
      case "added-noise":
      case "convolution":
      case "function":
      case "pool":
      case "flatten":
      case "concat":
        throw new RangeError("to come");
    }
  }

  /** A copy of a node's input, where a later node needs it unchanged. */
  function copyStep(index: number, { from }: Node): Step {
    const inputs = tilesOf(from[0] as number);
    const outputs = tilesOf(index);
    return () => {
      for (const [at, { x }] of outputs.entries()) x.set((inputs[at] as Tile).x);
    };
  }

  const steps = nodes.flatMap((node, index): Step[] => {
    const step = stepOf(index, node);
    return buffers.isCopied[index] === true ? [copyStep(index, node), step] : [step];
  });
  /** Of outputs; norms read their own. */
  const outputs = positions.flatMap(({ norm }, index) => (norm === null ? [index] : []));
  const epsilonOfOutputs = Math.max(0, ...positions.map(({ norm }) => norm?.epsilon ?? 0));

  return {
    weightSquares,
    forward(batch, pass) {
      for (const step of steps) step(batch, pass);
      for (const index of outputs) read(index, pass, epsilonOfOutputs);
      return reading;
    },
    readOutputs(values) {
      const last = nodes.length - 1;
      let done = 0;
      for (let channel = 0; channel < (buffers.channels[last] as number); channel++) {
        for (const { x, stride, samples } of tilesOf(last)) {
          values.set(x.subarray(channel * stride, channel * stride + samples), done);
          done += samples;
        }
      }
    },
  };
}

/** Bytes that the arrays of such a network take in a kernel's memory, at most. */
export function wholeBytes({ network, batchSize }: WholeSetting): number {
  const samples = batchSize + GROUP;
  const { sizes } = assignBuffers(network);
  const tiles = sizes.reduce((sum, channels) => sum + 4 * outputRows(channels) * samples, 0);
  const weights = network.nodes.reduce((sum, { layer, from }) => {
    if (layer.kind !== "linear") return sum + SMALL_ARRAYS;
    const { width, neurons } = layer;
    const source = network.nodes[from[0] ?? 0]?.layer;
    const isMasked = source?.kind === "noise" && propertiesOf(source.noise).shares === "weight";
    const packed = 2 * (width + 2 * TILE_SAMPLES) * outputRows(neurons);
    return sum + SMALL_ARRAYS + packed + (isMasked ? 4 * width * neurons + 64 * neurons : 0);
  }, 0);
  return tiles + weights + 64 * Math.max(...sizes) + 2 ** 20;
}

/** Draws, the states of streams, and the padding between arrays, of one layer. */
const SMALL_ARRAYS = 2 ** 15;
