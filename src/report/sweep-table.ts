import { createFamily, type FamilyVerdict } from "../experiment/family.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import { keepWorst } from "../experiment/worst.ts";
import { printable } from "../printable.ts";
import { FIELDS } from "../scenario/fields.ts";
import { percent, readable } from "./numbers.ts";
import type { Painter } from "./painter.ts";
import { measuredRatio } from "./ratio.ts";
import { textTable } from "./table.ts";
import { varyingFields } from "./varying-fields.ts";
import { marked, noWorse, painted, verdictsInWords } from "./verdict-words.ts";

/** Many cells, judged. */
export interface JudgedCells {
  readonly family: FamilyVerdict;
  /** The worst cells, worst first, each with its number among the family's. */
  readonly worst: readonly { readonly record: ShiftRecord; readonly number: number }[];
}

/** With the fields that vary, by which cells are told apart. */
export interface SweepTable extends JudgedCells {
  readonly fields: readonly string[];
}

/** Rows of the table: the worst cells. */
export const MOST_ROWS = 20;

/** The worst cells as a table, and a line for all of them. */
export function sweepTable(summary: SweepTable, paint: Painter): string {
  const { family, worst, fields } = summary;
  const rows = worst.map(({ record, number }) => {
    const { scenario, theory, measured, agreement } = record;
    const verdict = family.cells[number] ?? agreement.verdict;
    return [
      ...fields.map((field) => shown(scenario[field as Field])),
      readable(theory.shift, 6),
      measuredRatio(measured),
      percent(agreement.deviation),
      painted(verdict, paint)(marked(verdict)),
    ];
  });
  const header = [...fields, "Δ theory", "Δ measured", "deviation", "verdict"].map((name) => paint.faint(name));
  const more = family.cells.length - worst.length;
  const rest = more > 0 ? `  ${paint.faint(noWorse(more))}\n` : "";
  return `${textTable(header, rows, 1)}${rest}\n  ${painted(family.whole, paint)(sweepLine(summary))}\n`;
}

/** Records that somebody read, judged together: as a sweep's table, the fields that vary found out. */
export function judgedTable(records: readonly ShiftRecord[], paint: Painter): string {
  const family = createFamily(1 - Math.max(0, ...records.map(({ measured }) => measured.confidence)));
  const worst = keepWorst<{ readonly record: ShiftRecord; readonly number: number }>(MOST_ROWS);
  for (const [number, record] of records.entries()) {
    family.add(record);
    worst.add({ record, number });
  }
  return sweepTable({ family: family.verdict(), worst: worst.list(), fields: varyingFields(FIELDS, records) }, paint);
}

type Field = keyof ShiftRecord["scenario"];

/** "✓ all 380 cells agree; worst deviation 0.21 %". */
export function sweepLine({ family, worst }: JudgedCells): string {
  const deviation = Math.max(0, ...worst.map(({ record }) => Math.abs(record.agreement.deviation)));
  const ending = family.cells.length === 0 ? "" : `; worst deviation ${percent(deviation)}`;
  return `${verdictsInWords(family.whole, family.cells)}${ending}`;
}

function shown(value: unknown): string {
  return typeof value === "number" ? readable(value) : printable(String(value ?? "–"));
}
