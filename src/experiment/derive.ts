import { type Arrays, NO_ARRAYS } from "../scenario/arrays.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { ShiftTheory } from "../theory/shift.ts";
import type { Step } from "../theory/step.ts";
import { weightsOf } from "./block.ts";
import { expectationOf } from "./expectation.ts";
import { type RealisedScenario, realisedScenario } from "./record.ts";

export const THEORY_SCHEMA = "vshift.theory/1";

/** The closed form of a scenario, and the steps that lead there; the last one is Δ. */
export interface TheoryRecord {
  readonly schema: typeof THEORY_SCHEMA;
  readonly scenario: RealisedScenario;
  readonly theory: ShiftTheory;
  readonly steps: readonly Step[];
}

/** Works out the closed form. Nothing is measured; only the weights of a linear layer are drawn. */
export function derive(scenario: Scenario, arrays: Arrays = NO_ARRAYS): TheoryRecord {
  const expectation = expectationOf(scenario, weightsOf(scenario, arrays), arrays);
  const { trainVariance, testVariance, shift } = expectation;
  return {
    schema: THEORY_SCHEMA,
    scenario: realisedScenario(scenario, expectation),
    theory: { trainVariance, testVariance, shift },
    steps: expectation.steps(),
  };
}
