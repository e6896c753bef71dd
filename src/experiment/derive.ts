import { type Arrays, NO_ARRAYS } from "../scenario/arrays.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Step } from "../theory/step.ts";
import { expectationOf, theoryOfSegment } from "./expectation.ts";
import { inputMoments } from "./plan/input-law.ts";
import { wholeExpectation } from "./position-theory.ts";
import {
  type RealisedScenario,
  type RecordPosition,
  type RecordTheory,
  realisedScenario,
  recordPosition,
} from "./record.ts";
import { settingOf } from "./setting.ts";
import { weightsOf } from "./streamed-block.ts";

export const THEORY_SCHEMA = "vshift.theory/1";

/** The closed form of a scenario, and the steps that lead there; the last one is Δ. */
export interface TheoryRecord {
  readonly schema: typeof THEORY_SCHEMA;
  readonly scenario: RealisedScenario;
  /** With the mean shift where evaluation mode has rows of its own; of a stack, that at its output. Null where there is none. */
  readonly theory: RecordTheory | null;
  readonly theoryReason: string | null;
  /** None of a stack, whose theory is a recursion. */
  readonly steps: readonly Step[];
  /** Of a stack, each position; else empty. */
  readonly positions: readonly DerivedPosition[];
}

/** The closed form at a position of a network. */
export interface DerivedPosition extends Pick<TheoryRecord, "theory" | "theoryReason"> {
  readonly position: RecordPosition;
}

/** Works out the closed form. Nothing is measured; only the weights of a linear layer are drawn. */
export function derive(scenario: Scenario, arrays: Arrays = NO_ARRAYS): TheoryRecord {
  const { network, segment, plan } = settingOf(scenario);
  const { masks } = plan;
  if (segment === undefined) {
    const expected = wholeExpectation(scenario);
    const positions = expected.flatMap(({ theory, reason }, index): DerivedPosition[] => {
      const position = recordPosition(network.positions, index);
      return position === null ? [] : [{ position, theory, theoryReason: reason }];
    });
    const last = expected.at(-1);
    return {
      schema: THEORY_SCHEMA,
      scenario: realisedScenario(scenario, { input: inputMoments(scenario), alignment: null, masks }),
      theory: last?.theory ?? null,
      theoryReason: last?.reason ?? null,
      steps: [],
      positions,
    };
  }
  const expectation = expectationOf(scenario, weightsOf(segment, arrays), arrays);
  const { theory, reason } = theoryOfSegment(scenario, expectation);
  return {
    schema: THEORY_SCHEMA,
    scenario: realisedScenario(scenario, { ...expectation, masks }),
    theory: theory && { ...theory, meanShift: expectation.meanShift ?? null },
    theoryReason: reason,
    steps: theory === null ? [] : expectation.steps(),
    positions: [],
  };
}
