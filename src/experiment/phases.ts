import { type BatchNormRun, emptyRun, type Floats, followedBy, viewAfter } from "../forward/batch-norm.ts";
import type { Pass } from "../forward/pass.ts";
import {
  addStatistics,
  averaged,
  channelStarts,
  createStatistics,
  type PositionStatistics,
} from "../forward/statistics.ts";
import { isFrozenAt } from "../forward/whole.ts";
import { comparesOutputs } from "../scenario/positions.ts";
import type { BlockResult, OutputComparison, OutputDistances, PassRows } from "./block.ts";
import { corrected } from "./corrected.ts";
import { addMeanShift, NO_MEAN_SHIFT } from "./mean-shift.ts";
import type { ReadingSource } from "./measure.ts";
import { comparedPasses, comparisonOf, passesOf } from "./plan/plan.ts";
import { NO_VIEW, type Reading, type ReadTo, recordSums } from "./reading.ts";
import type { OutputSums } from "./record.ts";
import { ratioSums } from "./root-of-ratio.ts";
import { addSums, NO_SUMS, sumsOf } from "./sums.ts";

/**
 * Reads a network whose norms use at test time what training left behind: trains it, which is to let mini-batches through with the
 * noise on and to average the statistics that each norm sees; then lets the same mini-batches through with those statistics frozen
 * and the noise off. To read on is to train on, and to test all again.
 *
 * Outputs at test time are compared with two others for the same samples: the output in training mode, averaged over masks, and the
 * output with statistics of the same mini-batches with the noise off from the first to the last layer. All mini-batches weigh the
 * same in the statistics, as with PyTorch's `momentum=None`: what running statistics tend to. A part is trained whole.
 */
export function phasesOf(source: ReadingSource): ReadTo {
  const { setting, plan, firstBatch, executor, arrays, signal, onProgress } = source;
  const { scenario, network, run } = setting;
  const { positions } = network;
  const { starts, total: channels } = channelStarts(positions);
  const { statistics: kind, reestimateBatches, noiseInTest } = scenario;
  const isCompared = comparesOutputs(scenario);
  const trained = createTraining(channels);
  const quiet = createTraining(channels);
  let before: Reading | undefined;
  let done = 0;
  let total = 0;

  async function* blocksOf(range: Range): AsyncGenerator<BlockResult> {
    const passes = range.comparison === undefined ? 1 : comparedPasses(range.comparison);
    // A mini-batch that is compared is many passes, and a block of its own.
    const cut =
      range.comparison === undefined
        ? plan
        : { ...plan, batchesPerBlock: 1, blockWork: passes * (plan.blockWork / plan.batchesPerBlock) };
    for await (const block of executor.run({ run, arrays, range: { ...cut, ...range }, signal })) {
      yield block;
      done += block.batches * passes;
      onProgress?.({ kind: "passes", done, total });
    }
  }

  /** Takes in the statistics of a range; whether it came to its end. */
  async function train(training: Training, range: Range): Promise<boolean> {
    for await (const block of blocksOf(range)) take(training, block);
    return training.batches >= range.to;
  }

  /** Statistics that are estimated again over other mini-batches; undefined where they are not, or it was aborted. */
  async function reestimate(from: number): Promise<PositionStatistics | undefined> {
    if (reestimateBatches === null) return undefined;
    const again = createTraining(channels);
    again.batches = from;
    const pass = kind === "reestimated" ? QUIET : TRAINING;
    if (!(await train(again, { from, to: from + reestimateBatches, pass }))) return undefined;
    return averaged(again.statistics, reestimateBatches);
  }

  return async (target) => {
    // A part has the statistics of the whole run.
    const end = scenario.samples === null ? target : setting.plan.budget;
    total = done + passesOf(end, scenario) - (isCompared ? 2 : 1) * trained.batches - (end - target);
    if (!(await train(trained, { from: trained.batches, to: end, pass: TRAINING }))) return before;
    if (isCompared && !(await train(quiet, { from: quiet.batches, to: end, pass: QUIET }))) return before;
    const renewed = await reestimate(end);
    if (reestimateBatches !== null && renewed === undefined) return before;
    const average = averaged(trained.statistics, end);
    const frozen = renewed ?? (kind === "corrected" ? corrected(network, average, trained.weightSquares) : average);
    const noiseFree = averaged(quiet.statistics, end);
    const compared = comparisonOf(end);
    const to = firstBatch + target;
    const comparedTo = isCompared ? Math.min(to, Math.max(firstBatch, compared.batches)) : firstBatch;
    const tested: Tested = { variances: [], meanShifts: [], distances: [], statistics: createStatistics(channels) };
    const pass: Pass = noiseInTest === null ? { kind: "test", frozen } : { kind: "test", frozen, noise: true };
    for (const range of [
      { from: firstBatch, to: comparedTo, pass, comparison: { noiseFree, masks: compared.masks } },
      { from: comparedTo, to, pass },
    ]) {
      for await (const { rows, batches } of blocksOf(range)) if (rows !== undefined) test(tested, rows, batches);
    }
    if (tested.variances.length < 2) return before;
    before = readingOf(tested, frozen, compared.masks);
    return before;
  };

  function readingOf(tested: Tested, frozen: PositionStatistics, masks: number): Reading {
    const n = tested.variances.length;
    const { runningMean, runningVariance } = trained.batchNorm;
    const batchNorm: BatchNormRun = {
      ...trained.batchNorm,
      // Copies: to train on, beyond this reading, changes the arrays.
      runningMean: runningMean.slice(),
      runningVariance: runningVariance.slice(),
      batches: n,
      testMean: tested.statistics.mean,
      testVariance: tested.statistics.variance,
    };
    return {
      batches: n,
      sums: positions.map((position, index) => {
        const isFrozen = isFrozenAt(position);
        const held = isFrozen && kind !== "running" ? meanOf(frozen.variance, index) : undefined;
        let sums = NO_SUMS;
        let means = NO_MEAN_SHIFT;
        for (const [batch, variances] of tested.variances.entries()) {
          // What the norm uses at test time: the mini-batch's own part of running statistics, or of others what was frozen.
          const train = held ?? trained.variances[(firstBatch + batch) * positions.length + index] ?? Number.NaN;
          const meanShift = tested.meanShifts[batch]?.[index] ?? 0;
          sums = addSums(sums, sumsOf({ train, test: variances[index] ?? Number.NaN }));
          means = addMeanShift(means, { meanShift, meanShiftSquared: meanShift * meanShift });
        }
        return recordSums(sums, isFrozen ? means : null);
      }),
      view(index) {
        const { norm } = positions[index] ?? {};
        if (norm?.norm !== "batch") return NO_VIEW;
        const part = (values: Floats) => partOf(values, index);
        const { runningMean, runningVariance, testMean, testVariance } = batchNorm;
        return viewAfter(
          {
            ...batchNorm,
            runningMean: part(runningMean),
            runningVariance: part(runningVariance),
            testMean: part(testMean),
            testVariance: part(testVariance),
          },
          norm.epsilon,
        );
      },
      outputs: outputsOf(tested.distances, masks),
    };
  }

  function partOf<F extends Floats>(values: F, index: number): F {
    const start = starts[index] ?? 0;
    return values.subarray(start, start + (positions[index]?.channels ?? 0)) as F;
  }

  function meanOf(values: Float64Array, index: number): number {
    const part = partOf(values, index);
    return part.reduce((sum, one) => sum + one, 0) / part.length;
  }
}

const TRAINING = { kind: "train", mask: 0 } as const;
const QUIET = { kind: "quiet" } as const;

interface Range {
  readonly from: number;
  readonly to: number;
  readonly pass: Pass;
  readonly comparison?: OutputComparison;
}

/** What passes of training leave behind. */
interface Training {
  /** Mini-batches up to which they came. */
  batches: number;
  /** Sums over them. */
  readonly statistics: PositionStatistics;
  /** Of each mini-batch, the variance at each position. */
  readonly variances: number[];
  batchNorm: BatchNormRun;
  weightSquares: readonly (Float64Array | undefined)[];
}

function createTraining(channels: number): Training {
  return {
    batches: 0,
    statistics: createStatistics(channels),
    variances: [],
    batchNorm: emptyRun(channels),
    weightSquares: [],
  };
}

function take(training: Training, { rows, batches, batchNorm }: BlockResult): void {
  if (rows === undefined) return;
  addStatistics(training.statistics, rows.statistics);
  for (const variance of rows.variances) training.variances.push(variance);
  training.batches += batches;
  training.weightSquares = rows.weightSquares ?? training.weightSquares;
  if (batchNorm !== undefined) training.batchNorm = followedBy(training.batchNorm, batchNorm);
}

interface Tested {
  /** Of each mini-batch, the value at each position. */
  readonly variances: Float64Array[];
  readonly meanShifts: Float64Array[];
  readonly distances: OutputDistances[];
  readonly statistics: PositionStatistics;
}

function test({ variances, meanShifts, distances, statistics }: Tested, rows: PassRows, batches: number): void {
  const positions = rows.variances.length / batches;
  for (let batch = 0; batch < batches; batch++) {
    variances.push(rows.variances.subarray(batch * positions, (batch + 1) * positions));
    meanShifts.push(rows.meanShifts.subarray(batch * positions, (batch + 1) * positions));
  }
  distances.push(...rows.distances);
  addStatistics(statistics, rows.statistics);
}

function outputsOf(distances: readonly OutputDistances[], masks: number): OutputSums | null {
  if (distances.length === 0) return null;
  const sumsOfDistances = (other: keyof OutputDistances) => {
    const ofOther = distances.map((distance) => distance[other]);
    return ratioSums(
      ofOther.map(({ distance }) => distance),
      ofOther.map(({ variance }) => variance),
    );
  };
  return { masks, training: sumsOfDistances("fromTraining"), noiseFree: sumsOfDistances("fromNoiseFree") };
}
