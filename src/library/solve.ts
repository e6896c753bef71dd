import { VshiftError } from "../errors.ts";
import { requireUnknown, solved } from "../experiment/solving.ts";
import { type SolutionRecord, solutionRecord } from "../report/solution.ts";
import { defineScenario } from "../scenario/define.ts";
import { refuseFiles } from "../scenario/refuse-files.ts";
import type { ScenarioInput } from "../scenario/scenario.ts";
import { didYouMean } from "../suggestion.ts";
import { UNKNOWNS, type Unknown } from "../theory/solve/question.ts";

/** The target, and the field that reaches it. */
export interface SolveOptions {
  /** The Δ to reach, at least; above 0 and at most 1. */
  readonly shift: number;
  /** What to solve for; an input that says it already is refused. */
  readonly solveFor: Unknown;
}

/**
 * Solves a closed form for a value that reaches a target Δ, as `vshift solve` does: the smallest keep probability, width or alignment, or the
 * largest drop rate or β, with the steps that lead there and back to Δ.
 *
 * input  fields of the scenario, without the unknown; those left out take their defaults
 *
 * Throws a `VshiftError` for bad input, for files, which have no closed form to invert, and where no value reaches Δ.
 */
export function solve(input: ScenarioInput, { shift, solveFor }: SolveOptions): SolutionRecord {
  if (!UNKNOWNS.includes(solveFor)) {
    throw new VshiftError({
      code: "invalid-value",
      field: "solveFor",
      problem: `${JSON.stringify(solveFor)} is not one of ${UNKNOWNS.join(", ")}`,
      hint: didYouMean(String(solveFor), UNKNOWNS, "choose one of these"),
    });
  }
  requireUnknown(solveFor, input as Readonly<Record<string, unknown>>);
  const asked = defineScenario(input);
  refuseFiles(asked, "solving inverts a closed form");
  return solutionRecord(solved(asked, { unknown: solveFor, shift }));
}
