import { activationOf } from "../../activations/activations.ts";
import { VshiftError } from "../../errors.ts";
import { addStatistics, averaged, createStatistics, type PlaceStatistics } from "../../layers/stack/statistics.ts";
import { blockNoises, frozenPlaces } from "../../scenario/stack/blocks.ts";
import type { StackScenario } from "../../scenario/stack/stack.ts";
import type { OutputDistances, StackBlock, StackTask } from "./block.ts";
import { estimatePlace, type PlaceEstimate, ratioSums, rootOfRatio, type Series } from "./estimate.ts";
import { expectedOf } from "./expectation.ts";
import { comparedPasses, type StackPlan, stackPasses, stackPlan } from "./plan.ts";
import { outputErrorOf, type StackRecord, stackRecordOf } from "./record.ts";

/** Where mini-batches go through stacks. */
export interface StackExecutor {
  /** Runs tasks of a stack; results come in their order. When the signal is aborted they end early, without an error. */
  run(job: StackJob): AsyncIterable<StackBlock>;
  /** Gives back what it holds. */
  close(): void;
}

export interface StackJob {
  readonly stack: StackScenario;
  readonly tasks: readonly StackTask[];
  /** Multiply-adds of all tasks together. */
  readonly work: number;
  readonly signal: AbortSignal | undefined;
}

export interface StackProgress {
  /** Forward passes of mini-batches that are done, and of all. */
  readonly done: number;
  readonly total: number;
}

export interface MeasureStackOptions {
  readonly executor: StackExecutor;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: StackProgress) => void;
}

/**
 * Measures a stack: trains it, which is to let mini-batches through with the noise on and to average the statistics that each
 * norm sees; then lets the same mini-batches through with those statistics frozen and the noise off.
 *
 * Outputs at test time are compared with two others for the same samples: the output in training mode, averaged over masks, and the
 * output with statistics of the same mini-batches with the noise off from the first to the last block. All mini-batches
 * weigh the same in the statistics, as with PyTorch's `momentum=None`: what running statistics tend to. Intervals
 * are those of mini-batches, for the one network that was drawn. When `signal` is aborted in the test phase the result is that
 * of the mini-batches until then; before, the signal's reason is thrown.
 */
export async function measureStack(
  stack: StackScenario,
  { executor, signal, onProgress }: MeasureStackOptions,
): Promise<StackRecord> {
  const plan = stackPlan(stack);
  const total = stackPasses(stack, plan);
  const { batches, batchSize, reestimateBatches } = stack;
  let done = 0;

  async function* blocksOf(range: Range): AsyncGenerator<StackBlock> {
    const passes = range.comparison === undefined ? 1 : comparedPasses(plan);
    const work = (range.to - range.from) * passes * plan.batchWork;
    for await (const block of executor.run({ stack, tasks: tasksOf(range, plan), work, signal })) {
      yield block;
      done += block.batches * passes;
      onProgress?.({ done, total });
    }
  }

  /** Statistics over a range, its variances, and what the first block tells of the weights. */
  async function statisticsOf(range: Range): Promise<Trained> {
    const sums = createStatistics((stack.depth + 1) * stack.width);
    const variances: Series[] = [];
    let weightSquares: Float64Array | undefined;
    for await (const block of blocksOf(range)) {
      if (block.statistics !== undefined) addStatistics(sums, block.statistics);
      variances.push(...rowsOf(block.variances, block.batches));
      weightSquares ??= block.weightSquares;
    }
    if (variances.length < range.to - range.from) throw signal?.reason;
    return { statistics: averaged(sums, range.to - range.from), variances, weightSquares };
  }

  const training = { kind: "train", mask: 0 } as const;
  const quiet = { kind: "quiet" } as const;
  const trained = await statisticsOf({ from: 0, to: batches, pass: training });
  const noiseFree = await statisticsOf({ from: 0, to: batches, pass: quiet });
  const renewed =
    reestimateBatches === null
      ? undefined
      : await statisticsOf({
          from: batches,
          to: batches + reestimateBatches,
          pass: stack.statistics === "reestimated" ? quiet : training,
        });
  const frozen = renewed?.statistics ?? corrected(stack, trained);
  const pass = { kind: "test", frozen } as const;
  const comparison = { noiseFree: noiseFree.statistics, masks: plan.masks };
  const tested: Tested = { variances: [], meanShifts: [], distances: [] };
  for (const range of [
    { from: 0, to: plan.comparedBatches, pass, comparison },
    { from: plan.comparedBatches, to: batches, pass },
  ]) {
    for await (const block of blocksOf(range)) addTested(tested, block);
  }
  if (tested.variances.length < 2) throw signal?.reason ?? nothingVaried(stack);

  const errorRate = 1 - stack.confidence;
  const held = heldVariances(stack, trained, frozen);
  const estimates = Array.from({ length: stack.depth + 1 }, (_, place): PlaceEstimate => {
    const at = (rows: readonly Series[]) => rows.map((row) => row[place]);
    const train = at(held).slice(0, tested.variances.length);
    const estimated = estimatePlace(
      { train, test: at(tested.variances), meanShift: at(tested.meanShifts), samples: batches * batchSize },
      errorRate,
    );
    if (estimated === undefined) throw nothingVaried(stack);
    return estimated;
  });
  return stackRecordOf({
    stack,
    theory: expectedOf(stack),
    estimates,
    outputError: outputErrorOf(
      { masks: plan.masks, sums: ratioSums(...distancesFrom(tested, "fromTraining")) },
      errorRate,
    ),
    noiseFreeError: rootOfRatio(...distancesFrom(tested, "fromNoiseFree"), errorRate),
    batches: { train: batches, test: tested.variances.length },
  });
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly pass: StackTask["pass"];
  readonly comparison?: NonNullable<StackTask["comparison"]>;
}

/** Blocks are numbered from 0 in each range. A mini-batch that is compared is many passes, and a block of its own. */
function tasksOf({ from, to, pass, comparison }: Range, plan: StackPlan): readonly StackTask[] {
  const batchesPerBlock = comparison === undefined ? plan.batchesPerBlock : 1;
  return Array.from({ length: Math.ceil((to - from) / batchesPerBlock) }, (_, block) => {
    const first = from + block * batchesPerBlock;
    const batches = Math.min(batchesPerBlock, to - first);
    return { block, first, batches, pass, ...(comparison === undefined ? {} : { comparison }) };
  });
}

interface Trained {
  readonly statistics: PlaceStatistics;
  /** Of each mini-batch, the variance at each position. */
  readonly variances: readonly Series[];
  readonly weightSquares: Float64Array | undefined;
}

interface Tested {
  readonly variances: Series[];
  readonly meanShifts: Series[];
  readonly distances: OutputDistances[];
}

function addTested({ variances, meanShifts, distances }: Tested, block: StackBlock): void {
  variances.push(...rowsOf(block.variances, block.batches));
  meanShifts.push(...rowsOf(block.meanShifts, block.batches));
  distances.push(...block.distances);
}

/** Of each mini-batch that was compared, the squared distance and the variance that it is relative to. */
function distancesFrom(
  { distances }: Tested,
  other: keyof OutputDistances,
): readonly [squares: Series, variances: Series] {
  const ofOther = distances.map((distance) => distance[other]);
  return [ofOther.map(({ distance }) => distance), ofOther.map(({ variance }) => variance)];
}

function rowsOf(values: Float64Array, batches: number): Series[] {
  const length = values.length / batches;
  return Array.from({ length: batches }, (_, row) => [...values.subarray(row * length, (row + 1) * length)]);
}

/**
 * Without data: the running variance of a channel less what the noise of the block before, and with residual connections of
 * all blocks before, adds to it during training, σ² Σ w² E x². x is f of a standard normal, which Batch Normalization makes of
 * its input during training, and with these statistics at test time, too.
 */
function corrected(stack: StackScenario, { statistics, weightSquares }: Trained): PlaceStatistics {
  if (stack.statistics !== "corrected" || weightSquares === undefined) return statistics;
  const { width, connection } = stack;
  const { secondMoment: second } = activationOf(stack.activation).meanField();
  const noises = blockNoises(stack);
  const variance = statistics.variance.slice();
  const added = new Float64Array(variance.length);
  for (let at = width; at < variance.length; at++) {
    const noise = noises[Math.floor(at / width) - 1] ?? 0;
    added[at] = noise * second * weightSquares[at] + (connection === "residual" ? added[at - width] : 0);
    // A channel whose noise was, by chance, more than it had: what is left of it is unknown, and not negative.
    variance[at] = Math.max(variance[at] - added[at], LEAST_LEFT * variance[at]);
  }
  return { mean: statistics.mean, variance };
}

/** Of a running variance, at the least. */
const LEAST_LEFT = 1e-3;

/**
 * Of each mini-batch of training, the variance that the norm uses at test time: the mini-batch's own part of running
 * statistics, and what it received where nothing is frozen; of other statistics what was frozen.
 */
function heldVariances(stack: StackScenario, trained: Trained, frozen: PlaceStatistics): readonly Series[] {
  if (stack.statistics === "running") return trained.variances;
  const { width } = stack;
  const frozenAt = (place: number) => {
    const part = frozen.variance.subarray(place * width, (place + 1) * width);
    return part.reduce((total, one) => total + one, 0) / width;
  };
  const means = frozenPlaces(stack).map((isFrozen, place) => (isFrozen ? frozenAt(place) : undefined));
  return trained.variances.map((met) => met.map((variance, place) => means[place] ?? variance));
}

function nothingVaried({ width, depth }: StackScenario): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field: "width",
    problem: `${width} leaves no variance at one of the ${depth + 1} positions`,
    hint: "use a larger `width` or `keep`",
  });
}
