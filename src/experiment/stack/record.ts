import { KERNEL_FINGERPRINT } from "../../kernel/fingerprint.ts";
import { ln } from "../../numeric/ln.ts";
import { blockNorms, frozenPlaces } from "../../scenario/stack/blocks.ts";
import { stackId } from "../../scenario/stack/identity.ts";
import type { NormKind, StackScenario } from "../../scenario/stack/stack.ts";
import { type Interval, type PlaceEstimate, type RatioSums, rootOfSmallRatio } from "./estimate.ts";

export const STACK_SCHEMA = "vshift.stack/2";

/** What was measured at each position of a stack during training and at test time. Plain data with no clock in it. */
export interface StackRecord {
  readonly schema: typeof STACK_SCHEMA;
  readonly kernel: string;
  readonly id: string;
  readonly scenario: StackScenario;
  /** The input of the norm of block 1, 2, … and, last, the output. */
  readonly places: readonly StackPlace[];
  /**
   * Root mean square distance of the outputs at test time from the noise-averaged training output, in standard deviations of that.
   * Null where that output does not vary significantly, and in records that were `vshift.stack/1`.
   */
  readonly outputError: TrainingDistance | null;
  /** The same distance from the outputs with noise-free statistics, in standard deviations of those. */
  readonly noiseFreeError: Interval;
  /** Mini-batches of training, and the ones that were measured at test time. */
  readonly batches: { readonly train: number; readonly test: number };
}

export interface TrainingDistance extends Interval {
  /** Masks that the training output of each mini-batch was averaged over. */
  readonly masks: number;
  /**
   * Sums over the n mini-batches that were compared: of squared distances (the numerator) and of variances of the noise-averaged
   * training output. Value and interval follow from them.
   */
  readonly sums: RatioSums;
}

/** Null where the sums have no significant variance to measure a distance in. */
export function outputErrorOf(
  { masks, sums }: Pick<TrainingDistance, "masks" | "sums">,
  errorRate: number,
): TrainingDistance | null {
  const root = rootOfSmallRatio(sums, errorRate);
  return root === undefined ? null : { ...root, masks, sums };
}

export interface StackPlace {
  /** Number of the block whose norm receives it; one more than there are blocks at the output. */
  readonly block: number;
  /** What receives it. */
  readonly meets: NormKind | "output";
  /** In the limit of wide layers; null where it does not apply. */
  readonly theory: StackTheory | null;
  readonly measured: {
    readonly trainVariance: number;
    readonly testVariance: number;
    /** Variance at test time over the norm's variance from training, or over that of its input then. */
    readonly shift: number;
    readonly standardError: number;
    readonly interval: readonly [number, number];
    /** max(Δ, 1/Δ), as in figure 4 of the paper. */
    readonly foldedShift: number;
    /** ln Δ, whose sign says which way. */
    readonly logShift: number;
    /** (mean at test time − frozen mean)² over the frozen variance, averaged over the channels; null where none is frozen. */
    readonly meanShift: number | null;
    readonly meanShiftInterval: readonly [number, number] | null;
  };
}

export interface StackTheory {
  readonly shift: number;
  readonly meanShift: number | null;
  /** Standard deviation of ln Δ between networks of this width, at most (docs/STACK.md). */
  readonly spread: number;
}

export interface StackParts {
  readonly stack: StackScenario;
  readonly theory: readonly (StackTheory | null)[] | undefined;
  readonly estimates: readonly PlaceEstimate[];
  readonly outputError: TrainingDistance | null;
  readonly noiseFreeError: Interval;
  readonly batches: StackRecord["batches"];
}

export function stackRecordOf(parts: StackParts): StackRecord {
  const { stack, theory, estimates, outputError, noiseFreeError, batches } = parts;
  const norms = blockNorms(stack);
  const frozen = frozenPlaces(stack);
  return {
    schema: STACK_SCHEMA,
    kernel: KERNEL_FINGERPRINT,
    id: stackId(stack),
    scenario: stack,
    places: estimates.map(({ ratio, interval, meanShift }, index) => {
      const { trainVariance, testVariance, shift, relativeError } = ratio;
      const expected = theory?.[index];
      const hasMean = frozen[index] === true;
      return {
        block: index + 1,
        meets: norms[index] ?? "output",
        theory: expected ?? null,
        measured: {
          trainVariance,
          testVariance,
          shift,
          standardError: shift * relativeError,
          interval,
          foldedShift: Math.max(shift, 1 / shift),
          logShift: ln(shift),
          meanShift: hasMean ? meanShift.value : null,
          meanShiftInterval: hasMean ? meanShift.interval : null,
        },
      };
    }),
    outputError,
    noiseFreeError,
    batches,
  };
}
