import { type MeasuredAt, measure, type Run, type TheoryOfRun } from "../questions.ts";
import type { Known } from "./figure.ts";

/** The last position's Δ of each run; null where there is none, or it is not answered yet. */
export function shiftsOf(theory: readonly TheoryOfRun[] | undefined): readonly (number | null)[] {
  return theory?.map((of) => shiftsAt(of).at(-1) ?? null) ?? [];
}

/** Δ at each position of a run; none where it is none. */
export function shiftsAt(theory: TheoryOfRun | undefined): readonly (number | null)[] {
  return theory === undefined || "error" in theory ? [] : theory.positions.map(({ shift }) => shift);
}

/** The names of the positions of a run; none where it is none. */
export function namesAt(theory: TheoryOfRun | undefined): readonly string[] {
  return theory === undefined || "error" in theory ? [] : theory.positions.map(({ name }) => name);
}

/** Why a run is none, if it is. */
export function errorOf(theory: TheoryOfRun | undefined): string | undefined {
  return theory !== undefined && "error" in theory ? theory.error : undefined;
}

/** Why there is no closed form of it, or no run at all; undefined where there is one. */
export function whyNoShift(theory: TheoryOfRun | undefined): string | undefined {
  if (theory === undefined) return undefined;
  if ("error" in theory) return theory.error;
  const last = theory.positions.at(-1);
  return last?.shift === null ? (last.reason ?? undefined) : undefined;
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
  return known.answer(measure(run))?.positions ?? [];
}
