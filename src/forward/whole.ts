import { GROUP, type Kernel, STAGE_FLOATS } from "../kernel/kernel.ts";
import type { ConvolutionLayer, LinearLayer, Network, Node, NormLayer, Position } from "../network/network.ts";
import { type Arrays, NO_ARRAYS } from "../scenario/arrays.ts";
import { drawWeights } from "./draw-weights.ts";
import { activationStep, functionStep } from "./layers/function.ts";
import { inputStep } from "./layers/input.ts";
import { addStep, concatStep, copyStep, flattenStep } from "./layers/moves.ts";
import { addedNoiseStep, type NoiseOnWeights, noiseStep } from "./layers/noise.ts";
import { poolStep } from "./layers/pool.ts";
import { convolutionStep, linearStep, productBytes } from "./layers/products.ts";
import type { Step } from "./layers/step.ts";
import { type Maps, mapsOf, squaredMeans, stretchesOf } from "./maps.ts";
import type { Pass } from "./pass.ts";
import { normaliseMaps, normaliseSamples } from "./sample-norm.ts";
import { channelStarts, createStatistics, type PositionStatistics } from "./statistics.ts";
import { inSteps, outputRows, productRoom } from "./tile-product.ts";
import { assignBuffers, createTiles, type Tile } from "./tiles.ts";
import { weightSums } from "./weights.ts";

/** What a mini-batch was at each position of a network. */
export interface WholeReading {
  /** Means and unbiased variances of the channels over the samples of the mini-batch and their positions. */
  readonly statistics: PositionStatistics;
  /**
   * The variance that the norm at each position goes by: that of a channel over the mini-batch, averaged over the channels, and so at
   * an output; that of a sample over its channels, or its group's, averaged over the samples.
   */
  readonly variances: Float64Array;
  /**
   * At test time: how far the channels' means lie from the frozen ones, (mean − frozen mean)²/(frozen variance), averaged over
   * the channels, less what the mini-batch's own error adds to it, s²/n, s² that of samples' means over their positions. 0 during training, and where no mean is frozen.
   */
  readonly meanShifts: Float64Array;
}

export interface WholeNetwork {
  /** Σw² of each neuron of the layer with weights that a node is; undefined for other nodes. */
  readonly weightSquares: readonly (Float64Array | undefined)[];
  /** Takes the mini-batch of a number through the network; the reading holds until the next call. */
  forward(batch: number, pass: Pass): WholeReading;
  /** Copies the outputs of the last node in the last pass, channel by channel, sample by sample, position by position. */
  readOutputs(outputs: Float32Array): void;
}

export interface WholeSetting {
  readonly network: Network;
  readonly batchSize: number;
  /** Shown what reaches a position, by its number from 0, before its norm changes it. */
  readonly onRead?: (position: number, maps: Maps) => void;
}

/** Whether a position has frozen statistics at test time: those of BN, and of an output, which enters no norm. */
export function isFrozenAt({ norm }: { readonly norm: NormLayer | null }): boolean {
  return norm === null || norm.norm === "batch";
}

/** Builds a network whose mini-batches go through it layer by layer; its memory is its weights and a few mini-batches. */
export function createWholeNetwork(
  kernel: Kernel,
  { network, batchSize, onRead }: WholeSetting,
  arrays: Arrays = NO_ARRAYS,
): WholeNetwork {
  const { seed, nodes, positions } = network;
  const setting = { kernel, seed };
  const buffers = assignBuffers(network);
  const rooms = buffers.sizes.map(({ channels, positions: each }) => createTiles(kernel, channels, batchSize * each));
  const maps = nodes.map(({ shape }, index) =>
    mapsOf(shape, batchSize, rooms[buffers.of[index] as number] as readonly Tile[]),
  );
  const { starts, total } = channelStarts(positions);
  const reading: WholeReading = {
    statistics: createStatistics(total),
    variances: new Float64Array(positions.length),
    meanShifts: new Float64Array(positions.length),
  };
  const most = Math.max(...buffers.sizes.map(({ channels }) => channels));
  const sums = kernel.doubles(2 * most);
  const scale = kernel.floats(most);
  const offset = kernel.floats(most);
  const deviation = kernel.floats(STAGE_FLOATS);
  const room = productRoom(kernel);
  const weightSquares: (Float64Array | undefined)[] = nodes.map(() => undefined);
  /** Noise on weights, by the node of the noise. */
  const noiseOnWeights = new Map<number, NoiseOnWeights>();
  /** Of each tile of a product that an addition scales, what 1 in it stands for. */
  const units = new Map<number, number[]>();

  function mapsAt(node: number): Maps {
    const found = maps[node];
    if (found === undefined) throw new RangeError(`a network has no node ${node}`);
    return found;
  }

  /** Takes in what reaches a position, and leaves in `scale` and `offset` what its Batch Normalization does. */
  function read(index: number, pass: Pass, epsilon: number): void {
    const position = positions[index];
    if (position === undefined) return;
    const { channels } = position;
    const maps = mapsAt(position.node);
    const { tiles, positions: each } = maps;
    onRead?.(index, maps);
    const count = batchSize * each;
    const biased = (count - 1) / count;
    const seen = sums.subarray(0, 2 * channels).fill(0);
    for (const { x, stride, samples } of tiles) {
      kernel.addMoments({ x, stride, samples, sums: seen, first: 0 });
    }
    const { mean, variance } = reading.statistics;
    let sum = 0;
    for (let channel = 0, at = starts[index] as number; channel < channels; channel++, at++) {
      const first = seen[2 * channel];
      const squares = Math.max(0, seen[2 * channel + 1] - (first * first) / count);
      mean[at] = first / count;
      variance[at] = squares / (count - 1);
      sum += variance[at];
      const centre = pass.kind === "test" ? pass.frozen.mean[at] : mean[at];
      // Biased in both phases. An unbiased one at test time, as PyTorch has it, would by itself shift the variance by 1 − 1/n a block.
      const spread = pass.kind === "test" ? pass.frozen.variance[at] * biased : squares / count;
      const factor = 1 / Math.sqrt(spread + epsilon);
      scale[channel] = factor;
      offset[channel] = -centre * factor;
    }
    reading.variances[index] = sum / channels;
    reading.meanShifts[index] =
      pass.kind === "test" && isFrozenAt(position) ? meanShift(index, position, { frozen: pass.frozen, epsilon }) : 0;
  }

  function meanShift(index: number, { node, channels }: Position, { frozen, epsilon }: ShiftSetting): number {
    const { mean } = reading.statistics;
    const start = starts[index] as number;
    const spreads = spreadsOfSamples(index, node);
    let sum = 0;
    for (let channel = 0, at = start; channel < channels; channel++, at++) {
      const distance = mean[at] - frozen.mean[at];
      sum += (distance * distance - spreads[channel] / batchSize) / (frozen.variance[at] + epsilon);
    }
    return sum / channels;
  }

  /** The unbiased variance, of each channel, of a sample's mean over its positions. */
  function spreadsOfSamples(index: number, node: number): Float64Array {
    const own = mapsAt(node);
    const { mean, variance } = reading.statistics;
    const start = starts[index] as number;
    const { channels } = own.shape;
    if (own.positions === 1) return variance.subarray(start, start + channels);
    const spreads = new Float64Array(channels);
    squaredMeans(stretchesOf(own), own.positions, spreads);
    for (let channel = 0; channel < channels; channel++) {
      const centre = mean[start + channel];
      spreads[channel] = Math.max(0, spreads[channel] - batchSize * centre * centre) / (batchSize - 1);
    }
    return spreads;
  }

  /** The step of a layer with weights. */
  function productStep(index: number, layer: LinearLayer | ConvolutionLayer, { from }: Node): Step {
    const [source = -1] = from;
    const onWeights = noiseOnWeights.get(source);
    const isOneByOne = layer.kind === "linear" && onWeights !== undefined;
    // Products have a copy of their own; one weight by weight reads them in the kernel's memory.
    const values = isOneByOne ? undefined : drawnValues(layer.neurons * layer.width);
    const weights = inSteps(layer, drawWeights(kernel, { seed, layer }, { arrays, values }));
    weightSquares[index] = Float64Array.from(weightSums(weights), ({ sumOfSquares }) => sumOfSquares);
    const [inputs, outputs] = [mapsAt(source), mapsAt(index)];
    if (isScaledByAddition(index)) {
      units.set(
        index,
        outputs.tiles.map(() => 1),
      );
    }
    const product = { kernel, weights, inputs, outputs, room, onWeights, units: units.get(index) };
    return layer.kind === "linear" ? linearStep(product) : convolutionStep(product, layer);
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
    const [reader] = readers;
    return readers.length === 1 && reader?.layer.kind === "add" && reader.from.lastIndexOf(index) === 0;
  }

  function normStep(norm: NormLayer, { from }: Node, { tiles, shape, ...own }: Maps): Step {
    const index = positions.findIndex((position) => position.node === from[0] && position.norm === norm);
    const { epsilon } = norm;
    if (norm.norm === "batch") {
      return (_batch, pass) => {
        read(index, pass, epsilon);
        for (const { x, stride } of tiles) kernel.normalise({ x, stride, scale, offset });
      };
    }
    const groups = norm.groups ?? 1;
    if (own.positions > 1) {
      const { positions: each } = own;
      const samples = stretchesOf({ tiles, shape, ...own });
      return (_batch, pass) => {
        read(index, pass, epsilon);
        const sum = normaliseMaps({ samples, channels: shape.channels, positions: each, groups, epsilon });
        reading.variances[index] = sum / batchSize;
      };
    }
    return (_batch, pass) => {
      read(index, pass, epsilon);
      reading.variances[index] = 0;
      for (const { x, stride, samples } of tiles) {
        reading.variances[index] += normaliseSamples({ x, stride, samples, groups, epsilon }) / batchSize;
      }
    };
  }

  function stepOf(index: number, node: Node): Step {
    const { layer, from } = node;
    const own = mapsAt(index);
    const inputs = from.map(mapsAt);
    const [first = own, ...others] = inputs;
    switch (layer.kind) {
      case "input":
        return inputStep({ ...setting, arrays }, layer, own);
      case "noise": {
        const { step, onWeights } = noiseStep(setting, layer, { maps: own, room: deviation });
        if (onWeights !== undefined) noiseOnWeights.set(index, onWeights);
        return step;
      }
      case "added-noise":
        return addedNoiseStep(setting, layer, { maps: own, room: deviation });
      case "linear":
      case "convolution":
        return productStep(index, layer, node);
      case "activation":
        return activationStep(kernel, layer, own);
      case "function":
        return functionStep(kernel, layer, own);
      case "norm":
        return normStep(layer, node, own);
      case "pool":
        return poolStep(layer, first, own);
      case "flatten":
        return flattenStep(first, own);
      case "concat":
        return concatStep(inputs, own);
      case "add":
        return addStep(kernel, { sum: own, added: others, units: units.get(from[0] ?? -1) });
    }
  }

  const steps = nodes.flatMap((node, index): Step[] => {
    const step = stepOf(index, node);
    // A copy of a node's input, where a later node needs it unchanged.
    return buffers.isCopied[index] === true ? [copyStep(mapsAt(node.from[0] ?? -1), mapsAt(index)), step] : [step];
  });
  /** Of outputs; norms read their own. */
  const outputs = positions.flatMap(({ norm }, index) => (norm === null ? [index] : []));

  return {
    weightSquares,
    forward(batch, pass) {
      for (const step of steps) step(batch, pass);
      for (const index of outputs) read(index, pass, network.epsilon);
      return reading;
    },
    readOutputs(values) {
      const { shape, tiles } = mapsAt(nodes.length - 1);
      let done = 0;
      for (let channel = 0; channel < shape.channels; channel++) {
        for (const { x, stride, samples } of tiles) {
          values.set(x.subarray(channel * stride, channel * stride + samples), done);
          done += samples;
        }
      }
    },
  };
}

interface ShiftSetting {
  readonly frozen: PositionStatistics;
  readonly epsilon: number;
}

/** Bytes that the arrays of such a network take in a kernel's memory, at most. */
export function wholeBytes({ network, batchSize }: WholeSetting): number {
  const { nodes } = network;
  const { sizes } = assignBuffers(network);
  const tiles = sizes.reduce(
    (sum, { channels, positions }) => sum + 4 * outputRows(channels) * (batchSize * positions + GROUP),
    0,
  );
  const layers = nodes.reduce((sum, node) => sum + SMALL_ARRAYS + bytesOf(node, nodes[node.from[0] ?? -1]), 0);
  return tiles + layers + 64 * Math.max(...sizes.map(({ channels }) => channels)) + 2 ** 20;
}

/** Draws, the states of streams, and the padding between arrays, of one layer. */
const SMALL_ARRAYS = 2 ** 15;

/** Bytes that grow with the size of a layer, and not with its channels alone. */
function bytesOf({ layer, shape }: Node, source: Node | undefined): number {
  switch (layer.kind) {
    case "input":
      // Numbers of each unit, which are more than channels.
      return 16 * (layer.width - shape.channels);
    case "linear":
    case "convolution":
      return productBytes(layer, { source, shape });
    case "noise":
    case "added-noise":
    case "activation":
    case "function":
    case "norm":
    case "pool":
    case "flatten":
    case "add":
    case "concat":
      return 0;
  }
}
