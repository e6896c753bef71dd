import { VshiftError } from "../errors.ts";
import { UOUT } from "../noises/uout.ts";
import { blockNorms, isStack, noisyBlocks, type StackScenario } from "../scenario/blocks.ts";
import { defineScenario } from "../scenario/define.ts";
import { inputOf } from "../scenario/input-of.ts";
import type { ScenarioInput } from "../scenario/scenario.ts";
import type { Records } from "./measure.ts";
import { type OutputDistancesOfRecord, scenarioOf } from "./record.ts";

export const REMEDIES_SCHEMA = "vshift.remedies/3";

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
  /** Of each position. */
  readonly records: Records;
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
  const changed = (kind: RemedyKind, change: ScenarioInput): Remedy[] => {
    const next = definedOrNone({ ...inputOfStack(stack), ...(change.noise === undefined ? {} : ANY_NOISE), ...change });
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
    ...(noisesOf(stack) > 0 ? weakened : []),
    ...changed("wider", { width: 2 * width }),
  ];
}

/** What is left where a change leads beyond what can be measured: nothing. */
function definedOrNone(input: ScenarioInput): StackScenario | undefined {
  try {
    const scenario = defineScenario(input);
    return isStack(scenario) ? scenario : undefined;
  } catch (error) {
    if (error instanceof VshiftError) return undefined;
    throw error;
  }
}

/** What is of one kind of noise is not for another. */
const ANY_NOISE = { channelSize: null, scaling: null } as const;

/** With the one spelling of the strength that every noise has. */
function inputOfStack(stack: StackScenario): ScenarioInput {
  const { keep, drop, beta, ...input } = inputOf(stack);
  return stack.relativeVariance === 0 ? input : { ...input, relativeVariance: stack.relativeVariance };
}

/** Blocks with noise. */
function noisesOf(stack: StackScenario): number {
  return stack.relativeVariance === 0 ? 0 : noisyBlocks(stack).filter((isNoisy) => isNoisy).length;
}

/** A remedy with what it is compared by. */
export function measuredRemedy(kind: RemedyKind, records: Records): MeasuredRemedy {
  const [first] = records;
  const stack = scenarioOf(first);
  const norms = records.filter(({ position }) => position?.norm !== null);
  const blocks = isStack(stack) ? noisesOf(stack) : 0;
  const shifts = norms.map(({ measured }) => measured.shift);
  return {
    kind,
    records,
    noise: { relativeVariance: blocks === 0 ? 0 : stack.relativeVariance, blocks },
    lastShift: shifts.at(-1) ?? 1,
    worstFolded: Math.max(...shifts.map((shift) => Math.max(shift, 1 / shift))),
  };
}

/** How far the outputs are off, where that was measured. */
export function outputsOfRemedy({ records }: Pick<MeasuredRemedy, "records">): OutputDistancesOfRecord | null {
  return records.at(-1)?.outputs ?? null;
}
