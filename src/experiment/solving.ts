import { VshiftError } from "../errors.ts";
import { completeScenario } from "../scenario/complete.ts";
import { FIELDS, MAXIMUM_WEIGHTS } from "../scenario/fields.ts";
import { inputOf } from "../scenario/input-of.ts";
import type { Scenario, ScenarioInput } from "../scenario/scenario.ts";
import { STRENGTH_FIELDS } from "../scenario/strength.ts";
import type { PlannedLayer } from "../theory/solve/planned-layer.ts";
import { type Question, requireShift, type Solution, type Unknown } from "../theory/solve/question.ts";
import { solveShift } from "../theory/solve/solve.ts";
import { expectationOf } from "./expectation.ts";

/** The fields of a scenario that each unknown replaces. */
const REPLACED: { readonly [Kind in Unknown]: readonly (keyof ScenarioInput)[] } = {
  keep: STRENGTH_FIELDS,
  drop: STRENGTH_FIELDS,
  beta: STRENGTH_FIELDS,
  width: ["width"],
  alignment: ["alignment", "weightMean"],
};

/** A `VshiftError` where an input gives what is to be found. */
export function requireUnknown(unknown: Unknown, given: { readonly [field: string]: unknown }): void {
  const field = REPLACED[unknown].find((each) => given[each] !== undefined && given[each] !== null);
  if (field === undefined) return;
  throw new VshiftError({
    code: "conflicting-fields",
    field,
    problem: `${given[field]} sets what \`solveFor\` ${unknown} solves for`,
    hint: "leave one of them out",
  });
}

/** The value that reaches a target Δ, with its proof, and the scenario that has it. */
export function solved(
  asked: Scenario,
  { unknown, shift }: { readonly unknown: Unknown; readonly shift: number },
): { readonly shift: number; readonly scenario: Scenario; readonly solution: Solution } {
  requireShift(shift);
  requireOneLayer(asked);
  const solution = solveShift(unknown, questionOf(asked, shift));
  return { shift, scenario: solvedScenario(asked, unknown, solution.value), solution };
}

/** A `VshiftError` for a scenario whose closed form is not that of noise, and maybe a linear layer, before one norm. */
function requireOneLayer({ depth, network, nonlinearity }: Scenario): void {
  const [field, value] = Object.entries({ depth, network, nonlinearity }).find(([, each]) => each !== null) ?? [];
  if (field === undefined) return;
  throw new VshiftError({
    code: "conflicting-fields",
    field,
    problem: `${value} has no closed form that can be solved`,
    hint: "leave it out: solving is for one layer",
  });
}

/** The question for theory; what the scenario holds of the unknown itself plays no part. */
function questionOf(scenario: Scenario, shift: number): Question {
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
function solvedScenario(scenario: Scenario, unknown: Unknown, value: number): Scenario {
  const given = Object.entries(inputOf(scenario)).filter(
    ([name]) => !REPLACED[unknown].some((field) => field === name),
  );
  return completeScenario({ ...Object.fromEntries(given), [unknown]: value });
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
