import { createStackNetwork, type StackPass, stackBytes } from "../../layers/stack/network.ts";
import { addStatistics, createStatistics, type PlaceStatistics } from "../../layers/stack/statistics.ts";
import { stackKey } from "../../random/key.ts";
import type { StackScenario } from "../../scenario/stack/stack.ts";
import type { KernelFactory } from "../block.ts";

/** Mini-batches that go through a stack one way: the unit of work that threads share. */
export interface StackTask {
  readonly block: number;
  /** Number of its first mini-batch. */
  readonly first: number;
  readonly batches: number;
  readonly pass: StackPass;
  /** Statistics by which the outputs would be right; how far they are from that is then measured. */
  readonly reference?: PlaceStatistics;
}

/** What came of a task. Mini-batch t at place l is at [t·places + l]. */
export interface StackBlock {
  readonly block: number;
  readonly batches: number;
  readonly variances: Float64Array;
  readonly meanShifts: Float64Array;
  /** Sums of the statistics of the mini-batches; undefined in test, where nothing is made of them. */
  readonly statistics: PlaceStatistics | undefined;
  /** For each mini-batch, squared distance of the outputs to the right ones, and the variance of those; both averaged. */
  readonly distances: Float64Array | undefined;
  /** Σw² of the weights that lead to each channel of each place, 0 at the first; of a first block of training. */
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
  const outputs = { own: new Float32Array(width * batchSize), right: new Float32Array(width * batchSize) };

  return ({ block, first, batches, pass, reference }) => {
    const variances = new Float64Array(batches * places);
    const meanShifts = new Float64Array(batches * places);
    const statistics = pass.kind === "test" ? undefined : createStatistics(places * width);
    const distances = reference === undefined ? undefined : new Float64Array(2 * batches);
    for (let batch = 0; batch < batches; batch++) {
      const address = { key, batch: first + batch };
      const reading = network.forward(address, pass);
      variances.set(reading.variances, batch * places);
      meanShifts.set(reading.meanShifts, batch * places);
      if (statistics !== undefined) addStatistics(statistics, reading.statistics);
      if (reference === undefined || distances === undefined) continue;
      network.readOutputs(outputs.own);
      const right = network.forward(address, { kind: "test", frozen: reference });
      network.readOutputs(outputs.right);
      distances[2 * batch] = meanSquaredDistance(outputs.own, outputs.right);
      distances[2 * batch + 1] = right.variances[depth];
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
