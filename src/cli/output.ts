import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { reason, VshiftError } from "../errors.ts";
import type { OutputStream } from "./streams.ts";

/** Formats of every command that prints a result. */
export const FORMATS = ["table", "json", "ndjson", "csv", "markdown"] as const;
export type Format = (typeof FORMATS)[number];

/** Formats of many records. */
export const RECORDS_FORMATS = [...FORMATS, "parquet"] as const;
export type RecordsFormat = (typeof RECORDS_FORMATS)[number];

/** Formats of results that can be drawn. */
export const DRAWN_FORMATS = [...FORMATS, "svg", "png", "chart"] as const;
export type DrawnFormat = (typeof DRAWN_FORMATS)[number];

export type AnyFormat = RecordsFormat | DrawnFormat;

const FORMAT_OF_ENDING: { readonly [ending: string]: AnyFormat } = {
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".csv": "csv",
  ".md": "markdown",
  ".txt": "table",
  ".parquet": "parquet",
  ".svg": "svg",
  ".png": "png",
};

/** The format asked for; else the one that the output file's ending says; else a table for eyes and NDJSON for programs. */
export function chooseFormat<Kind extends AnyFormat>({
  format,
  formats,
  output,
  isTerminal,
}: FormatChoice<Kind>): Kind {
  if (format !== undefined) return format;
  const usual = isTerminal ? "table" : "ndjson";
  const wanted = isStandard(output) ? usual : FORMAT_OF_ENDING[extname(output).toLowerCase()];
  return formats.find((kind) => kind === wanted) ?? ("ndjson" as Kind);
}

export interface FormatChoice<Kind> {
  readonly format: Kind | undefined;
  /** Those that the command has. */
  readonly formats: readonly Kind[];
  readonly output: string | undefined;
  readonly isTerminal: boolean;
}

/** Puts a result where it belongs: whole, or not at all. */
export interface Delivery {
  /** Adds a piece of the result. */
  write(piece: string | Uint8Array): void;
  /** The result is whole, and goes to its place. */
  finish(): void;
  /** There will be no result; the place is left as it was. */
  abandon(): void;
}

/**
 * Finds out whether the place can be written before any work is done, so that a path that cannot be costs no measurement.
 * A file is written beside its place and renamed into it; what is no plain file (a pipe, a device) is written as it is.
 */
export function deliveryTo(path: string | undefined, stdout: Pick<OutputStream, "write">): Delivery {
  if (isStandard(path)) return { write: (piece) => void stdout.write(piece), finish() {}, abandon() {} };
  return deliveryToPath(path);
}

/** Whether a path is the standard stream: none was given, or "-". */
export function isStandard(path: string | undefined): path is "-" | undefined {
  return path === undefined || path === "-";
}

/** As `deliveryTo`, to a file. */
export function deliveryToPath(path: string): Delivery {
  const attempt = <Result>(action: () => Result): Result => {
    try {
      return action();
    } catch (cause) {
      throw unwritable(path, cause);
    }
  };
  const delivery = attempt(() => deliveryToFile(path));
  return {
    write: (piece) => attempt(() => delivery.write(piece)),
    finish: () => attempt(() => delivery.finish()),
    abandon: () => delivery.abandon(),
  };
}

function deliveryToFile(path: string): Delivery {
  if (path === "") throw new Error("the name is empty");
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing === undefined) return besideThenRenamed(path);
  if (existing.isDirectory()) throw new Error("it is a directory");
  if (existing.isFile()) return besideThenRenamed(realpathSync(path));
  accessSync(path, constants.W_OK);
  return { write: (piece) => appendFileSync(path, piece), finish() {}, abandon() {} };
}

function besideThenRenamed(path: string): Delivery {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  // A trial, not left to lie there: it would outlive a run that is killed.
  writeFileSync(beside, "", { flag: "wx" });
  unlinkSync(beside);
  let descriptor: number | undefined;

  function abandon(): void {
    if (descriptor === undefined) return;
    closeSync(descriptor);
    descriptor = undefined;
    rmSync(beside, { force: true });
  }

  function orAbandon(action: () => void): void {
    try {
      action();
    } catch (cause) {
      abandon();
      throw cause;
    }
  }

  return {
    write: (piece) =>
      orAbandon(() => {
        descriptor ??= openSync(beside, "wx");
        writeFileSync(descriptor, piece);
      }),
    finish: () =>
      orAbandon(() => {
        closeSync(descriptor ?? openSync(beside, "wx"));
        descriptor = undefined;
        renameSync(beside, path);
      }),
    abandon,
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
