import { VshiftError } from "../errors.ts";
import { expectationOf } from "../experiment/expectation.ts";
import { defineScenario } from "../scenario/define.ts";
import { FIELDS, MAXIMUM_WEIGHTS } from "../scenario/fields.ts";
import { inputOf } from "../scenario/input-of.ts";
import type { Scenario, ScenarioInput } from "../scenario/scenario.ts";
import { STRENGTH_FIELDS } from "../scenario/strength.ts";
import type { PlannedLayer } from "../theory/solve/planned-layer.ts";
import { type Question, requireShift, type Unknown } from "../theory/solve/question.ts";
import { numberFrom } from "./number-flag.ts";
import type { Flags } from "./scenario-input.ts";

/** The fields of a scenario that each unknown replaces. */
const REPLACED: { readonly [Kind in Unknown]: readonly (keyof ScenarioInput)[] } = {
  keep: STRENGTH_FIELDS,
  drop: STRENGTH_FIELDS,
  beta: STRENGTH_FIELDS,
  width: ["width"],
  alignment: ["alignment", "weightMean"],
};

/** What --solve-for names; a `VshiftError` if that is missing, or a flag gives what is to be found. */
export function unknownOf(flags: Flags): Unknown {
  const { solveFor } = flags;
  if (typeof solveFor !== "string") {
    throw new VshiftError({
      code: "invalid-value",
      field: "solveFor",
      problem: "is missing",
      hint: `choose what to solve for, one of ${Object.keys(REPLACED).join(", ")}`,
    });
  }
  const unknown = solveFor as Unknown;
  const given = REPLACED[unknown].find((field) => flags[field] !== undefined);
  if (given === undefined) return unknown;
  throw new VshiftError({
    code: "conflicting-fields",
    field: given,
    problem: `${flags[given]} sets what \`solveFor\` ${unknown} solves for`,
    hint: "leave one of them out",
  });
}

/** The Δ that --shift asks for. */
export function wantedShift({ shift }: Flags): number {
  if (typeof shift !== "string") {
    throw new VshiftError({
      code: "invalid-value",
      field: "shift",
      problem: "is missing",
      hint: "give the Δ to reach, such as 0.9",
    });
  }
  const value = numberFrom(shift, {
    field: "shift",
    rule: "a number above 0 and up to 1",
    hint: "give one value, such as 0.9",
  });
  requireShift(value);
  return value;
}

/** The question for theory; what the scenario holds of the unknown itself plays no part. */
export function questionOf(scenario: Scenario, shift: number): Question {
  const { noise, activation } = expectationOf(scenario, undefined);
  if (activation === undefined) throw new RangeError("files are refused before this");
  return {
    shift,
    noise,
    activation,
    layer: plannedLayer(scenario),
    limits: { keep: smallestKeep(), width: widest(scenario) },
  };
}

/** The scenario with the value that was unknown. */
export function solvedScenario(scenario: Scenario, unknown: Unknown, value: number): Scenario {
  const given = Object.entries(inputOf(scenario)).filter(
    ([name]) => !REPLACED[unknown].some((field) => field === name),
  );
  return defineScenario({ ...Object.fromEntries(given), [unknown]: value });
}

function plannedLayer({ layer, width, weights, weightMean, alignment }: Scenario): PlannedLayer {
  if (layer === "none") return { kind: "none" };
  if (alignment !== null) return { kind: "aligned", width, alignment };
  return weights === "constant" ? { kind: "equal", width } : { kind: "random", width, weightMean: weightMean ?? 0 };
}

function smallestKeep(): number {
  const { keep } = FIELDS;
  return (keep.type === "number" ? keep.minimum : undefined) ?? Number.MIN_VALUE;
}

/** The widest layer that a scenario with as many neurons may have. */
function widest({ neurons }: Scenario): number {
  const { width } = FIELDS;
  const maximum = (width.type === "number" ? width.maximum : undefined) ?? MAXIMUM_WEIGHTS;
  return Math.min(maximum, Math.floor(MAXIMUM_WEIGHTS / (neurons ?? 1)));
}
