import { VshiftError } from "../errors.ts";
import { parseJson } from "../json.ts";

/** A table of text or numbers, before anything is known of its columns. */
export interface MeasuredTable {
  /** What errors call it, such as "measured.csv". */
  readonly place: string;
  /** In their order; of NDJSON those of all lines. */
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  readonly cells: { readonly [column: string]: unknown };
  /** "measured.csv:12" */
  readonly place: string;
}

/**
 * Reads a table of CSV with a header, or of NDJSON.
 *
 * text    the whole file; NDJSON where its first line that is not empty begins with a brace
 * `place` what errors call it
 *
 * Commas, semicolons and tabs separate. Empty lines and a byte order mark do no harm. Rejects with a `VshiftError` that names the
 * line for text that is neither CSV nor JSON, and a column that is there twice.
 */
export async function readTable(text: string, place: string): Promise<MeasuredTable> {
  return /^\uFEFF?\s*\{/.test(text) ? jsonTable(text, place) : csvTable(text, place);
}

function jsonTable(text: string, place: string): MeasuredTable {
  const rows = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap((line, index): TableRow[] => {
      if (line.trim() === "") return [];
      const at = `${place}:${index + 1}`;
      return [{ cells: objectOf(line, at), place: at }];
    });
  return { place, columns: [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))], rows };
}

function objectOf(line: string, place: string): TableRow["cells"] {
  const value = parseJson(line, { field: place, hint: EACH_LINE });
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as TableRow["cells"];
  throw invalidTable({ place, problem: "is JSON, but not an object with variances", hint: EACH_LINE });
}

async function csvTable(text: string, place: string): Promise<MeasuredTable> {
  const { CsvError, parse } = await import("csv-parse/sync");
  let header: readonly string[] = [];
  try {
    const found = parse(text, {
      bom: true,
      columns: (names: readonly string[]) => {
        header = requireDistinct(names, place);
        return [...names];
      },
      delimiter: delimiterOf(text),
      info: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
    }) as unknown as readonly Parsed[];
    const rows = found.map(({ record, info }) => ({ cells: record, place: `${place}:${info.lines}` }));
    return { place, columns: header, rows };
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = Number(cause.lines);
    throw invalidTable({
      place: line > 0 ? `${place}:${line}` : place,
      problem: `is not CSV (${cause.message})`,
      hint: EACH_LINE,
      cause,
    });
  }
}

interface Parsed {
  readonly record: TableRow["cells"];
  readonly info: { readonly lines: number };
}

/** What separates the names in the header; a comma may then be a decimal one, which is not a number here. */
function delimiterOf(text: string): string {
  const header = /\S.*/.exec(text)?.[0] ?? "";
  // Within quotes anything may stand.
  const bare = header.replace(/"[^"]*"/g, "");
  return [";", "\t"].find((delimiter) => bare.includes(delimiter)) ?? ",";
}

/** Of two columns with one name only the last could be read. */
function requireDistinct(names: readonly string[], place: string): readonly string[] {
  const twice = names.find((name, at) => name !== "" && names.indexOf(name) !== at);
  if (twice === undefined) return names;
  const count = names.filter((name) => name === twice).length;
  throw invalidTable({
    place: `${place}:1`,
    problem: `has ${count} columns named ${twice}`,
    hint: "keep one of them, or rename them",
  });
}

export const EACH_LINE = "write the variances of one mini-batch, channel or layer on each line";

export interface TableFault {
  readonly place: string;
  readonly problem: string;
  readonly hint: string;
  readonly cause?: unknown;
}

export function invalidTable({ place, problem, hint, cause }: TableFault): VshiftError {
  return new VshiftError({ code: "invalid-file", field: place, problem, hint, cause });
}
