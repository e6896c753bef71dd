import { VshiftError } from "../errors.ts";
import { type Column, recordColumns } from "../report/columns.ts";
import { isVariableName, variableIn } from "../scenario/variables.ts";
import { didYouMean } from "../suggestion.ts";
import { fieldOf } from "./options.ts";

/** A column of a record, or a variable of its network's text. */
export type RecordColumn = Pick<Column, "name" | "cellOf"> & { readonly type: Column["type"] | "any" };

/** Where a short name is looked for first: "shift" is the measured one. */
const PARTS = ["scenario", "measured", "agreement", "theory", "sums"] as const;

/**
 * The column of a record that a user means: by its full name ("measured.shift"), by its last part ("shift", "verdict"), or by
 * the flag that sets it ("p", "d", "batch-size"); "$p" is a variable. `flag` is what an error calls.
 */
export function columnNamed(name: string, flag: string): RecordColumn {
  if (isVariableName(name)) return { name, type: "any", cellOf: ({ scenario }) => variableIn(scenario, name) };
  const columns = recordColumns();
  const field = fieldOf(name);
  const candidates = [name, ...PARTS.map((part) => `${part}.${field}`), `${name}.index`];
  for (const candidate of candidates) {
    const column = columns.find((one) => one.name === candidate);
    if (column !== undefined) return column;
  }
  const names = columns.map((column) => column.name.slice(column.name.indexOf(".") + 1));
  throw new VshiftError({
    code: "unknown-field",
    field: flag,
    problem: `${JSON.stringify(name)} is not a field of a record`,
    hint: didYouMean(name, names, "see vshift records --help for names"),
  });
}
