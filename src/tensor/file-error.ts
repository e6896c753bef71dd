import { VshiftError } from "../errors.ts";
import { printable } from "../printable.ts";

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

/** The file and name of an array, for messages. */
export function placeOf(file: string, name: string): string {
  return `${file}: ${excerpt(name)}`;
}

/** A name from a file as a line can have it: printable, and not without end. */
export function excerpt(name: string): string {
  const whole = printable(name);
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
}

const LONGEST = 200;
