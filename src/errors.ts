import { printable } from "./printable.ts";

/** What kind of mistake it was; stable, for programs that branch on it. */
export type ErrorCode = (typeof ERROR_CODES)[number];

export const ERROR_CODES = [
  "invalid-value",
  "conflicting-fields",
  "unknown-field",
  "unreadable-file",
  "invalid-file",
  "unwritable-file",
] as const;

/** What a {@link VshiftError} is made of. */
export interface ErrorParts {
  readonly code: ErrorCode;
  /** The scenario field, flag or file at fault. */
  readonly field?: string;
  /**
   * What is wrong, with the value and the rule it breaks; other fields in `backticks`, this one not named again, no final
   * full stop.
   */
  readonly problem: string;
  /** The next step; fields in `backticks`, no final full stop. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The one error that vshift throws for bad input: a code, the field, what is wrong with the value, and the next step.
 * Its message is all of that in one line.
 *
 * Anything else that is thrown is an internal error.
 */
export class VshiftError extends Error {
  override readonly name = "VshiftError";
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly problem: string;
  readonly hint: string | undefined;

  constructor({ code, field, problem, hint, cause }: ErrorParts) {
    super(sentence({ field, problem, hint }), cause === undefined ? undefined : { cause });
    this.code = code;
    this.field = field;
    this.problem = problem;
    this.hint = hint;
  }
}

/** The parts of an error as one printable line; the command line calls it with the flag instead of the field. */
export function sentence({
  field,
  problem,
  hint,
}: {
  readonly field?: string | undefined;
  readonly problem: string;
  readonly hint?: string | undefined;
}): string {
  return printable(`${field === undefined ? "" : `${field}: `}${problem}${hint === undefined ? "" : `; ${hint}`}`);
}

/** The system's short name for what went wrong: "ENOENT: no such file or directory" without the path. */
export function reason(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "EISDIR") return "it is a directory";
  return error instanceof Error ? (error.message.split(",")[0] as string) : String(error);
}
