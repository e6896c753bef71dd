import { type BatchNormRules, type BatchNormRun, emptyRun } from "../forward/batch-norm.ts";
import type { Pass } from "../forward/pass.ts";
import { addStatistics, createStatistics, type PositionStatistics } from "../forward/statistics.ts";
import { createWholeNetwork, wholeBytes } from "../forward/whole.ts";
import type { Network, Position } from "../network/network.ts";
import { positionsOf } from "../notation/graph.ts";
import type { Arrays } from "../scenario/arrays.ts";
import { PRESETS, weightOfNew } from "../scenario/presets.ts";
import type { BlockRunner, KernelFactory, OutputComparison, OutputDistances } from "./block.ts";
import { createNoiseAverage } from "./noise-average.ts";
import { NO_SUMS } from "./sums.ts";

/** Takes blocks of mini-batches through a network layer by layer, one way each. */
export function createWholeRunner(
  createKernel: KernelFactory,
  { network, rules }: WholeRun,
  arrays: Arrays,
): BlockRunner {
  const { batchSize } = rules;
  const setting = { network, batchSize };
  const kernel = createKernel(wholeBytes(setting));
  const { forward, readOutputs, weightSquares } = createWholeNetwork(kernel, setting, arrays);
  const positions = network.positions.length;
  const channels = network.positions.reduce((sum, position) => sum + position.channels, 0);
  const counts = network.positions.map((position) => numbersOfChannel(network, position, batchSize));
  const last = network.positions.at(-1)?.channels ?? 0;
  const count = counts.at(-1) ?? 0;
  const outputs = { own: new Float32Array(last * count), other: new Float32Array(last * count) };
  const average = createNoiseAverage(last * count, count);
  const weight = weightOfNew(rules);
  const isUnbiased = PRESETS[rules.preset].runningVariance === "unbiased";
  const stored = Float64Array.from(
    network.positions.flatMap((position, index) => {
      const numbers = counts[index] ?? 0;
      return new Array<number>(position.channels).fill(isUnbiased ? 1 : (numbers - 1) / numbers);
    }),
  );

  /** Compares the outputs of the latest forward pass, of a mini-batch. */
  function compareOutputs(batch: number, { noiseFree, masks }: OutputComparison): OutputDistances {
    readOutputs(outputs.own);
    const variance = outputVariance(batch, { kind: "test", frozen: noiseFree });
    const fromNoiseFree = { distance: meanSquaredDistance(outputs.own, outputs.other), variance };
    average.start(outputs.own);
    // Mask 0 made the running statistics; the others are independent of them.
    for (let mask = 1; mask <= masks; mask++)
      average.add(outputs.other, outputVariance(batch, { kind: "train", mask }));
    return { fromTraining: average.result(), fromNoiseFree };
  }

  /** Leaves the outputs of a pass in `outputs.other`; returns their variance, averaged over channels. */
  function outputVariance(batch: number, pass: Pass): number {
    const { variances } = forward(batch, pass);
    readOutputs(outputs.other);
    return variances[positions - 1];
  }

  return ({ block, first, batches, pass, comparison }) => {
    if (pass.kind === "both") throw new RangeError("a network with statistics of its own takes a pass for each phase");
    const variances = new Float64Array(batches * positions);
    const meanShifts = new Float64Array(batches * positions);
    const statistics = createStatistics(channels);
    const distances: OutputDistances[] = [];
    const isTraining = pass.kind === "train";
    let running = isTraining ? emptyRun(channels) : undefined;
    for (let batch = 0; batch < batches; batch++) {
      const reading = forward(first + batch, pass);
      variances.set(reading.variances, batch * positions);
      meanShifts.set(reading.meanShifts, batch * positions);
      addStatistics(statistics, reading.statistics);
      if (running !== undefined) running = trained(running, reading.statistics, { weight, stored });
      if (comparison !== undefined) distances.push(compareOutputs(first + batch, comparison));
    }
    const squares = isTraining && block === 0 ? weightSquares : undefined;
    const rows = { variances, meanShifts, statistics, distances, weightSquares: squares };
    return { block, batches, sums: NO_SUMS, batchNorm: running, rows };
  };
}

interface WholeRun {
  readonly network: Network;
  readonly rules: BatchNormRules;
}

/** What the statistics of a channel are over: the samples of a mini-batch and their positions. */
function numbersOfChannel({ nodes }: Network, { node }: Position, batchSize: number): number {
  const { shape } = nodes[node] ?? {};
  return shape === undefined ? batchSize : batchSize * positionsOf(shape);
}

/** The run with one more mini-batch of training, in place of it. */
function trained(
  run: BatchNormRun,
  { mean, variance }: PositionStatistics,
  { weight, stored }: { readonly weight: number; readonly stored: Float64Array },
): BatchNormRun {
  const { runningMean, runningVariance } = run;
  const kept = 1 - weight;
  for (let at = 0; at < mean.length; at++) {
    runningMean[at] = kept * runningMean[at] + weight * mean[at];
    runningVariance[at] = kept * runningVariance[at] + weight * stored[at] * variance[at];
  }
  return { ...run, batches: run.batches + 1, retained: kept * run.retained };
}

function meanSquaredDistance(a: Float32Array, b: Float32Array): number {
  let total = 0;
  for (let at = 0; at < a.length; at++) {
    const distance = a[at] - b[at];
    total += distance * distance;
  }
  return total / a.length;
}
