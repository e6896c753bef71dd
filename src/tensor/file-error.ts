import { VshiftError } from "../errors.ts";

/** Where in the input something is wrong, and what. */
export interface FileFault {
  /** The file, and the array in it: "model.safetensors: fc1.weight". */
  readonly where: string;
  readonly problem: string;
  readonly hint: string;
  readonly cause?: unknown;
}

export function invalidFile({ where, problem, hint, cause }: FileFault): VshiftError {
  return new VshiftError({ code: "invalid-file", field: where, problem, hint, cause });
}

/** The place of an array in a file, for messages. */
export function placeOf(file: string, name: string): string {
  return `${file}: ${printable(name)}`;
}

/** A name from a file on one line, with nothing in it that a terminal would obey, and not without end. */
export function printable(name: string): string {
  const whole = name.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
}

const LONGEST = 200;
