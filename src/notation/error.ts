import { VshiftError } from "../errors.ts";

/** What is wrong with the text of a network, and what to do. */
export function networkError(problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field: "network", problem, hint });
}

/** Characters of a text that a message shows. */
const SHOWN = 40;

/** The part of a text from one character, from 1, to before another: its end where it is long. */
export function part(text: string, from: number, to: number): string {
  const shown = text
    .slice(from - 1, to - 1)
    .replace(/\s+/g, " ")
    .trim();
  return shown.length <= SHOWN ? shown : `…${shown.slice(-SHOWN)}`;
}
