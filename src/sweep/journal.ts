import { closeSync, fdatasync, fsyncSync, ftruncateSync, openSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { reason, VshiftError } from "../errors.ts";
import type { RecordReader } from "../experiment/read-record.ts";
import { RECORD_SCHEMA, type ShiftRecord } from "../experiment/record.ts";
import { KERNEL_FINGERPRINT } from "../kernel/fingerprint.ts";
import { arrangeLines, type Place } from "./arrange-lines.ts";
import { type FileLine, linesOf } from "./lines.ts";
import { writeAll } from "./write-all.ts";

/**
 * The records of a sweep in a file, a line each, appended as they are made: what was written survives the process at once,
 * and the machine as soon as the disk has it.
 */
export interface Journal {
  /** Appends a record; `cell` is its place in the grid. */
  append(record: ShiftRecord, cell: number): void;
  /** Puts the lines in the order of the grid, if they are not, and ends. */
  finish(): void;
  /** Ends with the lines as they are. */
  close(): void;
}

export interface JournalOptions {
  readonly path: string;
  /** Whether records that are there already count; else the file is begun anew. */
  readonly resumes: boolean;
  /** The place in the grid of each scenario of the sweep, by its id. */
  readonly cells: ReadonlyMap<string, number>;
  readonly read: RecordReader;
  /** Told of each record that is there already. */
  readonly onRecord: (record: ShiftRecord, cell: number) => void;
}

/**
 * Opens the journal of a sweep and reads what it holds; a file that is not there is begun. A last line that was cut, as by a
 * crash, is dropped.
 *
 * A file that holds anything but records of this sweep, drawn by this kernel, is a `VshiftError` and left as it is.
 */
export async function openJournal({ path, resumes, cells, read, onRecord }: JournalOptions): Promise<Journal> {
  const places: Place[] = [];
  const seen = new Map<number, number>();
  const attempt = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      throw unwritable(path, places.length, cause);
    }
  };
  const descriptor = attempt(() => opened(path, resumes));
  let size = 0;
  let isCutOff = false;
  let isMended = false;
  try {
    let number = 0;
    for await (const line of linesIn(path)) {
      number++;
      const place = `${path}:${number}`;
      if (line.isCut && !isJson(line)) {
        requireCutRecord(line, place);
        isCutOff = true;
        break;
      }
      const record = read(line.text, place);
      const cell = cellOf(record, place, cells);
      const before = seen.get(cell);
      if (before !== undefined)
        throw invalid(place, `is of the same cell as line ${before}`, "remove one of the two lines");
      seen.set(cell, number);
      places.push({ cell, start: line.start, length: line.end - line.start + (line.isCut ? 1 : 0) });
      isMended = line.isCut;
      size = line.end;
      onRecord(record, cell);
    }
    attempt(() => mend());
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }

  /** Cuts off what is no whole line, and ends the last one. */
  function mend(): void {
    if (isCutOff) ftruncateSync(descriptor, size);
    if (!isMended) return;
    writeAll(descriptor, Buffer.from("\n"));
    size++;
  }

  let isSyncing = false;
  let isDirty = false;

  /** One at a time: a disk that takes long for it gets several lines with each. */
  function sync(): void {
    isDirty = true;
    if (isSyncing) return;
    isSyncing = true;
    isDirty = false;
    fdatasync(descriptor, () => {
      isSyncing = false;
      if (isDirty) sync();
    });
  }

  function isInOrder(): boolean {
    return places.every(({ cell }, index) => index === 0 || (places[index - 1]?.cell ?? 0) < cell);
  }

  function end(): void {
    isDirty = false;
    fsyncSync(descriptor);
    closeSync(descriptor);
  }

  return {
    append(record, cell) {
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      try {
        writeAll(descriptor, line);
      } catch (cause) {
        ftruncateSync(descriptor, size);
        throw unwritable(path, places.length, cause);
      }
      places.push({ cell, start: size, length: line.length });
      size += line.length;
      sync();
    },
    finish() {
      attempt(() => {
        if (!isInOrder()) arrangeLines({ path, descriptor, places, size });
        end();
      });
    },
    close: () => attempt(end),
  };
}

/** Only a plain file can be read again, and cut. */
function opened(path: string, resumes: boolean): number {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) throw new Error("it is no plain file");
  const descriptor = openSync(path, "a+");
  if (!resumes) ftruncateSync(descriptor, 0);
  return descriptor;
}

async function* linesIn(path: string): AsyncGenerator<FileLine> {
  const file = await open(path, "r");
  try {
    yield* linesOf(file);
  } finally {
    await file.close();
  }
}

/** No beginning of a record is JSON, but for the whole of it. */
function isJson({ text }: FileLine): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Anything but the beginning of a record is somebody's own text, and not ours to cut off. */
function requireCutRecord({ text }: FileLine, place: string): void {
  const beginning = `{"schema":"${RECORD_SCHEMA}",`;
  if (text.startsWith(beginning) || beginning.startsWith(text)) return;
  throw invalid(place, "is not the beginning of a record", "choose another file for --output");
}

function cellOf(record: ShiftRecord, place: string, cells: ReadonlyMap<string, number>): number {
  if (record.kernel !== KERNEL_FINGERPRINT) {
    throw invalid(
      place,
      `was drawn by another kernel (${record.kernel.slice(0, 12)}…), whose numbers are not those of this vshift`,
      "finish it with the vshift that began it, or choose another file for --output",
    );
  }
  const cell = cells.get(record.id);
  if (cell !== undefined) return cell;
  throw invalid(
    place,
    `is of a scenario that is not in this sweep (seed ${JSON.stringify(record.scenario.seed)}, id ${record.id.slice(0, 12)}…)`,
    "give the flags that the file was begun with, choose another file for --output, or --no-resume to replace it",
  );
}

function invalid(place: string, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-file", field: place, problem, hint });
}

function unwritable(path: string, kept: number, cause: unknown): VshiftError {
  const records = kept === 0 ? "" : `; the ${kept} records in it are kept`;
  return new VshiftError({
    code: "unwritable-file",
    field: "--output",
    problem: `cannot write ${path} (${reason(cause)})${records}`,
    hint: "make room or choose another file; the same command goes on where this one ended",
    cause,
  });
}
