import type { Scenario } from "../scenario/scenario.ts";
import type { Solution } from "../theory/solve/question.ts";
import type { Document } from "./document.ts";
import { readable } from "./numbers.ts";
import { stepRow, stepsTable } from "./steps.ts";

export const SOLUTION_SCHEMA = "vshift.solution/1";

/** The record of `vshift solve`: the target, the solution, and the scenario that has it. */
export interface SolutionRecord extends Omit<Solution, "unknown" | "theory"> {
  readonly schema: typeof SOLUTION_SCHEMA;
  readonly wanted: { readonly shift: number };
  readonly solvedFor: Solution["unknown"];
  readonly scenario: Scenario;
  readonly theory: Solution["theory"];
}

export function solutionRecord({
  shift,
  scenario,
  solution,
}: {
  readonly shift: number;
  readonly scenario: Scenario;
  readonly solution: Solution;
}): SolutionRecord {
  const { unknown, value, extreme, isLimit, theory, steps } = solution;
  return {
    schema: SOLUTION_SCHEMA,
    wanted: { shift },
    solvedFor: unknown,
    value,
    extreme,
    isLimit,
    scenario,
    theory,
    steps,
  };
}

/** The answer in words: "keep 0.8 is the smallest that gives Δ ≥ 0.8". */
function solutionInWords({ wanted, solvedFor, value, extreme, isLimit, theory }: SolutionRecord): string {
  const answer = `${solvedFor} ${readable(value, 12)} is the ${extreme}`;
  if (!isLimit) return `${answer} that gives Δ ≥ ${readable(wanted.shift, 12)}`;
  return `${answer} there is, and gives Δ = ${readable(theory.shift, 6)}, no less than ${readable(wanted.shift, 12)}`;
}

/** The answer, and the steps that lead to it and back to Δ. */
export function solutionDocument(record: SolutionRecord): Document {
  return {
    conclusion: `${solutionInWords(record)}.`,
    blocks: [stepsTable(record.steps)],
    data: { kind: "values", json: record, rows: () => record.steps.map(stepRow) },
  };
}
