import type { Kernel } from "../kernel/kernel.ts";
import { sharedDoubles } from "../numeric/shared-memory.ts";
import { PRESETS, weightOfNew } from "../scenario/presets.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { PhaseSums } from "./probe.ts";

/**
 * What a run of mini-batches does to a Batch Normalization layer, channel by channel, and what it was given in test mode. Where the
 * channels are neurons whose variances follow from a scatter matrix, statistics are the units' means and entries of the matrix
 * (scatter.ts), which follow the same rules.
 *
 * A run that follows another continues it: running ← retained·running + (what this run added), see `followedBy`.
 */
export interface BatchNormRun {
  readonly batches: number;
  /** Fraction of the running statistics before the run that is left after it: (1 − weight of the new)^batches. */
  readonly retained: number;
  /** What the run adds to the running mean and variance of each channel. */
  readonly runningMean: Floats;
  readonly runningVariance: Floats;
  /** Sums over the mini-batches of each channel's batch mean and unbiased batch variance in test mode. */
  readonly testMean: Floats;
  readonly testVariance: Floats;
}

export type Floats = Float32Array | Float64Array;

/** A Batch Normalization layer that is fed mini-batches. */
export interface BatchNormLayer {
  /** One mini-batch; returns its variances. */
  take(sums: PhaseSums): BatchVariances;
  /** The run since the last call, in the arrays of `spare` if given; the next one starts afresh. */
  finish(spare?: BatchNormRun): BatchNormRun;
}

/** How running statistics follow the mini-batches. */
export type BatchNormRules = Pick<Scenario, "preset" | "momentum" | "batchSize">;

/** From the sums of a channel y to its input: gain·(unit·y + offsets[channel]), with the unit and the gain of the phase. */
export interface InputScale {
  readonly units: { readonly train: number; readonly test: number };
  readonly offsets: Float64Array;
  /** 1 and 1 unless said otherwise. */
  readonly gains?: { readonly train: number; readonly test: number };
}

/** Batch variance in train and in test mode, unbiased, averaged over the channels, and in train mode over the masks. */
export interface BatchVariances {
  readonly train: number;
  readonly test: number;
}

/**
 * Feeds mini-batches to a Batch Normalization layer by the rules of a preset. Its running statistics see the
 * first mask of each mini-batch alone, as in a training that draws one.
 */
export function createBatchNorm(kernel: Kernel, rules: BatchNormRules, scale: InputScale): BatchNormLayer {
  const { gains = { train: 1, test: 1 } } = scale;
  const units = { train: gains.train * scale.units.train, test: gains.test * scale.units.test };
  const channels = scale.offsets.length;
  const { batchSize: samples } = rules;
  const weight = weightOfNew(rules);
  const offsets = { train: kernel.doubles(channels), test: kernel.doubles(channels) };
  for (const [channel, offset] of scale.offsets.entries()) {
    offsets.train[channel] = gains.train * offset;
    offsets.test[channel] = gains.test * offset;
  }
  const running = { mean: kernel.doubles(channels), variance: kernel.doubles(channels) };
  const tested = { mean: kernel.doubles(channels), variance: kernel.doubles(channels) };
  const training = { samples, unit: units.train, offsets: offsets.train, kept: 1 - weight, weight, ...running };
  const stored = storedVariance(rules);
  const testing = { samples, unit: units.test, offsets: offsets.test, kept: 1, weight: 1, stored: 1, ...tested };
  let retained = 1;
  let batches = 0;

  return {
    take({ train: [first, ...others], test }) {
      let train = kernel.trackVariances({ ...training, stored, sums: first.sums });
      let masks = 1;
      for (const other of others) {
        train += kernel.sumVariances({ samples, unit: units.train, ...other });
        masks += other.masks;
      }
      retained *= 1 - weight;
      batches++;
      return {
        train: train / masks / channels,
        test: kernel.trackVariances({ ...testing, sums: test.sums }) / channels,
      };
    },

    finish(spare) {
      const finished = { ...(spare ?? emptyRun(channels)), batches, retained };
      finished.runningMean.set(running.mean);
      finished.runningVariance.set(running.variance);
      finished.testMean.set(tested.mean);
      finished.testVariance.set(tested.variance);
      for (const statistic of [running.mean, running.variance, tested.mean, tested.variance]) statistic.fill(0);
      retained = 1;
      batches = 0;
      return finished;
    },
  };
}

/** Factor of the unbiased variance that is stored. */
export function storedVariance({ preset, batchSize }: BatchNormRules): number {
  return PRESETS[preset].runningVariance === "biased" ? (batchSize - 1) / batchSize : 1;
}

/** A run of no mini-batches, with statistics like another's. */
export function emptyLike(run: BatchNormRun): BatchNormRun {
  const empty = (values: Floats) => new Float64Array(values.length);
  return {
    batches: 0,
    retained: 1,
    runningMean: empty(run.runningMean),
    runningVariance: empty(run.runningVariance),
    testMean: empty(run.testMean),
    testVariance: empty(run.testVariance),
  };
}

/** A run of no mini-batches, its statistics in memory that threads share. */
export function emptyRun(channels: number): BatchNormRun {
  const statistics = sharedDoubles(4 * channels);
  const [runningMean, runningVariance, testMean, testVariance] = [0, 1, 2, 3].map((index) =>
    statistics.subarray(index * channels, (index + 1) * channels),
  );
  return { batches: 0, retained: 1, runningMean, runningVariance, testMean, testVariance };
}

/** Two runs as one, in place of the first. */
export function followedBy(first: BatchNormRun, second: BatchNormRun): BatchNormRun {
  scaleAndAdd(first.runningMean, second.retained, second.runningMean);
  scaleAndAdd(first.runningVariance, second.retained, second.runningVariance);
  scaleAndAdd(first.testMean, 1, second.testMean);
  scaleAndAdd(first.testVariance, 1, second.testVariance);
  return { ...first, retained: first.retained * second.retained, batches: first.batches + second.batches };
}

/** total ← scale·total + values. Sees arrays alone: V8 optimised it again for each shape of object that holds them. */
function scaleAndAdd(total: Floats, scale: number, values: Floats): void {
  for (let at = 0; at < total.length; at++) total[at] = scale * total[at] + values[at];
}

/** A layer's view after training: its running statistics, and what it outputs in test mode, averaged over channels. */
export interface BatchNormView {
  readonly runningMean: number;
  readonly runningVariance: number;
  /** Variance of its input in test mode over the running variance; null when that is 0 because no input varied lately. */
  readonly runningShift: number | null;
  /** Mean and variance of (x − running mean)/√(running variance + ε), x in test mode. */
  readonly outputMean: number;
  readonly outputVariance: number;
}

/**
 * Running statistics and outputs of Batch Normalization after a run from its initial state, running mean 0 and running variance 1.
 *
 * outputVariance is the mean over channels of s²_test/(running variance + ε), ε > 0.
 */
export function viewAfter(run: BatchNormRun, epsilon: number): BatchNormView {
  const channels = run.runningMean.length;
  const total = { runningMean: 0, runningVariance: 0, testVariance: 0, outputMean: 0, outputVariance: 0 };
  for (let channel = 0; channel < channels; channel++) {
    const runningMean = run.runningMean[channel];
    const runningVariance = run.runningVariance[channel] + run.retained;
    const testMean = run.testMean[channel] / run.batches;
    const testVariance = run.testVariance[channel] / run.batches;
    const scale = runningVariance + epsilon;
    total.runningMean += runningMean;
    total.runningVariance += runningVariance;
    total.testVariance += testVariance;
    total.outputMean += (testMean - runningMean) / Math.sqrt(scale);
    total.outputVariance += testVariance / scale;
  }
  return {
    runningMean: total.runningMean / channels,
    runningVariance: total.runningVariance / channels,
    runningShift: total.runningVariance > 0 ? total.testVariance / total.runningVariance : null,
    outputMean: total.outputMean / channels,
    outputVariance: total.outputVariance / channels,
  };
}
