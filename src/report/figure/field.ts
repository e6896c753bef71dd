import { VshiftError } from "../../errors.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { findLaw } from "../../laws/laws.ts";
import { FIELD_NAMES, FIELDS, type Field } from "../../scenario/fields.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { isVariableName, type VariableName, variableIn } from "../../scenario/variables.ts";
import { didYouMean } from "../../suggestion.ts";
import { strayVariables } from "../variables.ts";

/** A field of a scenario, a variable of its network's text, or the position that a record is of. */
export type FieldName = keyof Scenario | VariableName | "position";

const NAMES: readonly FieldName[] = [...FIELD_NAMES, "position"];

/** What tells the records of one network apart. */
const POSITION: Field = {
  type: "number",
  integer: true,
  about: "number of the position in the network",
  example: "1",
  default: null,
  title: "position: the input of norm 1, 2, …, and last the output",
  distinguishes: true,
};

function fieldOf(name: Exclude<FieldName, VariableName>): Field {
  return name === "position" ? POSITION : FIELDS[name];
}

export function symbolOf(field: FieldName): string {
  return isVariableName(field) ? field : (fieldOf(field).symbol ?? inWords(field));
}

/** "batch size". */
function inWords(field: FieldName): string {
  return field.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}

/** Behind a function of a normal these are of the normal. */
const OF_THE_NORMAL: readonly FieldName[] = ["mean", "variance", "rho"];

/** The title of an axis of these records. */
export function titleOf(field: FieldName, records: readonly ShiftRecord[]): string {
  if (isVariableName(field)) return field;
  const title = fieldOf(field).title ?? inWords(field);
  if (!OF_THE_NORMAL.includes(field)) return title;
  const functions = records.map(({ scenario }) => findLaw(scenario.activation)?.givenBefore ?? null);
  const before = functions.find((name) => name !== null);
  return before === undefined ? title : `${title}, before the ${before}`;
}

/** The field that a text names: by its name, its flag or its symbol (`batchSize`, `batch-size`, `p`), a variable as `$p`. */
export function findField(text: string): FieldName | undefined {
  if (isVariableName(text)) return text;
  return NAMES.find((name) => plain(name) === plain(text) || symbolOf(name) === text);
}

/** The same; what names no field of the records is an error with the nearest name. `option` is where it was given. */
export function fieldNamed(text: string, { records, option, others = [] }: Named): FieldName {
  const field = findField(text);
  if (field !== undefined && isVariableName(field)) {
    const [wrong] = strayVariables([field], records);
    if (wrong !== undefined) throw new VshiftError({ code: "unknown-field", field: option, ...wrong });
  }
  if (field !== undefined) return field;
  throw new VshiftError({
    code: "unknown-field",
    field: option,
    problem: `${text} is not a field of a scenario${others.length === 0 ? "" : " or a quantity of a record"}`,
    hint: didYouMean(text, [...NAMES, ...others], "see docs/RECORDS.md"),
  });
}

interface Named {
  readonly records: readonly ShiftRecord[];
  readonly option: string;
  /** What else the text may name. */
  readonly others?: readonly string[];
}

/** What the alignment of the weights stands for: these matter to Δ through it alone. */
export const BEHIND_ALIGNMENT: readonly FieldName[] = ["width", "neurons", "weights", "weightMean", "alignment"];

/** Whether a field is a number, a variable where it is one in all records. */
export function isNumeric(field: FieldName, records: readonly ShiftRecord[]): boolean {
  if (!isVariableName(field)) return fieldOf(field).type === "number";
  return records.every((record) => typeof askedValue(record, field) !== "string");
}

/** A field of a record's scenario as it was asked for: `alignment` is the target, not what the draw of weights made of it. */
export function askedValue({ scenario, position }: ShiftRecord, field: FieldName): string | number | null {
  if (field === "position") return position?.index ?? null;
  if (isVariableName(field)) return variableIn(scenario, field);
  return field === "alignment" ? scenario.targetAlignment : scenario[field];
}

/** Where a record lies on an axis: there the alignment is that of the weights as they were drawn. */
export function axisValue(record: ShiftRecord, field: FieldName): number | null {
  const value = field === "alignment" ? record.scenario.alignment : askedValue(record, field);
  return typeof value === "number" ? value : null;
}

/** Whether a record has a position on an axis: a kind may be none, a number may not be missing. */
export function hasPlace(record: ShiftRecord, field: FieldName): boolean {
  if (isVariableName(field)) return askedValue(record, field) !== null;
  return !isNumeric(field, [record]) || axisValue(record, field) !== null;
}

function plain(text: string): string {
  return text.replace(/[-_]/g, "").toLowerCase();
}
