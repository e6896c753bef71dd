import { VshiftError } from "../errors.ts";
import { type Field, type FieldTable, SCENARIO_TABLE } from "./fields.ts";
import { typed } from "./typed.ts";
import { checkedInput } from "./validate.ts";
import { rangeOf } from "./values.ts";

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
export function axisOf(name: string, given: unknown, table: FieldTable = SCENARIO_TABLE): Axis {
  const field: Field | undefined = Object.hasOwn(table.fields, name) ? table.fields[name] : undefined;
  // Says that there is no such field, and which one may be meant.
  if (field === undefined) throw unknown(name, table);
  const items = Array.isArray(given) ? given : [given];
  if (items.length === 0) throw empty(name, field, "the list is empty");
  const parts = items.flatMap((item: unknown) => partsOf(name, field, item));
  const values = parts.flatMap((part) => part.values);
  for (const value of values) checkedInput({ [name]: value }, table);
  return { field: name, values, isGeometric: parts.length === 1 && parts[0]?.isGeometric === true };
}

type Part = Pick<Axis, "values" | "isGeometric">;

function partsOf(name: string, field: Field, item: unknown): readonly Part[] {
  if (item === null) throw empty(name, field, "null is no value");
  if (typeof item !== "string") return [{ values: [item as AxisValue], isGeometric: false }];
  const pieces = field.type === "text" && field.hasCommas === true ? [item] : item.split(",");
  return pieces.flatMap((piece) => {
    if (field.type === "text" && field.hasCommas !== true) return textsOf(piece);
    const text = field.type === "text" ? piece : piece.trim();
    if (text === "" && field.type !== "text") throw empty(name, field, `${JSON.stringify(item)} has an empty place`);
    return field.type === "number" ? numbersOf(name, text) : { values: [text], isGeometric: false };
  });
}

/** "1..20" is "1", "2", … "20"; any other text is itself. */
function textsOf(piece: string): readonly Part[] {
  const [, first, last] = (/^(\d{1,9})\.\.(\d{1,9})$/.exec(piece) ?? []).map(Number);
  if (first === undefined || last === undefined || last < first) return [{ values: [piece], isGeometric: false }];
  if (last - first >= MOST_TEXTS) throw tooMany(piece);
  return [{ values: Array.from({ length: last - first + 1 }, (_, at) => String(first + at)), isGeometric: false }];
}

/** More seeds than this are a slip of the keyboard. */
const MOST_TEXTS = 1_000_000;

function tooMany(piece: string): VshiftError {
  const problem = `the range ${piece} makes more than ${MOST_TEXTS} values`;
  return new VshiftError({ code: "invalid-value", problem, hint: "use fewer" });
}

function numbersOf(name: string, text: string): Part {
  try {
    const range = rangeOf(text);
    if (range !== undefined) return { values: range.values(), isGeometric: range.isGeometric };
  } catch (error) {
    if (!(error instanceof VshiftError)) throw error;
    const { code, problem, hint } = error;
    throw new VshiftError({ code, field: name, problem, ...(hint === undefined ? {} : { hint }), cause: error });
  }
  return { values: [typed("number", text)], isGeometric: false };
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
