import { VshiftError } from "../errors.ts";
import { type Field, type FieldTable, GRID_TABLE } from "./fields.ts";
import { networksOf } from "./layer-lists.ts";
import { typed } from "./typed.ts";
import { checkedInput } from "./validate.ts";
import { rangeOf, textsOf } from "./values.ts";
import { textsOfVariables } from "./variables.ts";

export type AxisValue = string | number;

/** A field of a scenario with the values that it takes in a grid. */
export interface Axis {
  readonly field: string;
  readonly values: readonly AxisValue[];
  /** Whether the values are one geometric range. */
  readonly isGeometric: boolean;
}

/**
 * The axis of a field from what a user wrote: a value, a list of values, or text with commas between values and ranges (of a
 * text field: between texts). Each value is checked against the field's own domain.
 */
export function axisOf(name: string, given: unknown, table: FieldTable = GRID_TABLE): Axis {
  const field: Field | undefined = Object.hasOwn(table.fields, name) ? table.fields[name] : undefined;
  // Says that there is no such field, and which one may be meant.
  if (field === undefined) throw unknown(name, table);
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const items = field.type === "text" && field.isOfLayers === true ? networksOf(list) : list;
  if (items.length === 0) throw empty(name, field, "is an empty list");
  const parts = items.flatMap((item: unknown) => partsOf(name, field, item));
  const values = parts.flatMap((part) => part.values);
  // A list may have holes.
  if (values.length === 0) throw empty(name, field, "has no value");
  for (const value of values) checkedInput({ [name]: value }, table);
  return { field: name, values, isGeometric: parts.length === 1 && parts[0]?.isGeometric === true };
}

type Part = Pick<Axis, "values" | "isGeometric">;

function partsOf(name: string, field: Field, item: unknown): readonly Part[] {
  if (item === null) throw empty(name, field, "null is not a value");
  if (typeof item !== "string") return [{ values: [item as AxisValue], isGeometric: false }];
  if (field.type === "text" && field.isOfVariables === true) {
    return [{ values: textsOfVariables(item), isGeometric: false }];
  }
  const pieces = field.type === "text" && field.hasCommas === true ? [item] : item.split(",");
  return pieces.map((piece) => {
    if (field.type === "text" && field.hasCommas !== true) {
      return { values: inField(name, () => textsOf(piece)) ?? [piece], isGeometric: false };
    }
    const text = field.type === "text" ? piece : piece.trim();
    if (text === "" && field.type !== "text")
      throw empty(
        name,
        field,
        item.trim() === ""
          ? `${JSON.stringify(item)} is empty`
          : `${JSON.stringify(item)} has an empty value between commas`,
      );
    return field.type === "number" ? numbersOf(name, text) : { values: [text], isGeometric: false };
  });
}

function numbersOf(name: string, text: string): Part {
  const range = inField(name, () => rangeOf(text));
  if (range !== undefined) return { values: range.values(), isGeometric: range.isGeometric };
  return { values: [typed("number", text)], isGeometric: false };
}

/** What `read` gives; its `VshiftError` names the field. */
function inField<Result>(name: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof VshiftError)) throw error;
    const { code, problem, hint } = error;
    throw new VshiftError({ code, field: name, problem, ...(hint === undefined ? {} : { hint }), cause: error });
  }
}

function empty(name: string, field: Field, problem: string): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field: name,
    problem,
    hint: `write for example ${field.type === "choice" ? field.choices.slice(0, 2).join(",") : field.example}`,
  });
}

/** As validation says it. */
function unknown(name: string, table: FieldTable): unknown {
  try {
    checkedInput({ [name]: null }, table);
  } catch (error) {
    return error;
  }
  return new RangeError(`${name} is a field`);
}
