import { stringify } from "csv-stringify/sync";
import { type Cell, recordColumns } from "./columns.ts";
import type { RecordStream } from "./record-stream.ts";

/** Rows that have the same columns, as CSV with one header line. */
export function csv(rows: readonly Readonly<Record<string, Cell>>[]): string {
  return [Object.keys(rows[0] ?? {}), ...rows.map(Object.values<Cell>)].map(csvLine).join("");
}

/** Records as CSV, line by line: the header, then a line each. */
export async function* csvOfRecords(records: RecordStream): AsyncGenerator<string> {
  const columns = recordColumns();
  yield csvLine(columns.map(({ name }) => name));
  for await (const record of records) yield csvLine(columns.map(({ cellOf }) => cellOf(record)));
}

/** Text that a spreadsheet would run as a formula is escaped; null is an empty cell. */
function csvLine(cells: readonly Cell[]): string {
  return stringify([cells], { escape_formulas: true, cast: { number: String } });
}
