import { VshiftError } from "../errors.ts";
import { parseJson } from "../json.ts";
import type { MeasuredBatches } from "./measured.ts";

/** Columns, or names in each line's object, of a file of measured variances; others are let pass. */
const COLUMNS = ["trainVariance", "testVariance"] as const;

/**
 * Reads variances that were measured elsewhere, a line a mini-batch, from CSV with a header or from NDJSON.
 *
 *   trainVariance,testVariance              {"trainVariance": 2.31, "testVariance": 1.02}
 *   2.31,1.02                               {"trainVariance": 2.19, "testVariance": 0.97}
 *   2.19,0.97
 *
 * text    the whole file; NDJSON where its first line that is not empty begins with a brace
 * place   what errors call it, such as "measured.csv"
 *
 * Commas, semicolons and tabs separate. Empty lines, a byte order mark and further columns do no harm. Rejects with a
 * `VshiftError` that names the line ("measured.csv:12") for what is no number, is missing, or is no CSV or JSON.
 */
export async function readMeasured(text: string, place: string): Promise<MeasuredBatches> {
  const isJson = /^\uFEFF?\s*\{/.test(text);
  const rows = isJson ? jsonRows(text, place) : await csvRows(text, place);
  if (rows.length < 2) {
    throw invalid(place, `holds ${rows.length} mini-batches, and a standard error needs two`, "measure more of them");
  }
  return {
    trainVariances: rows.map(({ trainVariance }) => trainVariance),
    testVariances: rows.map(({ testVariance }) => testVariance),
    pairing: "paired",
  };
}

type Row = { readonly [Column in (typeof COLUMNS)[number]]: number };

function jsonRows(text: string, place: string): Row[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap((line, index) =>
      line.trim() === "" ? [] : [rowOf(objectOf(line, `${place}:${index + 1}`), `${place}:${index + 1}`)],
    );
}

function objectOf(line: string, place: string): object {
  const value = parseJson(line, { field: place, hint: EACH_LINE });
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw invalid(place, "is JSON, but not an object", EACH_LINE);
}

async function csvRows(text: string, place: string): Promise<Row[]> {
  const { CsvError, parse } = await import("csv-parse/sync");
  let found: readonly Parsed[];
  try {
    found = parse(text, {
      bom: true,
      columns: (names: readonly string[]) => columnsOf(names, place),
      delimiter: delimiterOf(text),
      info: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
    }) as unknown as readonly Parsed[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = Number(cause.lines);
    throw invalid(line > 0 ? `${place}:${line}` : place, `is not CSV (${cause.message})`, EACH_LINE, cause);
  }
  return found.map(({ record, info }) => rowOf(record, `${place}:${info.lines}`));
}

/** What separates the names in the header; a comma may then be a decimal one, which is no number here. */
function delimiterOf(text: string): string {
  const header = /\S.*/.exec(text)?.[0] ?? "";
  return [";", "\t"].find((delimiter) => header.includes(delimiter)) ?? ",";
}

interface Parsed {
  readonly record: object;
  readonly info: { readonly lines: number };
}

function columnsOf(names: readonly string[], place: string): string[] {
  for (const column of COLUMNS) {
    const count = names.filter((name) => name === column).length;
    if (count === 1) continue;
    const problem = `has ${count === 0 ? "no" : count} columns ${column}; its first line is ${names.join(", ")}`;
    throw invalid(`${place}:1`, problem, `name the columns ${COLUMNS.join(" and ")}`);
  }
  return [...names];
}

function rowOf(record: object, place: string): Row {
  const [trainVariance, testVariance] = COLUMNS.map((column) => variance(record, { column, place }));
  return { trainVariance, testVariance };
}

function variance(record: object, { column, place }: { readonly column: string; readonly place: string }): number {
  const cell: unknown = column in record ? record[column as keyof object] : undefined;
  if (cell === undefined || cell === "" || cell === null) throw invalid(place, `has no ${column}`, EACH_LINE);
  const value = typeof cell === "string" ? Number(cell) : cell;
  if (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  throw invalid(
    place,
    `has the ${column} ${JSON.stringify(cell)}, which is no variance`,
    "write it as 2.31, with a decimal point",
  );
}

const EACH_LINE = `each line is a mini-batch with ${COLUMNS.join(" and ")}`;

function invalid(place: string, problem: string, hint: string, cause?: unknown): VshiftError {
  return new VshiftError({ code: "invalid-file", field: place, problem, hint, cause });
}
