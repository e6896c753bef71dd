import { VshiftError } from "../errors.ts";
import { didYouMean } from "../suggestion.ts";
import { type Axis, type AxisValue, axisOf } from "./axis.ts";
import { completeScenario } from "./complete.ts";
import { type FieldTable, GRID_TABLE } from "./fields.ts";
import type { CompletedInput, Scenario, ScenarioInput } from "./scenario.ts";
import { shown } from "./typed.ts";

/** What a user writes for many scenarios: for each field a value, a list of values, or the text of a range. */
export type GridInput = {
  readonly [Field in keyof ScenarioInput]?: ScenarioInput[Field] | string | readonly (string | number)[] | undefined;
};

/** A grid of scenarios: the product of its axes, the first one slowest. */
export interface Grid {
  readonly axes: readonly Axis[];
  /** Fields that were given, one value or many. */
  readonly given: readonly string[];
  /** Number of its cells. */
  readonly size: number;
  /** The scenario of a cell, 0 ≤ index < size; throws a `VshiftError` that says which cell it is of. */
  cell(index: number): Scenario;
}

/** More cells than this are a slip of the keyboard. */
const MOST_CELLS = 1_000_000;

/**
 * The grid of an input. Axes are the fields with more than one value, in the order of the table of fields, not in the order
 * that they were written in.
 *
 * zip        groups of fields that go together, value by value, and so make one axis
 * complete   adds what a cell's files say of it
 * table      the fields that the input may have
 */
export function gridOf(
  input: GridInput,
  zip: readonly (readonly string[])[] = [],
  complete: (input: ScenarioInput) => CompletedInput = (given) => given,
  table: FieldTable = GRID_TABLE,
): Grid {
  const given = Object.entries(input).filter(([, value]) => value !== undefined && value !== null);
  const order = Object.keys(table.fields);
  given.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  const axes = given.map(([field, value]) => axisOf(field, value, table));
  const dimensions = dimensionsOf(axes, zip, table);
  const size = dimensions.reduce((product, [{ values }]) => product * values.length, 1);
  if (size > MOST_CELLS) {
    throw new VshiftError({
      code: "invalid-value",
      problem: `the grid has ${dimensions.map(([{ values }]) => values.length).join(" × ")} = ${size} scenarios, more than the limit of ${MOST_CELLS}`,
      hint: "use larger steps or fewer values",
    });
  }
  return {
    axes: axes.filter(({ values }) => values.length > 1),
    given: axes.map(({ field }) => field),
    size,
    cell(index) {
      const fields = valuesAt(dimensions, index);
      try {
        return completeScenario(complete(Object.fromEntries(fields)));
      } catch (error) {
        throw size === 1 ? error : inCell(error, fields, axes);
      }
    },
  };
}

/** A `VshiftError` unless it is an object of fields. */
export function requireFields(input: unknown): void {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return;
  throw new VshiftError({
    code: "invalid-value",
    field: "grid",
    problem: `${input === undefined ? "is missing; it" : `${shown(input)} is not a grid, which`} must be an object of fields`,
    hint: 'write for example { keep: "0.1:0.9:0.1", width: [64, 512] }',
  });
}

/** Axes that advance together. */
type Dimension = readonly [Axis, ...Axis[]];

function dimensionsOf(
  axes: readonly Axis[],
  zip: readonly (readonly string[])[],
  table: FieldTable,
): readonly Dimension[] {
  for (const fields of zip) requireZippable(fields, table);
  const groups = zip.map((fields) => fields.map((field) => zipped(field, axes)));
  for (const group of groups) requireEqualLengths(group);
  const twice = groups.flat().find((axis, index, all) => all.indexOf(axis) !== index);
  if (twice !== undefined) throw unzippable(twice.field, "is in `zip` twice", "name each field once");
  const dimensions: Dimension[] = [];
  for (const axis of axes) {
    const group = groups.find((members) => members.includes(axis));
    const [first, ...others] = group ?? [axis];
    if (first !== undefined && (group === undefined || group[0] === axis)) dimensions.push([first, ...others]);
  }
  return dimensions;
}

function requireZippable(names: readonly string[], { noun, fields, help }: FieldTable): void {
  const stray = names.find((name) => !Object.hasOwn(fields, name));
  if (stray !== undefined) {
    const hint = didYouMean(stray, Object.keys(fields), `see ${help}`);
    throw unzippable("zip", `${JSON.stringify(stray)} is not a field of a ${noun}`, hint);
  }
  if (names.length < 2) {
    const problem = names[0] === undefined ? "has a group without fields" : `pairs \`${names[0]}\` with nothing`;
    throw unzippable("zip", problem, "name two or more fields, as in p,d");
  }
}

function zipped(field: string, axes: readonly Axis[]): Axis {
  const axis = axes.find((candidate) => candidate.field === field);
  if (axis === undefined)
    throw unzippable(field, "is in `zip`, and has no values", `give \`${field}\` a list, or take it out of \`zip\``);
  return axis;
}

function requireEqualLengths(group: readonly Axis[]): void {
  const [first, ...others] = group;
  const odd = others.find(({ values }) => values.length !== first?.values.length);
  if (first === undefined || odd === undefined) return;
  throw unzippable(
    odd.field,
    `has ${counted(odd)}, and \`${first.field}\`, which it is zipped with, has ${counted(first)}`,
    "give both the same number of values",
  );
}

function counted({ values }: Axis): string {
  return values.length === 1 ? "1 value" : `${values.length} values`;
}

function unzippable(field: string, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field, problem, hint });
}

type FieldValue = readonly [string, AxisValue];

function valuesAt(dimensions: readonly Dimension[], index: number): readonly FieldValue[] {
  const fields: FieldValue[] = [];
  let rest = index;
  for (const group of dimensions.toReversed()) {
    const count = group[0].values.length;
    for (const { field, values } of group) fields.push([field, values[rest % count] as AxisValue]);
    rest = Math.floor(rest / count);
  }
  return fields;
}

/** The error with the values of the cell's axes, since what is wrong with one value may lie in another. */
function inCell(error: unknown, fields: readonly FieldValue[], axes: readonly Axis[]): unknown {
  if (!(error instanceof VshiftError)) return error;
  const varying = fields.filter(([name]) => axes.some(({ field, values }) => field === name && values.length > 1));
  const cell = varying.map(([name, value]) => `\`${name}\` ${value}`).toReversed();
  const { code, field, problem, hint, cause } = error;
  return new VshiftError({
    code,
    ...(field === undefined ? {} : { field }),
    problem: `${problem} (at ${cell.join(", ")})`,
    ...(hint === undefined ? {} : { hint }),
    cause: cause ?? error,
  });
}
