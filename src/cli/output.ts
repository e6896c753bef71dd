import { accessSync, appendFileSync, constants, statSync } from "node:fs";
import { extname } from "node:path";
import { reason, VshiftError } from "../errors.ts";
import { type Replacement, replacementOf, type Writers } from "../files/replacement.ts";
import { statusOf } from "../files/status.ts";
import { targetOf } from "../files/target.ts";
import { type AnyFormat, formatKind } from "../report/formats.ts";
import type { OutputStream } from "./streams.ts";

/**
 * The format asked for; else the one that the output file's ending says; else, on standard output and where there is no plain
 * file, the usual one of eyes or of programs. A `VshiftError` for an ending that says none of the formats.
 */
export function chooseFormat<Kind extends AnyFormat>(choice: FormatChoice<Kind>): Kind {
  const { format, formats, output, isTerminal } = choice;
  if (format !== undefined && !formats.includes(format)) throw noFormat(format, formats);
  const chosen = format ?? (hasEnding(output) ? formatOfEnding(output, formats) : usualFormat(choice));
  if (!isTerminal || !formatKind(chosen).isBinary) return chosen;
  throw new VshiftError({
    code: "invalid-value",
    field: "--format",
    problem: `${chosen} is binary, and cannot be shown in a terminal`,
    hint: `add --output result${formatKind(chosen).endings[0]}`,
  });
}

/** A command may have more formats than one of its results. */
function noFormat(format: string, formats: readonly string[]): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field: "--format",
    problem: `${format} is not a format of this result, which has ${formats.join(", ")}`,
    hint: "choose one of these",
  });
}

export interface FormatChoice<Kind> {
  readonly format: Kind | undefined;
  /** Those that the command has. */
  readonly formats: readonly Kind[];
  readonly output: string | undefined;
  readonly isTerminal: boolean;
}

/** A pipe or a device has a name of the system's. */
function hasEnding(output: string | undefined): output is string {
  return !isStandard(output) && statusOf(output)?.isFile() !== false;
}

function formatOfEnding<Kind extends AnyFormat>(output: string, formats: readonly Kind[]): Kind {
  const ending = extname(output).toLowerCase();
  const found = formats.find((kind) => formatKind(kind).endings.includes(ending));
  if (found !== undefined) return found;
  const known = [...new Set(formats.flatMap((kind) => formatKind(kind).endings))];
  throw new VshiftError({
    code: "invalid-value",
    field: "--output",
    problem: `${output === "" ? '""' : output} has ${ending === "" ? "no file extension, which sets the format" : `the file extension ${ending}, which is not a format of this command`}`,
    hint: `use ${known.slice(0, -1).join(", ")} or ${known.at(-1)}, or add --format`,
  });
}

function usualFormat<Kind extends AnyFormat>({ formats, isTerminal }: FormatChoice<Kind>): Kind {
  const usual = formats.find((kind) => formatKind(kind).usualOf === (isTerminal ? "terminal" : "pipe"));
  if (usual === undefined) throw new RangeError("a command has no usual format");
  return usual;
}

/** Puts a result where it belongs: whole, or not at all. */
export type Delivery = Replacement;

/**
 * Finds out whether the destination can be written before any work is done, so that a path that cannot be costs no measurement.
 * A file is written next to its destination and renamed to it; anything but a plain file (a pipe, a device) is written directly.
 */
export function deliveryTo(path: string | undefined, stdout: Pick<OutputStream, "write">): Delivery {
  if (isStandard(path)) return { write: (piece) => void stdout.write(piece), finish() {}, abandon() {} };
  return deliveryToPath(path);
}

/** Whether a path is the standard stream: none was given, or "-". */
export function isStandard(path: string | undefined): path is "-" | undefined {
  return path === undefined || path === "-";
}

/** As `deliveryTo`, to a file; `flag` is the one that names it, `writers` those of that file. */
export function deliveryToPath(path: string, { flag = "--output", writers = "any" }: PathSetting = {}): Delivery {
  const attempt = <Result>(action: () => Result): Result => {
    try {
      return action();
    } catch (cause) {
      throw unwritable({ path, flag }, cause);
    }
  };
  const delivery = attempt(() => deliveryToFile(path, writers));
  return {
    write: (piece) => attempt(() => delivery.write(piece)),
    finish: () => attempt(() => delivery.finish()),
    abandon: () => delivery.abandon(),
  };
}

export interface PathSetting {
  readonly flag?: string;
  readonly writers?: Writers;
}

function deliveryToFile(path: string, writers: Writers): Delivery {
  if (path === "") throw new Error("the file name is empty");
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing === undefined || existing.isFile()) return replacementOf(targetOf(path), writers);
  if (existing.isDirectory()) throw new Error("it is a directory");
  accessSync(path, constants.W_OK);
  return appendedTo(path);
}

/** What is added to the end of a file, a pipe or a device. */
export function appendedTo(path: string): Delivery {
  return { write: (piece) => appendFileSync(path, piece), finish() {}, abandon() {} };
}

function unwritable({ path, flag }: { readonly path: string; readonly flag: string }, cause: unknown): VshiftError {
  return new VshiftError({
    code: "unwritable-file",
    field: flag,
    problem: `cannot write ${path === "" ? "the result" : path} (${reason(cause)})`,
    hint: "choose a file in a folder that exists and is writable",
    cause,
  });
}
