import { exp } from "../numeric/exp.ts";
import { ln } from "../numeric/ln.ts";
import { meanOf } from "../numeric/mean.ts";
import { studentTwoSided } from "../numeric/student.ts";
import { combinedSums, momentsOf, type PairedSums, pairedRatios } from "./moments.ts";

/** What paired inputs say of a norm. */
export interface NormEstimate {
  /** Δ = Var_test / Var_train: the mean over channels of `pairedRatios`. */
  readonly ratio: number;
  /** Of Δ, over inputs and masks; null where there are too few inputs for one. */
  readonly interval: readonly [number, number] | null;
  /** Root mean square over channels of (mean at test time − mean during training)/√(running variance + ε). */
  readonly meanShift: number;
  /** Mean over channels of the variance at test time over the running variance: how far the inputs differ from training, of a norm without noise. */
  readonly toStored: number;
  /** By what factor, at most, `toStored` may be off either way, at the confidence; infinite where there are too few inputs to know. */
  readonly toStoredReach: number;
  /**
   * How far the running statistics are from mean and variance at test time: root mean square over channels of both differences, in standard
   * deviations and as 2(v − V)/(v + V), less what chance adds.
   */
  readonly fromStored: number;
}

interface Measured {
  /** Sums of groups of inputs. */
  readonly groups: readonly PairedSums[];
  readonly inputs: number;
  readonly running: Float64Array;
  readonly epsilon: number;
  readonly confidence: number;
}

/**
 * Estimates by all groups of inputs together. The interval is that of ln Δ by the jackknife, leaving out a group at a time, with Student's t
 * of one degree less than there are groups. Of the mean shift's square, what chance adds is taken away.
 */
export function estimateOf({ groups, inputs, running, epsilon, confidence }: Measured): NormEstimate {
  const all = groups.reduce(together);
  const others = groups.map((group) => without(all, group));
  const ratioOf = (sums: PairedSums) => meanOf(pairedRatios(sums, { running, inputs }));
  const reachOf = (ratios: readonly number[]) => {
    const logs = ratios.map(ln);
    if (logs.length < FEWEST_GROUPS || !logs.every(Number.isFinite)) return Number.POSITIVE_INFINITY;
    const times = studentTwoSided({ tail: 1 - confidence, degreesOfFreedom: logs.length - 1 });
    return exp(times * Math.sqrt(jackknifeVariance(logs)));
  };
  const ratios = others.map(ratioOf);
  const reach = reachOf(ratios);
  const ratio = reach < Number.POSITIVE_INFINITY ? withoutBias(ratioOf(all), ratios) : ratioOf(all);
  return {
    ratio,
    interval: reach < Number.POSITIVE_INFINITY && ratio > 0 ? [ratio / reach, ratio * reach] : null,
    meanShift: withoutChance(all, others, (sums) => shiftsOf(sums, { running, epsilon })),
    toStored: toStoredOf(all, running),
    toStoredReach: reachOf(others.map((sums) => toStoredOf(sums, running))),
    fromStored: Math.SQRT2 * withoutChance(all, others, (sums) => deviationsOf(sums, { running, epsilon })),
  };
}

const FEWEST_GROUPS = 4;

type OfNorm = Pick<Measured, "running" | "epsilon">;

/** Root mean square of values by all inputs; of their squares, what chance adds is taken away. */
function withoutChance(
  all: PairedSums,
  others: readonly PairedSums[],
  valuesOf: (sums: PairedSums) => readonly number[],
): number {
  const each = others.map(valuesOf);
  const squares = valuesOf(all).map((value, at) => {
    const chance = each.length < FEWEST_GROUPS ? 0 : jackknifeVariance(each.map((one) => one[at] as number));
    return value * value - chance;
  });
  return Math.sqrt(Math.max(0, meanOf(squares)));
}

function shiftsOf({ on, off }: PairedSums, { running, epsilon }: OfNorm): readonly number[] {
  const [before, after] = [momentsOf(on).mean, momentsOf(off).mean];
  return Array.from(running, (variance, channel) => {
    const shift = (after[channel] as number) - (before[channel] as number);
    return shift / Math.sqrt(variance + epsilon);
  });
}

/** Both differences of each channel, without noise, from its running statistics. */
function deviationsOf({ off }: PairedSums, { running, epsilon }: OfNorm): readonly number[] {
  const { mean, variance } = momentsOf(off);
  return Array.from(running).flatMap((value, channel) => {
    const [stored, received] = [value + epsilon, (variance[channel] as number) + epsilon];
    return [(mean[channel] as number) / Math.sqrt(stored), (2 * (received - stored)) / (received + stored)];
  });
}

function toStoredOf({ off }: PairedSums, running: Float64Array): number {
  const { variance } = momentsOf(off);
  return meanOf(running.map((stored, channel) => (stored > 0 ? (variance[channel] as number) / stored : 1)));
}

/**
 * exp(G·ln θ − (G − 1)·mean of ln θ without each of G groups): Quenouille's correction. Variances of few inputs are too small by what their mean
 * varies, which is a larger part of the variance without noise: uncorrected, ln Δ of one position is too low by (1 − Δ)/inputs.
 */
function withoutBias(all: number, others: readonly number[]): number {
  const groups = others.length;
  return all > 0 ? exp(groups * ln(all) - (groups - 1) * meanOf(others.map(ln))) : all;
}

/** (G − 1)/G · Σ (θ − mean)² over what is found without each of G groups. */
function jackknifeVariance(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return ((values.length - 1) / values.length) * squares;
}

export function together(one: PairedSums, other: PairedSums): PairedSums {
  return { on: combinedSums(one.on, other.on), off: combinedSums(one.off, other.off) };
}

function without(one: PairedSums, other: PairedSums): PairedSums {
  return { on: combinedSums(one.on, other.on, -1), off: combinedSums(one.off, other.off, -1) };
}
