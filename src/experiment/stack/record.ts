import { KERNEL_FINGERPRINT } from "../../kernel/fingerprint.ts";
import { ln } from "../../numeric/ln.ts";
import { blockNorms, frozenPlaces } from "../../scenario/stack/blocks.ts";
import { stackId } from "../../scenario/stack/identity.ts";
import type { NormKind, StackScenario } from "../../scenario/stack/stack.ts";
import type { Interval, PlaceEstimate } from "./estimate.ts";

export const STACK_SCHEMA = "vshift.stack/1";

/** What a stack's training and test phases had at each place. Plain data with no clock in it. */
export interface StackRecord {
  readonly schema: typeof STACK_SCHEMA;
  readonly kernel: string;
  readonly id: string;
  readonly scenario: StackScenario;
  /** What meets the norm of block 1, 2, … and, last, the output. */
  readonly places: readonly StackPlace[];
  /** Of the outputs in test from what right statistics would give: root mean square, in standard deviations of those. */
  readonly outputError: Interval;
  /** Mini-batches of training, and those of test that were measured. */
  readonly batches: { readonly train: number; readonly test: number };
}

export interface StackPlace {
  /** Number of the block whose norm it meets; one more than there are blocks at the output. */
  readonly block: number;
  /** What it meets. */
  readonly meets: NormKind | "output";
  /** In the limit of wide layers; null where it does not apply. */
  readonly theory: StackTheory | null;
  readonly measured: {
    readonly trainVariance: number;
    readonly testVariance: number;
    /** Variance in test over the variance that the norm has from training, or met there. */
    readonly shift: number;
    readonly standardError: number;
    readonly interval: readonly [number, number];
    /** max(Δ, 1/Δ), as in figure 4 of the paper. */
    readonly foldedShift: number;
    /** ln Δ, whose sign says which way. */
    readonly logShift: number;
    /** (mean in test − mean that the layer has)² over its variance, averaged over the channels; null where it has none. */
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
  readonly outputError: Interval;
  readonly batches: StackRecord["batches"];
}

export function stackRecordOf({ stack, theory, estimates, outputError, batches }: StackParts): StackRecord {
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
    batches,
  };
}
