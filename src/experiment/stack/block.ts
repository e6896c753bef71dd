import { stackKey } from "../../layers/key.ts";
import { createStackNetwork, type StackPass, stackBytes } from "../../layers/stack/network.ts";
import { addStatistics, createStatistics, type PlaceStatistics } from "../../layers/stack/statistics.ts";
import type { Address } from "../../random/streams.ts";
import type { StackScenario } from "../../scenario/stack/stack.ts";
import type { KernelFactory } from "../block.ts";
import { createNoiseAverage, type DistanceFromAverage } from "./noise-average.ts";

/** Mini-batches that go through a stack one way: the unit of work that threads share. */
export interface StackTask {
  readonly block: number;
  /** Number of its first mini-batch. */
  readonly first: number;
  readonly batches: number;
  readonly pass: StackPass;
  /** What the outputs are compared with, if they are. */
  readonly comparison?: OutputComparison;
}

export interface OutputComparison {
  /** Statistics of the stack with the noise off. */
  readonly noiseFree: PlaceStatistics;
  /** Draws of the masks, besides those of training, that the noise-averaged training output is estimated from; at least 2. */
  readonly masks: number;
}

/** How far the outputs of one mini-batch at test time are from two others; means over its samples and channels. */
export interface OutputDistances {
  /** From the output in training mode, averaged over masks. */
  readonly fromTraining: DistanceFromAverage;
  /** From the output with noise-free statistics. */
  readonly fromNoiseFree: DistanceFromAverage;
}

/** What came of a task. Mini-batch t at position l is at [t·positions + l]. */
export interface StackBlock {
  readonly block: number;
  readonly batches: number;
  readonly variances: Float64Array;
  readonly meanShifts: Float64Array;
  /** Sums of the statistics of the mini-batches; undefined at test time, where they are not needed. */
  readonly statistics: PlaceStatistics | undefined;
  /** Of each mini-batch; empty where nothing is compared. */
  readonly distances: readonly OutputDistances[];
  /** Σw² of the weights that lead to each channel of each position, 0 at the first; of a first block of training. */
  readonly weightSquares: Float64Array | undefined;
}

export type StackRunner = (task: StackTask) => StackBlock;

/** Builds a stack once; what it returns takes any mini-batches through it. */
export function createStackRunner(createKernel: KernelFactory, stack: StackScenario): StackRunner {
  const { depth, width, batchSize } = stack;
  const kernel = createKernel(stackBytes(stack));
  const key = stackKey(stack);
  const network = createStackNetwork(kernel, stack, key);
  const places = depth + 1;
  const outputs = { own: new Float32Array(width * batchSize), other: new Float32Array(width * batchSize) };
  const average = createNoiseAverage(width * batchSize, batchSize);

  /** Compares the outputs of the latest forward pass, of the mini-batch of an address. */
  function compareOutputs(address: Address, { noiseFree, masks }: OutputComparison): OutputDistances {
    network.readOutputs(outputs.own);
    const variance = outputVariance(address, { kind: "test", frozen: noiseFree });
    const fromNoiseFree = { distance: meanSquaredDistance(outputs.own, outputs.other), variance };
    average.start(outputs.own);
    // Mask 0 made the running statistics; the others are independent of them.
    for (let mask = 1; mask <= masks; mask++) {
      const ofDraw = outputVariance(address, { kind: "train", mask });
      average.add(outputs.other, ofDraw);
    }
    return { fromTraining: average.result(), fromNoiseFree };
  }

  /** Leaves the outputs of a pass in `outputs.other`; returns their variance, averaged over channels. */
  function outputVariance(address: Address, pass: StackPass): number {
    const { variances } = network.forward(address, pass);
    network.readOutputs(outputs.other);
    return variances[depth];
  }

  return ({ block, first, batches, pass, comparison }) => {
    const variances = new Float64Array(batches * places);
    const meanShifts = new Float64Array(batches * places);
    const statistics = pass.kind === "test" ? undefined : createStatistics(places * width);
    const distances: OutputDistances[] = [];
    for (let batch = 0; batch < batches; batch++) {
      const address = { key, batch: first + batch };
      const reading = network.forward(address, pass);
      variances.set(reading.variances, batch * places);
      meanShifts.set(reading.meanShifts, batch * places);
      if (statistics !== undefined) addStatistics(statistics, reading.statistics);
      if (comparison !== undefined) distances.push(compareOutputs(address, comparison));
    }
    const isFirst = pass.kind === "train" && block === 0;
    return {
      block,
      batches,
      variances,
      meanShifts,
      statistics,
      distances,
      weightSquares: isFirst ? weightSquares() : undefined,
    };
  };

  function weightSquares(): Float64Array {
    const squares = new Float64Array(places * width);
    for (const [index, linear] of network.linears.entries()) squares.set(linear.squares, (index + 1) * width);
    return squares;
  }
}

function meanSquaredDistance(a: Float32Array, b: Float32Array): number {
  let total = 0;
  for (let at = 0; at < a.length; at++) {
    const distance = a[at] - b[at];
    total += distance * distance;
  }
  return total / a.length;
}
