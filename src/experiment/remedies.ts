import { VshiftError } from "../errors.ts";
import { UOUT } from "../noises/uout.ts";
import { blockNorms, isStack, noisyBlocks, type StackScenario } from "../scenario/blocks.ts";
import { completeScenario } from "../scenario/complete.ts";
import { isNetwork, type NetworkScenario } from "../scenario/define-network.ts";
import { inputOf } from "../scenario/input-of.ts";
import type { CompletedInput, Scenario } from "../scenario/scenario.ts";
import type { Records } from "./measure.ts";
import { changesOfNetwork, noiseOfNetwork } from "./network-remedies.ts";
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

/** A network, or what a change makes of it. */
export interface Remedy {
  readonly kind: RemedyKind;
  readonly scenario: Scenario;
}

/** A remedy, measured. */
export interface MeasuredRemedy {
  readonly kind: RemedyKind;
  /** Of each position. */
  readonly records: Records;
  /** The noise that is left during training: σ², and in how many blocks of a stack, or layers of a network as text. */
  readonly noise: { readonly relativeVariance: number; readonly blocks: number };
  /** At the norm of the last block. */
  readonly lastShift: number;
  /** The largest max(Δ, 1/Δ) at any norm. */
  readonly worstFolded: number;
}

/** All remedies of a network side by side, as it is first. */
export interface RemediesRecord {
  readonly schema: typeof REMEDIES_SCHEMA;
  readonly remedies: readonly MeasuredRemedy[];
  /** What to change, a line each, with the numbers behind it. */
  readonly advice: readonly string[];
}

/** The network itself, and one with each known remedy, one change at a time; none of a scenario that has no norms of its own. */
export function remediesOf(scenario: Scenario): readonly Remedy[] {
  if (isNetwork(scenario)) return remediesOfNetwork(scenario);
  return isStack(scenario) ? remediesOfStack(scenario) : [];
}

function remediesOfNetwork(network: NetworkScenario): readonly Remedy[] {
  const input = inputOf(network);
  const changed = changesOfNetwork(network).flatMap(([kind, change]) =>
    changedTo(kind, { ...input, ...change }, network),
  );
  return [{ kind: "as-is", scenario: network }, ...changed];
}

/** The remedy, where it is one: what leads beyond what can be measured is none, nor what changes nothing. */
function changedTo(kind: RemedyKind, input: CompletedInput, unchanged: Scenario): readonly Remedy[] {
  const scenario = definedOrNone(input);
  const isOther = scenario !== undefined && JSON.stringify(scenario) !== JSON.stringify(unchanged);
  return isOther ? [{ kind, scenario }] : [];
}

/**
 * The stack itself, and one with each known remedy, one change at a time. All have the same weights and see the same
 * mini-batches, except the wider one. What has nothing to change is left out, and what Uout does not reach.
 *
 * Li et al. 2019, §5: noise after the last BN; Uout with β = 0.1; Gaussian x + x·r, r ~ N(0, 1), whose σ² is 1.
 */
function remediesOfStack(stack: StackScenario): readonly Remedy[] {
  const { relativeVariance, width } = stack;
  const changed = (kind: RemedyKind, change: CompletedInput) =>
    changedTo(kind, { ...inputOfStack(stack), ...(change.noise === undefined ? {} : ANY_NOISE), ...change }, stack);
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
    { kind: "as-is", scenario: stack },
    ...(blockNorms(stack).includes("batch") ? otherStatistics : []),
    ...(noisesOf(stack) > 0 ? weakened : []),
    ...changed("wider", { width: 2 * width }),
  ];
}

function definedOrNone(input: CompletedInput): Scenario | undefined {
  try {
    return completeScenario(input);
  } catch (error) {
    if (error instanceof VshiftError) return undefined;
    throw error;
  }
}

/** What is of one kind of noise is not for another. */
const ANY_NOISE = { channelSize: null, scaling: null } as const;

/** With the one spelling of the strength that every noise has. */
function inputOfStack(stack: StackScenario): CompletedInput {
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
  const noise = noiseLeft(scenarioOf(first));
  const norms = records.filter(({ position }) => position?.norm !== null);
  const shifts = norms.map(({ measured }) => measured.shift);
  return {
    kind,
    records,
    noise,
    lastShift: shifts.at(-1) ?? 1,
    worstFolded: Math.max(...shifts.map((shift) => Math.max(shift, 1 / shift))),
  };
}

function noiseLeft(scenario: Scenario): MeasuredRemedy["noise"] {
  if (isNetwork(scenario)) return noiseOfNetwork(scenario);
  const blocks = isStack(scenario) ? noisesOf(scenario) : 0;
  return { relativeVariance: blocks === 0 ? 0 : scenario.relativeVariance, blocks };
}

/** How far the outputs are off, where that was measured. */
export function outputsOfRemedy({ records }: Pick<MeasuredRemedy, "records">): OutputDistancesOfRecord | null {
  return records.at(-1)?.outputs ?? null;
}
