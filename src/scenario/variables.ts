import { VshiftError } from "../errors.ts";
import { assignmentsOf, parseVariables, printVariables, requireNames, variablesIn } from "../notation/variables.ts";
import { conflict } from "./refusal.ts";
import { typed } from "./typed.ts";
import { rangeOf } from "./values.ts";

/** More combinations than this are a slip of the keyboard. */
const MOST_TEXTS = 1_000_000;

/**
 * The texts of one value each that a text with lists and ranges stands for, the first variable slowest: "p=0.1, q=1", "p=0.1, q=2",
 * … for "p=0.1:0.9:0.1, q=1,2".
 */
export function textsOfVariables(text: string): readonly string[] {
  const lists = assignmentsOf(text).map(({ name, said }) => valuesOf(name, said).map((value) => `${name}=${value}`));
  const count = lists.reduce((product, { length }) => product * length, 1);
  if (count > MOST_TEXTS) {
    const problem = `have ${lists.map(({ length }) => length).join(" × ")} = ${count} values, more than ${MOST_TEXTS}`;
    throw wrong(problem, "use larger steps or fewer values");
  }
  const texts = lists.reduce<readonly string[]>(
    (before, list) => before.flatMap((start) => list.map((one) => (start === "" ? one : `${start}, ${one}`))),
    [""],
  );
  return texts.map((each) => printVariables(parseVariables(each)));
}

function valuesOf(name: string, said: string): readonly (string | number)[] {
  return said.split(",").flatMap((piece): readonly (string | number)[] => {
    const value = piece.trim();
    if (value !== "") return rangeIn(value) ?? [value];
    throw wrong(`${name}=${said} has an empty value between commas`, `write for example ${name}=0.3,0.5`);
  });
}

function rangeIn(text: string): readonly number[] | undefined {
  try {
    return rangeOf(text)?.values();
  } catch (error) {
    if (!(error instanceof VshiftError)) throw error;
    throw wrong(error.problem, error.hint ?? "", error);
  }
}

/** The part of a text that has many values, and whether they are a list; undefined where each variable has one. */
export function manyIn(text: string): { readonly said: string; readonly isList: boolean } | undefined {
  const many = assignmentsOf(text).find(({ name, said }) => valuesOf(name, said).length > 1);
  return many && { said: `${many.name}=${many.said}`, isList: many.said.includes(",") };
}

/** A `VshiftError` where variables are given to no network, or to one whose text does not have them. */
export function requireVariables(variables: string, networks: readonly string[]): void {
  if (networks.length === 0) {
    throw conflict("variables", `${variables} is only for a network as text`, "add `network`, or leave it out");
  }
  const names = assignmentsOf(variables).map(({ name }) => name);
  for (const network of networks) requireNames(names, variablesIn(network));
}

/** How a variable is called where it is a field of a record: $p. */
export type VariableName = `$${string}`;

export function isVariableName(name: string): name is VariableName {
  return name.startsWith("$");
}

/** The variables of a scenario's note, as fields. */
export function variablesOf({ variables }: { readonly variables: string | null }): readonly VariableName[] {
  return variables === null ? [] : variables.split(", ").map((part) => `$${part.slice(0, part.indexOf("="))}` as const);
}

/** What a variable stood for, by its name as a field; null where the note has none of that name. */
export function variableIn(
  { variables }: { readonly variables: string | null },
  name: VariableName,
): string | number | null {
  const start = `${name.slice(1)}=`;
  const part = variables?.split(", ").find((one) => one.startsWith(start));
  return part === undefined ? null : typed("number", part.slice(start.length));
}

function wrong(problem: string, hint: string, cause?: unknown): VshiftError {
  return new VshiftError({ code: "invalid-value", field: "variables", problem, hint, cause });
}
