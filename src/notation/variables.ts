import { VshiftError } from "../errors.ts";
import { suggested } from "../suggestion.ts";
import { networkError } from "./error.ts";
import { NUMBER, SHAPE, type Token, tokensOf, WORD } from "./tokens.ts";

/** What the variables of a text stand for, by name: a number, a shape or a word each, as text. */
export type Variables = ReadonlyMap<string, string>;

export const NO_VARIABLES: Variables = new Map();

/** A variable and what is said of it: one value, or where many are taken a list or a range. */
export interface Assignment {
  readonly name: string;
  readonly said: string;
}

const BETWEEN = /\s*,\s*(?=\$?\w+\s*=)/;
const ASSIGNMENT = /^\s*\$?(\w+)\s*=\s*(.*?)\s*$/s;

/** The parts of a text such as "p=0.1,0.2, q=2". A `VshiftError` where one of them is none, or a name is there twice. */
export function assignmentsOf(text: string): readonly Assignment[] {
  const found = text.split(BETWEEN).map((part): Assignment => {
    const [, name, said] = ASSIGNMENT.exec(part) ?? [];
    if (name === undefined || said === undefined) throw wrong(`${JSON.stringify(part)} is not NAME=VALUE`, EXAMPLE);
    if (said === "") throw wrong(`${name} has no value`, `write ${name}=0.3`);
    return { name, said };
  });
  const twice = found.find(({ name }, index) => found.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) throw wrong(`${twice.name} is given twice`, "leave one out");
  return found;
}

const EXAMPLE = "write for example p=0.3";

/** The variables of a text such as "p=0.3, q=2", in its order. */
export function parseVariables(text: string): Variables {
  return new Map(
    assignmentsOf(text).map(({ name, said }) => {
      const value = canonicalValue(said);
      if (value !== undefined) return [name, value] as const;
      throw wrong(`${name}=${said} is not one number, shape or word`, `write for example ${name}=0.3`);
    }),
  );
}

/** The same as canonical text. */
export function printVariables(variables: Variables): string {
  return [...variables].map(([name, value]) => `${name}=${value}`).join(", ");
}

const IS_NUMBER = new RegExp(`^${NUMBER}$`, "i");
const IS_SHAPE = new RegExp(`^${SHAPE}$`, "i");
const IS_WORD = new RegExp(`^${WORD}$`);

/** What a variable may stand for, numbers and shapes in one spelling; undefined for any other text. */
function canonicalValue(text: string): string | undefined {
  if (IS_NUMBER.test(text)) return Number.isFinite(Number(text)) ? String(Number(text)) : undefined;
  if (IS_SHAPE.test(text)) return text.replace(/[x×]/gi, "x");
  return IS_WORD.test(text) ? text : undefined;
}

/** Names of the variables of a network's text, in the order of their first use. */
export function variablesIn(text: string): readonly string[] {
  return namesIn(tokensOf(text));
}

function namesIn(tokens: readonly Token[]): readonly string[] {
  return [...new Set(tokens.filter(({ kind }) => kind === "variable").map(nameOf))];
}

function nameOf({ text }: Token): string {
  return text.slice(1);
}

/** A `VshiftError` where a name is none of those of the text. */
export function requireNames(names: Iterable<string>, known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const otherwise = known.length === 0 ? `write $${name} in \`network\`, or leave it out` : `it has ${listed(known)}`;
    throw wrong(`the network has no variable $${name}`, meantVariable(name, known, otherwise));
  }
}

/** The next step of a message about the name of a variable: the known one that is meant, or the only one; else `otherwise`. */
export function meantVariable(name: string, known: readonly string[], otherwise: string): string {
  const [only, ...others] = known;
  const meant = suggested(name, known) ?? (others.length === 0 ? only : undefined);
  return meant === undefined ? otherwise : `did you mean $${meant}?`;
}

/** "$p, $q". */
export function listed(names: readonly string[]): string {
  return names.map((name) => `$${name}`).join(", ");
}

/** The pieces of a text with values for its variables; a `VshiftError` unless each has one. */
export function withValues(tokens: readonly Token[], variables: Variables): readonly Token[] {
  requireNames(variables.keys(), namesIn(tokens));
  return tokens.map((token) => {
    if (token.kind !== "variable") return token;
    const name = nameOf(token);
    if (name === "") throw networkError(`$ at ${token.at} has no name`, "write for example $p");
    const value = variables.get(name);
    if (value === undefined)
      throw networkError(`$${name} at ${token.at} has no value`, `add \`variables\` ${name}=0.3`);
    const kind = IS_NUMBER.test(value) ? "number" : IS_SHAPE.test(value) ? "shape" : "word";
    return { ...token, kind, text: value, variable: name };
  });
}

function wrong(problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field: "variables", problem, hint });
}
