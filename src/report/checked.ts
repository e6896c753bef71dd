import { type Comparison, compareToBaseline } from "../experiment/baseline.ts";
import type { CheckedCell, CheckedMeasurement, CheckedTheory, CheckReport } from "../experiment/check.ts";
import { createFamily, wholeVerdict } from "../experiment/family.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import type { Verdict } from "../experiment/verdict.ts";
import { printable } from "../printable.ts";
import { FIELDS } from "../scenario/fields.ts";
import { numbersInWords } from "./cell-words.ts";
import { describeScenario } from "./describe.ts";
import { differenceFromNearest } from "./nearest.ts";
import { counted, readable } from "./numbers.ts";
import { whyInconclusive } from "./ratio.ts";
import { fieldIn, withVariables } from "./variables.ts";
import { varyingFields } from "./varying-fields.ts";

/** The records of a grid, compared with theory, or with earlier ones where there are any. */
export function reportOfGrid(
  records: readonly ShiftRecord[],
  {
    baseline,
    alpha,
    errorRate,
  }: {
    readonly baseline: readonly ShiftRecord[] | undefined;
    readonly alpha: number;
    /** At which each record was judged. */
    readonly errorRate: number;
  },
): CheckReport {
  if (baseline === undefined) return reportOfFamily(records, { alpha, judgedAt: errorRate });
  return reportAgainstBaseline(records, baseline, { alpha, tolerance: undefined });
}

/** Records compared with theory, and the verdicts on them at one error rate for all; `judgedAt` is that of each record's own, where it is known. */
export function reportOfFamily(
  records: readonly ShiftRecord[],
  { alpha, judgedAt }: { readonly alpha: number; readonly judgedAt?: number },
): CheckReport {
  const family = createFamily(alpha);
  const { records: compared, notes } = withTheory(records);
  for (const record of compared) family.add(record, judgedAt);
  const { cells, whole } = family.verdict();
  const names = cellNames(compared);
  return {
    cells: compared.map((record, index) =>
      againstTheory(record, { name: names[index] ?? "", verdict: cells[index] ?? "inconclusive" }),
    ),
    whole: compared.length === 0 ? "inconclusive" : whole,
    alpha,
    notes,
  };
}

/**
 * Records compared with earlier ones, at one error rate for all of them (Bonferroni's). A cell of the baseline that was not
 * measured again disagrees: it is no longer checked.
 */
export function reportAgainstBaseline(
  records: readonly ShiftRecord[],
  baseline: readonly ShiftRecord[],
  { alpha, tolerance }: BaselineRule,
): CheckReport {
  const before = new Map(baseline.map((record) => [record.id, record]));
  const known = records.filter(({ id }) => before.has(id));
  const ids = new Set(records.map(({ id }) => id));
  const missing = baseline.filter(({ id }) => !ids.has(id));
  const names = cellNames([...known, ...missing]);
  const errorRate = alpha / Math.max(1, known.length);
  const cells = known.map((record, index) => {
    const earlier = before.get(record.id) ?? record;
    const rule = { tolerance: tolerance ?? record.scenario.tolerance, errorRate };
    return againstBaseline(record, earlier, {
      name: names[index] ?? "",
      tolerance: rule.tolerance,
      comparison: compareToBaseline(record, earlier, rule),
    });
  });
  const lost = missing.map(
    (record, index): CheckedCell => ({
      id: record.id,
      position: record.position?.name ?? null,
      name: names[known.length + index] ?? "",
      verdict: "disagrees",
      deviation: null,
      tolerance: tolerance ?? record.scenario.tolerance,
      theory: theoryOf(record),
      measured: null,
      baseline: measurementOf(record),
      variances: "unknown",
      diagnosis: [],
      notes: [],
      detail: "is in the baseline, and was not measured",
    }),
  );
  const unknown = records.filter(({ id }) => !before.has(id));
  const all = [...cells, ...lost];
  return {
    cells: all,
    whole: wholeVerdict(all.map(({ verdict }) => verdict)),
    alpha,
    notes: notesOn(unknown, baseline),
  };
}

export interface BaselineRule {
  readonly alpha: number;
  /** Of all cells; undefined for each record's own. */
  readonly tolerance: number | undefined;
}

/** Notes on cells that a baseline lacks. */
const MOST_NAMES = 5;

function notesOn(unknown: readonly ShiftRecord[], baseline: readonly ShiftRecord[]): readonly string[] {
  const names = cellNames(unknown);
  const notes = unknown.slice(0, MOST_NAMES).map((record, index) => {
    const difference = differenceFromNearest(record, baseline);
    const nearest = difference === undefined ? "" : `; the nearest record there differs in ${difference}`;
    return `not in the baseline: ${names[index]}${nearest}`;
  });
  const more = unknown.length - MOST_NAMES;
  return more > 0 ? [...notes, `not in the baseline: ${more} more`] : notes;
}

/** Records that theory says something of, and a note on each reason why it says nothing of others. */
function withTheory(records: readonly ShiftRecord[]): {
  readonly records: readonly ShiftRecord[];
  readonly notes: readonly string[];
} {
  const reasons = new Map<string, number>();
  for (const { theory, theoryReason } of records) {
    if (theory === null) reasons.set(theoryReason ?? "", (reasons.get(theoryReason ?? "") ?? 0) + 1);
  }
  return {
    records: records.filter(({ theory }) => theory !== null),
    notes: [...reasons].map(([reason, count]) => `${counted(count, "position")} not compared: ${reason}`),
  };
}

function theoryOf({ theory }: ShiftRecord): CheckedTheory {
  return theory === null
    ? { shift: null, trainVariance: null, testVariance: null }
    : { shift: theory.shift, trainVariance: theory.trainVariance, testVariance: theory.testVariance };
}

/** Names for records: by what varies among them, "keep 0.5, width 64, BN 3"; a number is added where that tells two not apart. */
function cellNames(records: readonly ShiftRecord[]): readonly string[] {
  const fields = withVariables(
    varyingFields(FIELDS, records),
    records.map(({ scenario }) => scenario),
  );
  const seen = new Map<string, number>();
  return records.map(({ scenario, position }) => {
    const values = fields.map((field) => `${field} ${shown(fieldIn(scenario, field))}`);
    if (position !== null) values.push(position.name);
    const name = values.length === 0 ? describeScenario(scenario) : values.join(", ");
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** A record compared with theory. */
function againstTheory(record: ShiftRecord, { name, verdict }: Named): CheckedCell {
  const { id, agreement } = record;
  const position = record.position?.name ?? null;
  const { deviation, tolerance } = agreement;
  const [measured, baseline, theory] = [measurementOf(record), null, theoryOf(record)];
  return {
    ...{ id, name, position, verdict, deviation, tolerance, theory, measured, baseline },
    variances: "unknown",
    diagnosis: [],
    notes: verdict === "inconclusive" ? [whyInconclusive(record)] : [],
    detail: numbersInWords({ theory, baseline }, measured),
  };
}

interface Named {
  readonly name: string;
  readonly verdict: Verdict;
}

/** A record compared with an earlier one of the same scenario. */
function againstBaseline(
  record: ShiftRecord,
  before: ShiftRecord,
  { name, tolerance, comparison }: Compared,
): CheckedCell {
  const { verdict, isSameKernel, deviation } = comparison;
  const { id } = record;
  const position = record.position?.name ?? null;
  const [measured, baseline, theory] = [measurementOf(record), measurementOf(before), theoryOf(record)];
  const words = isSameKernel
    ? verdict === "agrees"
      ? "the same sums, to the last bit"
      : "other sums of the same draws"
    : "drawn by another engine version";
  return {
    ...{ id, name, position, verdict, deviation, tolerance, theory, measured, baseline },
    variances: "unknown",
    diagnosis: [],
    notes: [words],
    detail: numbersInWords({ theory, baseline }, measured),
  };
}

interface Compared {
  readonly name: string;
  readonly tolerance: number;
  readonly comparison: Comparison;
}

function measurementOf({ measured }: ShiftRecord): CheckedMeasurement {
  const { shift, standardError, interval, confidence, trainVariance, testVariance, batches, samples } = measured;
  return {
    ...{ shift, standardError, interval, confidence, trainVariance, testVariance, batches },
    ...{ rows: "mini-batches", rowsNeeded: null, samples },
  };
}

function shown(value: unknown): string {
  return typeof value === "number" ? readable(value, 6) : printable(String(value ?? "none"));
}
