import type { Option } from "commander";
import { VshiftError } from "../errors.ts";
import { suggested } from "../suggestion.ts";

/** A variable that gives the value of a flag. */
export interface Variable {
  readonly name: string;
  readonly option: Option;
  readonly value: unknown;
}

const PREFIX = "VSHIFT_";
/** Variables that do not set a flag. */
const OTHERS = ["VSHIFT_DEBUG"];

/** The variables of a flag: VSHIFT_BATCH_SIZE for --batch-size, VSHIFT_KEEP and VSHIFT_P for --p, --keep; the first one counts. */
export function variableNames({ long, short, hidden }: Option): readonly string[] {
  if (hidden) return [];
  return [long, short].flatMap((flag) =>
    flag?.startsWith("--") ? `${PREFIX}${flag.slice(2).toUpperCase().replaceAll("-", "_")}` : [],
  );
}

/**
 * What the environment says of a command's flags. One that is empty says nothing. A flag without a value takes 1 or true, and 0 or
 * false; one that may be repeated takes one value.
 *
 * all  the flags of all commands: a choice that only others have, as a format, is passed over
 */
export function variablesOf(
  options: readonly Option[],
  { env, all }: { readonly env: NodeJS.ProcessEnv; readonly all: () => readonly Option[] },
): readonly Variable[] {
  return options.flatMap((option) => {
    const name = variableNames(option).find((each) => env[each]);
    const text = name && env[name];
    if (!name || !text || isOfOthers(option, text, all)) return [];
    const value = valueIn(option, { name, text });
    // "Not no" says nothing.
    return option.negate && value === true ? [] : { name, option, value };
  });
}

function isOfOthers({ argChoices, long }: Option, text: string, all: () => readonly Option[]): boolean {
  if (argChoices === undefined || argChoices.includes(text)) return false;
  return all().some((other) => other.long === long && other.argChoices?.includes(text));
}

function valueIn(option: Option, { name, text }: { readonly name: string; readonly text: string }): unknown {
  const refuse = (problem: string, hint: string, cause?: unknown) =>
    new VshiftError({ code: "invalid-value", field: name, problem: `${JSON.stringify(text)} ${problem}`, hint, cause });
  const isOn = text === "1" || text === "true";
  if (option.optional && isOn) return true;
  if (option.required || option.optional) {
    try {
      return option.parseArg === undefined ? text : option.parseArg(text, undefined);
    } catch (cause) {
      throw refuse("is not a value that the flag has", `use one of ${option.argChoices?.join(", ")}`, cause);
    }
  }
  if (!isOn && text !== "0" && text !== "false") throw refuse("is not 1 or 0", `use 1 for ${option.long}`);
  return isOn !== option.negate;
}

/** Notes on variables that no flag has, where one has nearly their name. */
export function misspelt(env: NodeJS.ProcessEnv, all: () => readonly Option[]): readonly string[] {
  const given = Object.keys(env).filter((name) => name.startsWith(PREFIX) && env[name] && !OTHERS.includes(name));
  if (given.length === 0) return [];
  const known = all().flatMap(variableNames);
  return given.flatMap((name) => {
    if (known.includes(name)) return [];
    const near = suggested(withoutPrefix(name), known.map(withoutPrefix));
    return near === undefined ? [] : `${name} sets no flag; did you mean ${PREFIX}${near}?`;
  });
}

function withoutPrefix(name: string): string {
  return name.slice(PREFIX.length);
}
