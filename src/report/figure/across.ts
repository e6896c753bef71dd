import { groups } from "d3-array";
import type { ShiftRecord } from "../../experiment/record.ts";
import { isVariableName } from "../../scenario/variables.ts";
import { askedValue, axisValue, type FieldName, isNumeric } from "./field.ts";
import { categoryName } from "./label.ts";
import { distinct } from "./values.ts";
import { keyOf } from "./varying.ts";

/** Where records lie along a field. */
export interface Across {
  readonly field: FieldName;
  /** A number at its value; a category at 0, 1, 2, … in the order in which they come. Null in a record without one. */
  readonly placeOf: (record: ShiftRecord) => number | null;
  /** The names of the categories; empty for numbers. */
  readonly names: readonly string[];
  /** Every position, in ascending order. */
  readonly places: readonly number[];
}

export function acrossOf(records: readonly ShiftRecord[], field: FieldName): Across {
  if (isNumeric(field, records)) {
    const placeOf = (record: ShiftRecord) => axisValue(record, field);
    return { field, placeOf, names: [], places: distinct(records.map(placeOf).filter((value) => value !== null)) };
  }
  const kinds = groups(records, (record) => keyOf(record, [field]));
  const keys = kinds.map(([key]) => key);
  return {
    field,
    placeOf: (record) => keys.indexOf(keyOf(record, [field])),
    names: kinds.map(([, [first]]) => (first === undefined ? "" : nameOf(first, field, records))),
    places: keys.map((_, index) => index),
  };
}

/** On the axis of a variable its value says enough. */
function nameOf(record: ShiftRecord, field: FieldName, records: readonly ShiftRecord[]): string {
  return isVariableName(field) ? `${askedValue(record, field)}` : categoryName(record, field, records);
}
