import { VshiftError } from "../errors.ts";
import type { Domain } from "../numeric/domain.ts";
import { didYouMean } from "../suggestion.ts";
import { shown } from "./typed.ts";

// Whoever calls from JavaScript has no types that say what an argument must be. Each function of the library says it once more, as a rule
// that its arguments pass before anything else sees them; behind that door the types are true.

/** What an argument must be: throws a `VshiftError` for any other value. `place` is what the error calls it, as in "data.shape". */
export type Rule = (value: unknown, place: string) => void;

export interface RuleWords {
  readonly accepts: (value: unknown) => boolean;
  /** Completes "5 is not …". */
  readonly is: string;
  /** The next step. */
  readonly hint: string;
}

/** A value that must be given, and be something. */
export function required({ accepts, is, hint }: RuleWords): Rule {
  return (value, place) => {
    if (value === undefined) throw wrong(place, `is missing; it must be ${is}`, hint);
    if (!accepts(value)) throw wrong(place, `${shown(value)} is not ${is}`, hint);
  };
}

/** The same of a value that may be left out. Null is not the same as nothing. */
export function optional(rule: Rule): Rule {
  return (value, place) => {
    if (value !== undefined) rule(value, place);
  };
}

export function nullable(rule: Rule): Rule {
  return (value, place) => {
    if (value !== null) rule(value, place);
  };
}

/** An object whose properties follow rules; what it has besides is ignored. */
export function objectOf(rules: Readonly<Record<string, Rule>>, words: Omit<RuleWords, "accepts">): Rule {
  const object = required({ ...words, accepts: isObject });
  return (value, place) => {
    object(value, place);
    const given = value as Readonly<Record<string, unknown>>;
    for (const [name, rule] of Object.entries(rules)) rule(given[name], `${place}.${name}`);
  };
}

/** A list whose elements follow a rule. */
export function listOf(rule: Rule, words: Omit<RuleWords, "accepts">): Rule {
  const list = required({ ...words, accepts: Array.isArray });
  return (value, place) => {
    list(value, place);
    for (const [index, element] of (value as readonly unknown[]).entries()) rule(element, `${place}[${index}]`);
  };
}

/** An object of things by their names, each of which follows a rule. */
export function namedOf(rule: Rule, words: Omit<RuleWords, "accepts">): Rule {
  const object = required({ ...words, accepts: isObject });
  return (value, place) => {
    object(value, place);
    for (const [name, one] of Object.entries(value as object)) rule(one, `${place}[${JSON.stringify(name)}]`);
  };
}

/** A whole number in a range, or any number in it. */
export function numberFrom(
  { from, to, isWhole = false }: { readonly from: number; readonly to: number; readonly isWhole?: boolean },
  words: Omit<RuleWords, "accepts">,
): Rule {
  return required({
    ...words,
    accepts: (value) =>
      typeof value === "number" && value >= from && value <= to && (!isWhole || Number.isInteger(value)),
  });
}

/** A number of a domain. */
export function numberIn({ from, to, rule: is, hint }: Domain, { isWhole = false } = {}): Rule {
  return numberFrom({ from, to, isWhole }, { is, hint });
}

export function oneOf(choices: readonly string[]): Rule {
  return (value, place) => {
    const is = `one of ${choices.join(", ")}`;
    const hint = typeof value === "string" ? didYouMean(value, choices, "choose one of these") : "choose one of these";
    required({ accepts: (one) => choices.some((choice) => choice === one), is, hint })(value, place);
  };
}

export const TEXT: Rule = required({
  accepts: (value) => typeof value === "string" && value.isWellFormed(),
  is: "a text",
  hint: "write it in quotes",
});

export const YES_OR_NO: Rule = required({
  accepts: (value) => typeof value === "boolean",
  is: "true or false",
  hint: "leave it out for false",
});

export const CALLBACK: Rule = required({
  accepts: (value) => typeof value === "function",
  is: "a function",
  hint: "leave it out if nobody listens",
});

/** A signal that aborts: any object that works as one, since those of other realms and polyfills are of other classes. */
export const SIGNAL: Rule = required({
  accepts: (value) =>
    isObject(value) &&
    typeof value.aborted === "boolean" &&
    ["addEventListener", "removeEventListener", "throwIfAborted"].every((name) => typeof value[name] === "function"),
  is: "an AbortSignal",
  hint: "give the `signal` of an AbortController, or leave it out",
});

/** Numbers one after another: a list, or a typed array. Their values are looked at where they are read. */
export const NUMBERS: Rule = required({
  accepts: (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value),
  is: "a list or a typed array of numbers",
  hint: "give numbers, as in new Float32Array(6)",
});

const LENGTH = numberFrom(
  { from: 0, to: Number.MAX_SAFE_INTEGER, isWhole: true },
  { is: "the length of an axis, a whole number from 0", hint: "write for example shape: [2, 3]" },
);

/** Any number that is one. */
export const NUMBER: Rule = required({
  accepts: Number.isFinite,
  is: "a finite number",
  hint: "write for example 0.5",
});

/** Lengths of axes. */
export const SHAPE: Rule = listOf(LENGTH, {
  is: "a list of lengths, one for each axis",
  hint: "write for example shape: [2, 3]",
});

/** The content of a file, and what it is called. */
export const FILE: Rule = objectOf(
  {
    file: TEXT,
    bytes: required({
      accepts: (value) => value instanceof Uint8Array,
      is: "a Uint8Array",
      hint: "give the file's content, as in await readFile(file)",
    }),
  },
  { is: "a file", hint: 'write for example { file: "model.pt2", bytes: await readFile("model.pt2") }' },
);

/**
 * The check of a function's options: none may be there that it does not have, and each must follow its rule. All of the interface's
 * properties must have one.
 */
export function optionsOf<Options extends object>(
  rules: {
    readonly [Name in keyof Options]-?: Rule;
  },
): (given: unknown) => Options {
  const known = Object.entries<Rule>(rules);
  const names = known.map(([name]) => name);
  const object = required({
    accepts: (value) => isObject(value) && !Array.isArray(value),
    is: "an object of options",
    hint: `write for example { ${names[0]}: … }, or leave it out`,
  });
  return (given = {}) => {
    object(given, "options");
    const stray = Object.keys(given as object).find((name) => !Object.hasOwn(rules, name));
    if (stray !== undefined) {
      throw new VshiftError({
        code: "unknown-field",
        field: stray,
        problem: "is not an option of this function",
        hint: didYouMean(stray, names, `the options are ${names.join(", ")}`),
      });
    }
    for (const [name, rule] of known) rule((given as Readonly<Record<string, unknown>>)[name], name);
    return given as Options;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function wrong(field: string, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field, problem, hint });
}
