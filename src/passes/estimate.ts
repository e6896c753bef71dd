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
  const ratioOf = (sums: PairedSums, count: number) => meanOf(pairedRatios(sums, { running, inputs: count }));
  const ratio = ratioOf(all, inputs);
  const few = inputs - inputs / groups.length;
  const logs = groups.map((group) => ln(ratioOf(without(all, group), few)));
  const spread = jackknifeVariance(logs);
  const isKnown = groups.length >= FEWEST_GROUPS && logs.every(Number.isFinite) && ratio > 0;
  const reach = isKnown
    ? exp(studentTwoSided({ tail: 1 - confidence, degreesOfFreedom: groups.length - 1 }) * Math.sqrt(spread))
    : 1;
  const tested = momentsOf(all.off).variance;
  return {
    ratio,
    interval: isKnown ? [ratio / reach, ratio * reach] : null,
    meanShift: Math.sqrt(squaredShift(all, groups, { running, epsilon })),
    toStored: meanOf(running.map((variance, channel) => (variance > 0 ? (tested[channel] as number) / variance : 1))),
  };
}

const FEWEST_GROUPS = 4;

function squaredShift(
  all: PairedSums,
  groups: readonly PairedSums[],
  { running, epsilon }: Pick<Measured, "running" | "epsilon">,
): number {
  const shift = shiftOf(all);
  const others = groups.map((group) => shiftOf(without(all, group)));
  const squares = shift.map((value, channel) => {
    const chance = groups.length < FEWEST_GROUPS ? 0 : jackknifeVariance(others.map((one) => one[channel] as number));
    return (value * value - chance) / ((running[channel] as number) + epsilon);
  });
  return Math.max(0, meanOf(squares));
}

function shiftOf({ on, off }: PairedSums): Float64Array {
  const before = momentsOf(on).mean;
  return momentsOf(off).mean.map((mean, channel) => mean - (before[channel] as number));
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
