import { requireUnknown, solved } from "../experiment/solving.ts";
import { type SolutionRecord, solutionRecord } from "../report/solution.ts";
import { numberIn, oneOf, optionsOf } from "../scenario/arguments.ts";
import { defineScenario } from "../scenario/define.ts";
import { refuseFiles } from "../scenario/refuse-files.ts";
import type { ScenarioInput } from "../scenario/scenario.ts";
import { SHIFT, UNKNOWNS, type Unknown } from "../theory/solve/question.ts";

/** The target, and the field that reaches it. */
export interface SolveOptions {
  /** The Δ to reach, at least; above 0 and at most 1. Must be given. */
  readonly shift: number;
  /** What to solve for: keep, drop, beta, width or alignment. Must be given; an input that says it already is refused. */
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
export function solve(input: ScenarioInput = {}, options: SolveOptions): SolutionRecord {
  const { shift, solveFor } = OPTIONS(options);
  const asked = defineScenario(input);
  requireUnknown(solveFor, input as Readonly<Record<string, unknown>>);
  refuseFiles(asked, "solving inverts a closed form");
  return solutionRecord(solved(asked, { unknown: solveFor, shift }));
}

const OPTIONS = optionsOf<SolveOptions>({ shift: numberIn(SHIFT), solveFor: oneOf(UNKNOWNS) });
