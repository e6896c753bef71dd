import { accessSync, constants, realpathSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
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

/** Puts a result where it belongs: whole, or not at all. */
export type Delivery = (text: string) => void;

/**
 * Finds out whether the place can be written before any work is done, so that a path that cannot be costs no measurement.
 * A file is written beside its place and renamed into it; what is no plain file (a pipe, a device) is written as it is.
 */
export function deliveryTo(path: string | undefined, stdout: { write(text: string): unknown }): Delivery {
  if (path === undefined || path === "-") return (text) => void stdout.write(text);
  const attempt = <Result>(action: () => Result): Result => {
    try {
      return action();
    } catch (cause) {
      throw unwritable(path, cause);
    }
  };
  const write = attempt(() => deliveryToFile(path));
  return (text) => attempt(() => write(text));
}

function deliveryToFile(path: string): Delivery {
  if (path === "") throw new Error("the name is empty");
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing === undefined) return besideThenRenamed(path);
  if (existing.isDirectory()) throw new Error("it is a directory");
  if (existing.isFile()) return besideThenRenamed(realpathSync(path));
  accessSync(path, constants.W_OK);
  return (text) => writeFileSync(path, text);
}

function besideThenRenamed(path: string): Delivery {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  // A trial, not left to lie there: it would outlive a run that is killed.
  writeFileSync(beside, "", { flag: "wx" });
  unlinkSync(beside);
  return (text) => {
    try {
      writeFileSync(beside, text, { flag: "wx" });
      renameSync(beside, path);
    } catch (cause) {
      rmSync(beside, { force: true });
      throw cause;
    }
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
