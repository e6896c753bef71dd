import { createFamily, type FamilyVerdict, wholeVerdict } from "../experiment/family.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import { createRepeats, POSITION, type Repeats, type Spread } from "../experiment/repeats.ts";
import { keepWorst } from "../experiment/worst.ts";
import { printable } from "../printable.ts";
import { FIELDS } from "../scenario/fields.ts";
import { type VariableName, variableIn } from "../scenario/variables.ts";
import type { Document, Table, TableColumn } from "./document.ts";
import { counted, percent, readable, withHalfWidth } from "./numbers.ts";
import { measuredRatio } from "./ratio.ts";
import { varyingVariables } from "./variables.ts";
import { varyingFields } from "./varying-fields.ts";
import { MARK, marked, noWorse, toned, verdictsInWords } from "./verdict-words.ts";

/** Many cells, judged. */
export interface JudgedCells {
  readonly family: FamilyVerdict;
  /** The worst cells, worst first, each with its number among the family's. */
  readonly worst: readonly { readonly record: ShiftRecord; readonly number: number }[];
}

/** With the fields that vary, which distinguish the scenarios. */
export interface SweepTable extends JudgedCells {
  readonly fields: readonly string[];
  /** Those that have a column each, where the fields have their note. */
  readonly variables?: readonly VariableName[];
  /** Grouped by everything except the seed, where the seed is among the fields. */
  readonly repeats?: readonly Repeats[];
}

/** Rows of the table: the worst cells. */
export const MOST_ROWS = 20;
/** Rows of a page of HTML, which sorts and filters them. */
export const MOST_ON_PAGE = 5000;

/** The verdict on all cells, and the worst as a table, or where seeds vary their means and spreads. */
export function sweepDocument(summary: SweepTable, records: readonly ShiftRecord[] = []): Document {
  const { repeats = [] } = summary;
  const isOfNetworks = repeats.some(({ numbers }) => numbers.length > 1);
  return {
    conclusion: toned(summary.family.whole, sweepLine(summary)),
    blocks: [isOfNetworks ? networks(summary, repeats) : cells(summary)],
    data: { kind: "records", records },
  };
}

function cells({ family, worst, fields, variables = [] }: SweepTable): Table {
  const alignments = new Set(worst.map(({ record }) => record.scenario.alignment));
  const hasAlignment = alignments.size > 1 && !fields.includes("alignment");
  const rows = worst.map(({ record, number }) => {
    const { scenario, position, theory, measured, agreement } = record;
    return [
      ...cellsOf(fields, variables, (field) => (field === POSITION ? position?.name : scenario[field as Field])),
      ...(hasAlignment ? [shown(scenario.alignment)] : []),
      theory === null ? "–" : readable(theory.shift, 6),
      measuredRatio(measured),
      agreement.deviation === null ? "–" : percent(agreement.deviation),
      theory === null ? "no theory" : marked(family.cells[number] ?? agreement.verdict),
    ];
  });
  const more = family.cells.length - worst.length;
  const columns = [...columnsOf(fields, variables, hasAlignment), { name: "deviation", ifNarrow: 2 }, VERDICT];
  return { kind: "table", columns, rows, unlisted: more, rest: (count) => noWorse(count, nounOf(worst)) };
}

/** A row for each kind of network: mean ± standard deviation between its seeds. */
function networks({ family, fields, variables = [] }: SweepTable, repeats: readonly Repeats[]): Table {
  const kinds = fields.filter((field) => field !== "seed");
  const hasAlignment = repeats.some(({ alignment }) => alignment !== null) && !fields.includes("alignment");
  const rows = repeats.slice(0, MOST_ROWS).map(({ values, numbers, alignment, theory, measured }) => {
    const verdicts = numbers.map((number) => family.cells[number] ?? null);
    const whole = wholeVerdict(verdicts);
    return [
      ...cellsOf(kinds, variables, (field) => values[kinds.indexOf(field)]),
      ...(hasAlignment ? [alignment === null ? "–" : spreadInWords(alignment)] : []),
      theory === null ? "–" : spreadInWords(theory),
      spreadInWords(measured),
      `${numbers.length}`,
      theory === null
        ? "no theory"
        : toned(whole, whole === "agrees" ? `${MARK[whole]} all agree` : verdictsInWords(whole, verdicts)),
    ];
  });
  const more = repeats.length - rows.length;
  const columns = [...columnsOf(kinds, variables, hasAlignment), { name: "seeds", ifNarrow: 2 }, VERDICT];
  return {
    kind: "table",
    columns,
    rows,
    unlisted: more,
    rest: (count) => `… and ${counted(count, "more kind")} of network`,
  };
}

/** The cells of what varies; the note of the variables as a cell for each of them. */
function cellsOf(
  fields: readonly string[],
  variables: readonly VariableName[],
  read: (field: string) => unknown,
): readonly string[] {
  return fields.flatMap((field) => {
    if (field !== "variables") return [shown(read(field))];
    const note = read(field) as string | null;
    return variables.map((name) => shown(variableIn({ variables: note }, name)));
  });
}

/** The columns of what varies, and of the ratio. */
function columnsOf(
  fields: readonly string[],
  variables: readonly VariableName[],
  hasAlignment: boolean,
): readonly TableColumn[] {
  const names = fields.flatMap((field): readonly string[] => (field === "variables" ? variables : [field]));
  const alignment: readonly TableColumn[] = hasAlignment ? [{ name: "d·cos²θ", ifNarrow: 1 }] : [];
  return [...names.map((name) => ({ name })), ...alignment, { name: "Δ theory" }, { name: "Δ measured" }];
}

const VERDICT: TableColumn = { name: "verdict", align: "left" };

/** A relative deviation below is the rounding of a mean. */
const LEAST_DEVIATION = 1e-12;

function spreadInWords({ mean, deviation }: Spread): string {
  return deviation <= LEAST_DEVIATION * Math.abs(mean) ? readable(mean, 6) : withHalfWidth(mean, deviation);
}

/** Records that somebody read, judged together as a sweep's are, so many of them listed; the fields that vary are found out. */
export function recordsDocument(records: readonly ShiftRecord[], most = MOST_ROWS): Document {
  const family = createFamily(1 - Math.max(0, ...records.map(({ measured }) => measured.confidence)));
  const worst = keepWorst<{ readonly record: ShiftRecord; readonly number: number }>(most);
  for (const [number, record] of records.entries()) {
    family.add(record);
    worst.add({ record, number });
  }
  // The alignment that a draw happens to have is a result.
  const isAsked = records.some(({ scenario }) => scenario.targetAlignment !== null);
  const asked = varyingFields(FIELDS, records).filter((field) => field !== "alignment" || isAsked);
  const fields = records.some(({ position }) => position !== null) ? [...asked, POSITION] : asked;
  const repeats = createRepeats(fields.filter((field) => field !== "seed"));
  if (fields.includes("seed"))
    for (const [number, record] of records.entries()) repeats.add(record, { number, place: number });
  const variables = varyingVariables(records.map(({ scenario }) => scenario));
  const table = { family: family.verdict(), worst: worst.list(), fields, variables, repeats: repeats.list() };
  return sweepDocument(table, records);
}

type Field = keyof ShiftRecord["scenario"];

/** "✓ all 380 cells agree; worst deviation 0.21 %". */
export function sweepLine({ family, worst }: JudgedCells): string {
  if (family.cells.length > 0 && family.cells.every((cell) => cell === null)) {
    return `${counted(family.cells.length, nounOf(worst))} measured; no closed form to compare with`;
  }
  const deviation = Math.max(0, ...worst.map(({ record }) => Math.abs(record.agreement.deviation ?? 0)));
  const ending = family.cells.length === 0 ? "" : `; worst deviation ${percent(deviation)}`;
  return `${verdictsInWords(family.whole, family.cells, nounOf(worst))}${ending}`;
}

/** What a verdict is on: a scenario, or each position of its network. */
function nounOf(worst: JudgedCells["worst"]): string {
  return worst.some(({ record }) => record.position !== null) ? "position" : "scenario";
}

function shown(value: unknown): string {
  return typeof value === "number" ? readable(value) : printable(String(value ?? "–"));
}
