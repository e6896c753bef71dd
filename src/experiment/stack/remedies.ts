import { VshiftError } from "../../errors.ts";
import { UOUT } from "../../noises/uout.ts";
import { blockNoises, blockNorms } from "../../scenario/stack/blocks.ts";
import { defineStack } from "../../scenario/stack/define.ts";
import type { StackInput, StackScenario } from "../../scenario/stack/stack.ts";
import type { StackRecord } from "./record.ts";

export const REMEDIES_SCHEMA = "vshift.remedies/2";

export type RemedyKind =
  | "as-is"
  | "reestimated"
  | "reestimated-noisy"
  | "corrected"
  | "noise-last"
  | "uout-paper"
  | "uout-matched"
  | "gaussian-matched"
  | "gaussian-paper"
  | "wider";

/** A change to a stack, in the fields of a stack. */
export interface Remedy {
  readonly kind: RemedyKind;
  readonly stack: StackScenario;
}

/** A remedy, measured. */
export interface MeasuredRemedy {
  readonly kind: RemedyKind;
  readonly record: StackRecord;
  /** The noise that is left during training: σ², and in how many blocks. */
  readonly noise: { readonly relativeVariance: number; readonly blocks: number };
  /** At the norm of the last block. */
  readonly lastShift: number;
  /** The largest max(Δ, 1/Δ) at any norm. */
  readonly worstFolded: number;
}

/** All remedies of a stack side by side, as it is first. */
export interface RemediesRecord {
  readonly schema: typeof REMEDIES_SCHEMA;
  readonly remedies: readonly MeasuredRemedy[];
  /** What to change, a line each, with the numbers behind it. */
  readonly advice: readonly string[];
}

/**
 * The stack itself, and one with each known remedy, one change at a time. All have the same weights and see the same
 * mini-batches, except the wider one. What has nothing to change is left out, and what Uout does not reach.
 *
 * Li et al. 2019, §5: noise after the last BN; Uout with β = 0.1; Gaussian x + x·r, r ~ N(0, 1), whose σ² is 1.
 */
export function remediesOf(stack: StackScenario): readonly Remedy[] {
  const { relativeVariance, width } = stack;
  const changed = (kind: RemedyKind, change: StackInput): Remedy[] => {
    const next = definedOrNone({ ...inputOfStack(stack), ...change });
    return next === undefined || JSON.stringify(next) === JSON.stringify(stack) ? [] : [{ kind, stack: next }];
  };
  const otherStatistics = [
    ...changed("reestimated", { statistics: "reestimated" }),
    ...changed("reestimated-noisy", { statistics: "reestimated-noisy" }),
    ...changed("corrected", { statistics: "corrected", reestimateBatches: null }),
  ];
  const weakened = [
    ...changed("noise-last", { noiseAt: "last" }),
    ...changed("uout-paper", { noise: "uout", relativeVariance: null, beta: 0.1 }),
    ...(relativeVariance > UOUT.reach.relativeVariance ? [] : changed("uout-matched", { noise: "uout" })),
    ...changed("gaussian-matched", { noise: "gaussian" }),
    ...(relativeVariance === 1 ? [] : changed("gaussian-paper", { noise: "gaussian", relativeVariance: 1 })),
  ];
  return [
    { kind: "as-is", stack },
    ...(blockNorms(stack).includes("batch") ? otherStatistics : []),
    ...(blockNoises(stack).some((noise) => noise > 0) ? weakened : []),
    ...changed("wider", { width: 2 * width }),
  ];
}

/** What is left where a change leads beyond what can be measured: nothing. */
function definedOrNone(input: StackInput): StackScenario | undefined {
  try {
    return defineStack(input);
  } catch (error) {
    if (error instanceof VshiftError) return undefined;
    throw error;
  }
}

/** One spelling of the strength, of any noise. */
function inputOfStack({ keep, drop, beta, ...stack }: StackScenario): StackInput {
  return stack;
}

/** A remedy with what it is compared by. */
export function measuredRemedy(kind: RemedyKind, record: StackRecord): MeasuredRemedy {
  const { scenario, places } = record;
  const norms = places.slice(0, scenario.depth);
  const blocks = blockNoises(scenario).filter((noise) => noise > 0).length;
  return {
    kind,
    record,
    noise: { relativeVariance: blocks === 0 ? 0 : scenario.relativeVariance, blocks },
    lastShift: norms.at(-1)?.measured.shift ?? 1,
    worstFolded: Math.max(...norms.map(({ measured }) => measured.foldedShift)),
  };
}
