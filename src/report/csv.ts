import { stringify } from "csv-stringify/sync";
import { flatten } from "./flat.ts";

/** Rows as CSV with one header line; text that a spreadsheet would run as a formula is escaped. */
export function csv(values: readonly object[]): string {
  const rows = values.map((value) => Object.fromEntries(flatten(value)));
  return stringify(rows, { header: true, escape_formulas: true, cast: { number: String } });
}
