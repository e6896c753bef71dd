import { sentence } from "../errors.ts";
import { flagOf, withFlags } from "./options.ts";
import type { Spellings } from "./typed-flags.ts";

/** What an error line says; an error has it, and so has what is left of one that came from another thread. */
export interface ErrorWords {
  readonly field?: string | undefined;
  readonly problem: string;
  readonly hint?: string | undefined;
}

/** Where an error is, if not in a flag, and how the flags were typed. */
export interface ErrorSetting {
  readonly place?: string;
  readonly spellings?: Spellings | undefined;
}

/** Bad input as one line for stderr, fields by the names of their flags. */
export function errorLine({ field, problem, hint }: ErrorWords, { place, spellings }: ErrorSetting = {}): string {
  const flag = (name: string) => spellings?.get(name) ?? flagOf(name) ?? name;
  const where = [place, field && flag(field)].filter((part) => part !== undefined).join(": ");
  const words = withFlags(sentence({ field: where === "" ? undefined : where, problem, hint }), flag);
  return `vshift: ${words.replace(PASSWORD, "$1…@")}\n`;
}

/** In the address of a queue, wherever somebody typed one; that of an example is none. */
const PASSWORD = /\b((?:rediss?|postgres(?:ql)?):\/\/)(?!USER:PASSWORD@)\S*@/g;
