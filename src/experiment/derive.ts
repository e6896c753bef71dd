import { type Arrays, NO_ARRAYS } from "../scenario/arrays.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { EmpiricalTheory } from "../theory/empirical-shift.ts";
import type { Step } from "../theory/step.ts";
import { weightsOf } from "./block.ts";
import { expectationOf } from "./expectation.ts";
import { type RealisedScenario, realisedScenario } from "./record.ts";

export const THEORY_SCHEMA = "vshift.theory/1";

/** The closed form of a scenario, and the steps that lead there; the last one is Δ. */
export interface TheoryRecord {
  readonly schema: typeof THEORY_SCHEMA;
  readonly scenario: RealisedScenario;
  /** With the mean shift where evaluation mode has rows of its own. */
  readonly theory: EmpiricalTheory;
  readonly steps: readonly Step[];
}

/** Works out the closed form. Nothing is measured; only the weights of a linear layer are drawn. */
export function derive(scenario: Scenario, arrays: Arrays = NO_ARRAYS): TheoryRecord {
  const expectation = expectationOf(scenario, weightsOf(scenario, arrays), arrays);
  const { trainVariance, testVariance, shift, meanShift } = expectation;
  return {
    schema: THEORY_SCHEMA,
    scenario: realisedScenario(scenario, expectation),
    theory: { trainVariance, testVariance, shift, ...(meanShift === undefined ? {} : { meanShift }) },
    steps: expectation.steps(),
  };
}
