import type { BatchNormRules, BatchNormRun } from "../forward/batch-norm.ts";
import type { Pass } from "../forward/pass.ts";
import { scatterLengths } from "../forward/scatter.ts";
import { prefersScatter, scatterSetting } from "../forward/scatter-form.ts";
import { segmentOf } from "../forward/schedule.ts";
import type { PositionStatistics } from "../forward/statistics.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Network } from "../network/network.ts";
import type { MaskPlan } from "../noises/noise-kind.ts";
import { type Arrays, NO_ARRAYS } from "../scenario/arrays.ts";
import type { DistanceFromAverage } from "./noise-average.ts";
import { createStreamedRunner } from "./streamed-block.ts";
import type { Sums } from "./sums.ts";
import { createWholeRunner } from "./whole-block.ts";

/** What mini-batches go through, as far as a thread needs to know. Plain data. */
export interface Run {
  readonly network: Network;
  /** Whether each phase takes a pass of its own, by statistics that another leaves; else both take one. */
  readonly isWhole: boolean;
  readonly masks: MaskPlan;
  readonly rules: BatchNormRules;
}

/**
 * Both phases in one pass, from the same samples, where neither needs statistics that training leaves; or one of several passes
 * over the same mini-batches.
 */
export type BlockPass = { readonly kind: "both" } | Pass;

/** A block of mini-batches to draw: the unit of work that threads and machines share. */
export interface BlockTask {
  readonly block: number;
  /** Number of its first mini-batch. */
  readonly first: number;
  readonly batches: number;
  readonly pass: BlockPass;
  /** What the outputs are compared with, if they are. */
  readonly comparison?: OutputComparison | undefined;
}

export interface OutputComparison {
  /** Statistics of the network with the noise off. */
  readonly noiseFree: PositionStatistics;
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

export interface BlockResult {
  readonly block: number;
  readonly batches: number;
  /** Of both phases; none of a single one. */
  readonly sums: Sums;
  /** What the block does to Batch Normalization, the channels of all positions one after another; undefined where nothing trains. */
  readonly batchNorm: BatchNormRun | undefined;
  /** What a pass of a single phase saw. */
  readonly rows: PassRows | undefined;
}

/** Of mini-batch t at position l, [t·positions + l]. */
export interface PassRows {
  readonly variances: Float64Array;
  readonly meanShifts: Float64Array;
  /** Sums of the statistics of the mini-batches. */
  readonly statistics: PositionStatistics;
  /** Of each mini-batch; empty where nothing is compared. */
  readonly distances: readonly OutputDistances[];
  /** Σw² of each neuron, by the node of its linear layer; of a first block of training. */
  readonly weightSquares: readonly (Float64Array | undefined)[] | undefined;
}

/** Makes a kernel whose arrays may take so many bytes. */
export type KernelFactory = (bytes: number) => Kernel;

/** Draws a block; the running statistics are in the arrays of `spare`, if given. */
export type BlockRunner = (task: BlockTask, spare?: BatchNormRun) => BlockResult;

/** Builds the network once; what it returns draws any of its blocks, in any order. */
export function createBlockRunner(createKernel: KernelFactory, run: Run, arrays: Arrays = NO_ARRAYS): BlockRunner {
  const segment = run.isWhole ? undefined : segmentOf(run.network);
  if (segment === undefined) return createWholeRunner(createKernel, run, arrays);
  return createStreamedRunner(createKernel, { ...run, segment }, arrays);
}

/** Channels of all positions of a network. */
export function channelsOf({ network }: Pick<Run, "network">): number {
  return network.positions.reduce((sum, { channels }) => sum + channels, 0);
}

/** Bytes of a block's result, at most: six statistics of each channel, or the matrices that those of all channels follow from. */
export function resultBytes(run: Run): number {
  const lengths = scatterLengthsOf(run);
  return lengths === undefined ? 6 * 8 * channelsOf(run) : 2 * (8 * lengths.means + 4 * lengths.variances);
}

/** How many means and variances the running statistics of a block may have: of channels, or of units and of their matrix. */
export function statisticsLengths(run: Run): readonly { readonly means: number; readonly variances: number }[] {
  const scatter = scatterLengthsOf(run);
  const channels = channelsOf(run);
  return [{ means: channels, variances: channels }, ...(scatter === undefined ? [] : [scatter])];
}

function scatterLengthsOf({ network, isWhole, masks, rules }: Run) {
  const segment = isWhole ? undefined : segmentOf(network);
  if (segment === undefined) return undefined;
  const isPreferred = prefersScatter(scatterSetting(segment, { batchSize: rules.batchSize, masks }));
  return isPreferred ? scatterLengths(segment.input) : undefined;
}
