import { closeSync, openSync, renameSync, statSync, unlinkSync, writeSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { VshiftError } from "../errors.ts";
import { reason } from "./scenario-input.ts";

export const FORMATS = ["table", "json", "ndjson", "csv", "markdown"] as const;
export type Format = (typeof FORMATS)[number];

const FORMAT_OF_ENDING: { readonly [ending: string]: Format } = {
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".csv": "csv",
  ".md": "markdown",
  ".txt": "table",
};

/** The format asked for; else the one that the output file's ending says; else a table for eyes and NDJSON for programs. */
export function chooseFormat({ format, output, isTerminal }: FormatChoice): Format {
  if (format !== undefined) return format;
  if (output !== undefined && output !== "-") return FORMAT_OF_ENDING[extname(output).toLowerCase()] ?? "ndjson";
  return isTerminal ? "table" : "ndjson";
}

export interface FormatChoice {
  readonly format: Format | undefined;
  readonly output: string | undefined;
  readonly isTerminal: boolean;
}

/** Where results go: whole at the end, or not at all. */
export interface Destination {
  write(text: string): void;
  /** Leaves things as they were when nothing was written. */
  abandon(): void;
}

/**
 * Opens the destination before any work is done, so that a path that cannot be written costs no measurement. A file is
 * written beside its place and renamed into it; what is no plain file (a pipe, a device) is written as it is.
 */
export function openDestination(path: string | undefined, stdout: { write(text: string): unknown }): Destination {
  if (path === undefined || path === "-") return { write: (text) => void stdout.write(text), abandon() {} };
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing?.isDirectory()) throw new Error("it is a directory");
    return existing === undefined || existing.isFile() ? besideThenRenamed(path) : inPlace(path);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function besideThenRenamed(path: string): Destination {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  const file = openSync(beside, "wx");
  return {
    write(text) {
      try {
        writeSync(file, text);
        closeSync(file);
        renameSync(beside, path);
      } catch (cause) {
        throw unwritable(path, cause);
      }
    },
    abandon() {
      unlinkSync(beside);
    },
  };
}

function inPlace(path: string): Destination {
  const file = openSync(path, "w");
  return {
    write(text) {
      writeSync(file, text);
      closeSync(file);
    },
    abandon: () => closeSync(file),
  };
}

function unwritable(path: string, cause: unknown): VshiftError {
  return new VshiftError({
    code: "unwritable-file",
    field: "--output",
    problem: `cannot write ${path} (${reason(cause)})`,
    hint: "choose a file in a folder that exists and that you may write to",
    cause,
  });
}
