import type { CheckedCell, CheckReport } from "../experiment/check.ts";
import type { Verdict } from "../experiment/verdict.ts";
import type { Cell } from "./columns.ts";

export const CHECK_SCHEMA = "vshift.check/1";
export const CHECK_CELL_SCHEMA = "vshift.check-cell/1";

/** One cell of a check, a line of NDJSON. */
export interface CheckCellRecord extends CheckedCell {
  readonly schema: typeof CHECK_CELL_SCHEMA;
}

/** The verdict of a check, the last line of NDJSON. */
export interface CheckSummary {
  readonly schema: typeof CHECK_SCHEMA;
  /** Of the whole: that of the exit code, except where an error or an interruption has its own. */
  readonly verdict: Verdict;
  readonly alpha: number;
  /** How many cells have each verdict. */
  readonly counts: { readonly [Kind in Verdict]: number };
  /** Notes on the whole. */
  readonly notes: readonly string[];
}

/** A whole check as JSON. */
export interface CheckRecord extends CheckSummary {
  readonly cells: readonly CheckCellRecord[];
}

export function checkRecord(report: CheckReport): CheckRecord {
  return { ...summaryOf(report), cells: report.cells.map(cellRecord) };
}

/** A line for each cell, and the summary. */
export function checkLines(report: CheckReport): readonly (CheckCellRecord | CheckSummary)[] {
  return [...report.cells.map(cellRecord), summaryOf(report)];
}

/** A cell as a row of CSV. Nested names are joined by a dot, and sentences by "; ". */
export function checkRow(cell: CheckedCell): Readonly<Record<string, Cell>> {
  const { id, name, verdict, deviation, tolerance, theory, measured, baseline, variances, diagnosis, notes, detail } =
    cell;
  return {
    name,
    verdict,
    deviation,
    tolerance,
    "theory.shift": theory.shift,
    "theory.trainVariance": theory.trainVariance,
    "theory.testVariance": theory.testVariance,
    "measured.shift": measured?.shift ?? null,
    "measured.interval.0": measured?.interval?.[0] ?? null,
    "measured.interval.1": measured?.interval?.[1] ?? null,
    "measured.trainVariance": measured?.trainVariance ?? null,
    "measured.testVariance": measured?.testVariance ?? null,
    "measured.batches": measured?.batches ?? null,
    "measured.samples": measured?.samples ?? null,
    "baseline.shift": baseline?.shift ?? null,
    variances,
    id,
    diagnosis: diagnosis.map(({ sentence }) => sentence).join("; ") || null,
    notes: notes.join("; ") || null,
    detail,
  };
}

function summaryOf({ cells, whole, alpha, notes }: CheckReport): CheckSummary {
  const count = (kind: Verdict) => cells.filter(({ verdict }) => verdict === kind).length;
  const counts = { agrees: count("agrees"), disagrees: count("disagrees"), inconclusive: count("inconclusive") };
  return { schema: CHECK_SCHEMA, verdict: whole, alpha, counts, notes };
}

function cellRecord(cell: CheckedCell): CheckCellRecord {
  return { schema: CHECK_CELL_SCHEMA, ...cell };
}
