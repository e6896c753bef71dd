import { createFamily, type FamilyVerdict, wholeVerdict } from "../experiment/family.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import { createRepeats, type Repeats, type Spread } from "../experiment/repeats.ts";
import { keepWorst } from "../experiment/worst.ts";
import { printable } from "../printable.ts";
import { FIELDS } from "../scenario/fields.ts";
import { percent, readable, withHalfWidth } from "./numbers.ts";
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
  /** By what they are but for their seed, where the seed is among the fields. */
  readonly repeats?: readonly Repeats[];
}

/** Rows of the table: the worst cells. */
export const MOST_ROWS = 20;

/** The worst cells as a table, or where seeds vary their means and spreads; and a line for all of them. */
export function sweepTable(summary: SweepTable, paint: Painter): string {
  const { repeats = [] } = summary;
  const table = repeats.some(({ numbers }) => numbers.length > 1)
    ? networks(summary, repeats, paint)
    : cells(summary, paint);
  return `${table}\n  ${painted(summary.family.whole, paint)(sweepLine(summary))}\n`;
}

function cells({ family, worst, fields }: SweepTable, paint: Painter): string {
  const alignments = new Set(worst.map(({ record }) => record.scenario.alignment));
  const hasAlignment = alignments.size > 1 && !fields.includes("alignment");
  const rows = worst.map(({ record, number }) => {
    const { scenario, theory, measured, agreement } = record;
    const verdict = family.cells[number] ?? agreement.verdict;
    return [
      ...fields.map((field) => shown(scenario[field as Field])),
      ...(hasAlignment ? [shown(scenario.alignment)] : []),
      readable(theory.shift, 6),
      measuredRatio(measured),
      percent(agreement.deviation),
      painted(verdict, paint)(marked(verdict)),
    ];
  });
  const alignment = hasAlignment ? ["d·cos²θ"] : [];
  const header = [...fields, ...alignment, "Δ theory", "Δ measured", "deviation", "verdict"];
  const more = family.cells.length - worst.length;
  return tableWith(header, rows, { rest: more > 0 ? noWorse(more) : "", paint });
}

/** A row for each kind of network: mean ± standard deviation between its seeds. */
function networks({ family, fields }: SweepTable, repeats: readonly Repeats[], paint: Painter): string {
  const hasAlignment = repeats.some(({ alignment }) => alignment !== null) && !fields.includes("alignment");
  const rows = repeats.slice(0, MOST_ROWS).map(({ values, numbers, alignment, theory, measured }) => {
    const verdicts = numbers.map((number) => family.cells[number] ?? "inconclusive");
    const whole = wholeVerdict(verdicts);
    return [
      ...values.map(shown),
      ...(hasAlignment ? [alignment === null ? "–" : spreadInWords(alignment)] : []),
      spreadInWords(theory),
      spreadInWords(measured),
      `${numbers.length}`,
      painted(whole, paint)(verdictsInWords(whole, verdicts)),
    ];
  });
  const alignment = hasAlignment ? ["d·cos²θ"] : [];
  const kinds = fields.filter((field) => field !== "seed");
  const header = [...kinds, ...alignment, "Δ theory", "Δ measured", "seeds", "verdict"];
  const more = repeats.length - rows.length;
  return tableWith(header, rows, { rest: more > 0 ? `… and ${more} more` : "", paint });
}

/** Rows that end in a verdict, and what is said of those that are left out. */
function tableWith(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { rest, paint }: { readonly rest: string; readonly paint: Painter },
): string {
  const names = header.map((name) => paint.faint(name));
  return `${textTable(names, rows, 1)}${rest === "" ? "" : `  ${paint.faint(rest)}\n`}`;
}

function spreadInWords({ mean, deviation }: Spread): string {
  return deviation === 0 ? readable(mean, 6) : withHalfWidth(mean, deviation);
}

/** Records that somebody read, judged together: as a sweep's table, the fields that vary found out. */
export function judgedTable(records: readonly ShiftRecord[], paint: Painter): string {
  const family = createFamily(1 - Math.max(0, ...records.map(({ measured }) => measured.confidence)));
  const worst = keepWorst<{ readonly record: ShiftRecord; readonly number: number }>(MOST_ROWS);
  for (const [number, record] of records.entries()) {
    family.add(record);
    worst.add({ record, number });
  }
  // The alignment that a draw happens to have is a result.
  const isAsked = records.some(({ scenario }) => scenario.targetAlignment !== null);
  const fields = varyingFields(FIELDS, records).filter((field) => field !== "alignment" || isAsked);
  const repeats = createRepeats(fields.filter((field) => field !== "seed"));
  if (fields.includes("seed"))
    for (const [number, record] of records.entries()) repeats.add(record, { number, place: number });
  return sweepTable({ family: family.verdict(), worst: worst.list(), fields, repeats: repeats.list() }, paint);
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
