import { sentence } from "../errors.ts";
import { flagOf, withFlags } from "./options.ts";

/** What an error line says; an error has it, and so has what is left of one that came from another thread. */
export interface ErrorWords {
  readonly field?: string | undefined;
  readonly problem: string;
  readonly hint?: string | undefined;
}

/** Bad input as one line for stderr, fields by the names of their flags; `place` says where it is, if not in a flag. */
export function errorLine({ field, problem, hint }: ErrorWords, place?: string): string {
  const name = field && (flagOf(field) ?? field);
  const where = [place, name].filter((part) => part !== undefined).join(": ");
  return `vshift: ${withFlags(sentence({ field: where === "" ? undefined : where, problem, hint }))}\n`;
}
