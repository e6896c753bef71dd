import type { ShiftRecord } from "../../experiment/record.ts";
import { FIELD_NAMES, FIELDS } from "../../scenario/fields.ts";
import { varyingVariables } from "../variables.ts";
import { askedValue, type FieldName } from "./field.ts";

/** Fields that make another experiment of a scenario; more of the same (another seed, more samples) is not one. */
const DISTINGUISHING: readonly FieldName[] = [
  ...FIELD_NAMES.filter((name) => FIELDS[name].distinguishes === true),
  "position",
];

/** These fields of some records; of networks as text the variables first, and not what these set. */
export function distinguishing(records: readonly ShiftRecord[]): readonly FieldName[] {
  const variables = varyingVariables(records.map(({ scenario }) => scenario));
  if (variables.length === 0) return DISTINGUISHING;
  const known = kinds(records, variables);
  return [...variables, ...DISTINGUISHING.filter((field) => kinds(records, [...variables, field]) > known)];
}

/** How many values a field takes, as asked for, nulls not counted. */
export function countOfValues(records: readonly ShiftRecord[], field: FieldName): number {
  return new Set(records.map((record) => askedValue(record, field)).filter((value) => value !== null)).size;
}

export function varies(records: readonly ShiftRecord[], field: FieldName): boolean {
  return new Set(records.map((record) => askedValue(record, field))).size > 1;
}

/** Those of some fields that tell records apart which the given ones, and those before them, leave together. */
export function tellingApart(
  records: readonly ShiftRecord[],
  { given, among }: { readonly given: readonly FieldName[]; readonly among: readonly FieldName[] },
): readonly FieldName[] {
  const found: FieldName[] = [];
  for (const field of among) {
    const known = [...given, ...found];
    if (kinds(records, [...known, field]) > kinds(records, known)) found.push(field);
  }
  return found;
}

/** Whether two fields vary hand in hand, each value of one with a single value of the other. */
export function goTogether(records: readonly ShiftRecord[], one: FieldName, other: FieldName): boolean {
  const both = kinds(records, [one, other]);
  return both > 1 && kinds(records, [one]) === both && kinds(records, [other]) === both;
}

/** What records have in these fields, as a text that is the same for the same values. */
export function keyOf(record: ShiftRecord, fields: readonly FieldName[]): string {
  return JSON.stringify(fields.map((field) => askedValue(record, field)));
}

function kinds(records: readonly ShiftRecord[], fields: readonly FieldName[]): number {
  return new Set(records.map((record) => keyOf(record, fields))).size;
}
