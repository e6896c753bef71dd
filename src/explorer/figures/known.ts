import type { MeasuredAt, Run, TheoryOfRun } from "../questions.ts";
import type { Known } from "./figure.ts";

/** The last position's Δ of each run; null where there is none, or it is not answered yet. */
export function shiftsOf(theory: readonly TheoryOfRun[] | undefined): readonly (number | null)[] {
  return theory?.map((of) => ("error" in of ? null : (of.positions.at(-1)?.shift ?? null))) ?? [];
}

/** Why a run is none, if it is. */
export function errorOf(theory: TheoryOfRun | undefined): string | undefined {
  return theory !== undefined && "error" in theory ? theory.error : undefined;
}

/** The last position of the first of these runs that anything is known of. */
export function measured(known: Known, ...runs: readonly Run[]): MeasuredAt | undefined {
  for (const run of runs) {
    const last = positionsOf(known, run).at(-1);
    if (last !== undefined) return last;
  }
  return undefined;
}

/** What was measured at each position so far. */
export function positionsOf(known: Known, run: Run): readonly MeasuredAt[] {
  return known({ kind: "measure", run })?.positions ?? [];
}
