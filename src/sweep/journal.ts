import { readSync } from "node:fs";
import { open } from "node:fs/promises";
import { reason, VshiftError } from "../errors.ts";
import type { RecordReader } from "../experiment/read-record.ts";
import { RECORD_SCHEMA, type ShiftRecord } from "../experiment/record.ts";
import { Locked } from "../files/lock.ts";
import { Disturbed, ownedFile } from "../files/owned-file.ts";
import { KERNEL_FINGERPRINT } from "../kernel/fingerprint.ts";
import { differenceOf } from "./difference.ts";
import { type FileLine, linesOf } from "./lines.ts";

/**
 * The records of a sweep in a file, a line each, appended as they are made: what was written survives the process at once,
 * and the machine as soon as the disk has it.
 */
export interface Journal {
  /** Appends the records of a cell that are not there yet, at once; `cell` is its number in the grid. */
  append(records: readonly ShiftRecord[], cell: number): void;
  /** Puts the lines in the order of the grid, if they are not. */
  arrange(): void;
  /** Throws where the file is not the one that was written. */
  confirm(): void;
  /** Ends without changing the lines, and confirms them. */
  close(): void;
  /** Ends, and removes the file. */
  remove(): void;
  /** Ends after something failed; what was written stays. */
  abandon(): void;
}

export interface JournalOptions {
  readonly path: string;
  /** Whether records that are there already count; else the file is begun again. */
  readonly resumes: boolean;
  /** Of each record of the sweep, by its id, the number in the grid of the cell that it is of. */
  readonly cells: ReadonlyMap<string, number>;
  readonly read: RecordReader;
  /** Told of each record that is there already. */
  readonly onRecord: (record: ShiftRecord, cell: number) => void;
}

/** Where a record's line is. */
interface Place {
  readonly cell: number;
  /** Its number among the positions of the cell. */
  readonly position: number;
  readonly start: number;
  readonly length: number;
}

/**
 * Opens the journal of a sweep and reads what it holds; a file that is not there is begun. A last line that was cut, as by a
 * crash, is dropped, and a line that is there twice counts once.
 *
 * A file that holds anything but records of this sweep, by this engine version, is a `VshiftError` and stays unchanged; so is one
 * that another process writes to, and one that somebody removes, replaces or changes before its end.
 */
export async function openJournal({ path, resumes, cells, read, onRecord }: JournalOptions): Promise<Journal> {
  const places: Place[] = [];
  const attempt = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      throw unwritable(path, places.length, cause);
    }
  };
  const file = attempt(() => ownedFile(path));
  const seen = new Map<string, { readonly place: Place; readonly number: number }>();
  let size = 0;
  let isRepeated = false;

  async function readLines(): Promise<void> {
    let number = 0;
    for await (const line of linesIn(path)) {
      number++;
      const where = `${path}:${number}`;
      if (line.isCut && !isJson(line)) {
        requireCutRecord(line, where);
        attempt(() => file.cutTo(size));
        return;
      }
      const record = read(line.text, where);
      const cell = cellOf(record, where, cells);
      const before = seen.get(record.id);
      if (before === undefined) {
        const length = line.end - line.start + (line.isCut ? 1 : 0);
        const place = { cell, position: positionIn(record), start: line.start, length };
        seen.set(record.id, { place, number });
        places.push(place);
        onRecord(record, cell);
      } else {
        const earlier = read(bytesAt(before.place).toString("utf8"), `${path}:${before.number}`);
        requireSame(record, earlier, { where, before: before.number });
        isRepeated = true;
      }
      size = line.end;
      if (!line.isCut) continue;
      attempt(() => file.append(Buffer.from("\n")));
      size++;
    }
  }

  function bytesAt({ start, length }: Place): Buffer {
    const bytes = Buffer.alloc(length);
    if (readSync(file.descriptor, bytes, 0, length, start) === length) return bytes;
    throw new Disturbed("was changed by another program while vshift wrote it");
  }

  function* sortedLines(): Generator<Buffer> {
    for (const place of [...places].sort(inOrder)) yield bytesAt(place);
  }

  function isInOrder(): boolean {
    return !isRepeated && places.every((place, index) => index === 0 || inOrder(places[index - 1] ?? place, place) < 0);
  }

  try {
    if (resumes) await readLines();
    else attempt(() => file.cutTo(0));
  } catch (error) {
    file.abandon();
    throw error;
  }

  return {
    append(records, cell) {
      const added = records.filter(({ id }) => !seen.has(id));
      const lines = added.map((record) => Buffer.from(`${JSON.stringify(record)}\n`));
      attempt(() => file.append(Buffer.concat(lines)));
      for (const [index, line] of lines.entries()) {
        const record = added[index];
        places.push({
          cell,
          position: record === undefined ? 0 : positionIn(record),
          start: size,
          length: line.length,
        });
        size += line.length;
      }
    },
    arrange() {
      if (!isInOrder()) attempt(() => file.rewrite(sortedLines()));
    },
    confirm: () => attempt(() => file.confirm()),
    close: () => attempt(() => file.close()),
    remove: () => attempt(() => file.remove()),
    abandon: () => file.abandon(),
  };
}

/** The order of the grid, and in a cell that of its positions. */
function inOrder(a: Place, b: Place): number {
  return a.cell - b.cell || a.position - b.position;
}

function positionIn({ position }: ShiftRecord): number {
  return position?.index ?? 0;
}

async function* linesIn(path: string): AsyncGenerator<FileLine> {
  const file = await open(path, "r");
  try {
    yield* linesOf(file, path);
  } finally {
    await file.close();
  }
}

/** No beginning of a record is JSON, except the whole of it. */
function isJson({ text }: FileLine): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Anything but the beginning of a record is somebody's own text, and not ours to cut off. What a file system had no time to write
 * before a crash is NUL.
 */
function requireCutRecord({ text }: FileLine, place: string): void {
  const beginning = `{"schema":"${RECORD_SCHEMA}",`;
  const written = text.slice(0, text.length - trailingNuls(text));
  if (written.startsWith(beginning) || beginning.startsWith(written)) return;
  throw invalid(place, "is not the start of a record", "choose another file for --output");
}

function trailingNuls(text: string): number {
  let count = 0;
  while (text.at(-1 - count) === "\0") count++;
  return count;
}

/** A line twice, as where two copies of a file were put together, is the same measurement. */
function requireSame(
  record: ShiftRecord,
  earlier: ShiftRecord,
  { where, before }: { readonly where: string; readonly before: number },
): void {
  const difference = differenceOf(record, earlier);
  if (difference === undefined) return;
  throw invalid(
    where,
    `has the same scenario as line ${before}, but a different ${difference}`,
    "remove one of the two lines",
  );
}

function cellOf(record: ShiftRecord, place: string, cells: ReadonlyMap<string, number>): number {
  if (record.kernel !== KERNEL_FINGERPRINT) {
    throw invalid(
      place,
      `was measured by another engine version (${record.kernel.slice(0, 12)}…), so its numbers differ from those of this vshift`,
      "finish it with the vshift that started it, or choose another file for --output",
    );
  }
  const cell = cells.get(record.id);
  if (cell !== undefined) return cell;
  throw invalid(
    place,
    `is not part of this sweep (seed ${JSON.stringify(record.scenario.seed)}, id ${record.id.slice(0, 12)}…)`,
    "use the flags that the file was started with, choose another file for --output, or add --no-resume to replace it",
  );
}

function invalid(place: string, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-file", field: place, problem, hint });
}

function unwritable(path: string, kept: number, cause: unknown): VshiftError {
  const fault = (problem: string, hint: string) =>
    new VshiftError({ code: "unwritable-file", field: "--output", problem, hint, cause });
  if (cause instanceof Locked) {
    return fault(
      `${path} is being written by process ${cause.holder.pid} on ${cause.holder.host}`,
      `wait for it, or choose another file (if it is no longer running, remove ${cause.path})`,
    );
  }
  if (cause instanceof Disturbed) {
    return fault(`${path} ${cause.message}`, "run the same command again, and do not change the file until it ends");
  }
  const records = kept === 0 ? "" : `, and keeps the ${kept === 1 ? "record" : `${kept} records`} in it`;
  return fault(
    `cannot write ${path} (${reason(cause)})${records}`,
    "make room or choose another file, and run the same command again to resume",
  );
}
