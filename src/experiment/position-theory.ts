import { isStack } from "../scenario/blocks.ts";
import { isNetwork } from "../scenario/define-network.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { networkAllowance, networkExpectation } from "./network-expectation.ts";
import type { RecordTheory } from "./record.ts";
import { spreadAt, stackExpectation } from "./stack-expectation.ts";

/** What theory says of a position, or why it says nothing. */
export type PositionTheory =
  | { readonly theory: RecordTheory; readonly reason: null }
  | { readonly theory: null; readonly reason: string };

/** What theory says of each position of a network that keeps statistics of its own. */
export function wholeExpectation(scenario: Scenario): readonly PositionTheory[] {
  const found = isNetwork(scenario)
    ? networkExpectation(scenario)
    : isStack(scenario)
      ? stackExpectation(scenario)
      : [];
  return scenario.noiseInTest === null ? found : found.map(alike);
}

/** With the same noise at test time both phases are one. */
function alike(found: PositionTheory): PositionTheory {
  if (found.theory === null) return found;
  const { trainVariance, meanShift } = found.theory;
  const theory = { ...found.theory, testVariance: trainVariance, shift: 1, meanShift: meanShift === null ? null : 0 };
  return { theory, reason: null };
}

/** Of networks, in standard deviations: theory holds for their average, and one that is further off than this is not one of them. */
const FARTHEST = 5;
/** Most that a block's own statistics of n samples change Δ by, relative to it: 3/n (docs/METHOD.md). */
const OF_A_SAMPLE = 3;

/**
 * What a position may deviate by from theory, relative to it: the tolerance of the scenario and its own allowance.
 *
 * position   its number, from 1; null in a network with one
 */
export function toleranceAt(scenario: Scenario, position: number | null): number {
  return scenario.tolerance + allowanceAt(scenario, position);
}

/**
 * What a position may deviate by from the theory of wide layers and large mini-batches, in addition to the tolerance; 0 where theory
 * is exact.
 */
function allowanceAt(scenario: Scenario, position: number | null): number {
  if (isNetwork(scenario)) {
    return networkAllowance(scenario, position ?? 1, { farthest: FARTHEST, ofASample: OF_A_SAMPLE });
  }
  if (!isStack(scenario) || position === null) return 0;
  const blocksBefore = position - 1;
  return FARTHEST * spreadAt(blocksBefore, scenario) + (OF_A_SAMPLE * blocksBefore) / scenario.batchSize;
}
