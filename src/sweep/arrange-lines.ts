import { closeSync, fstatSync, fsyncSync, openSync, readSync, realpathSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pid } from "node:process";
import { writeAll } from "./write-all.ts";

/** Where a record's line is. */
export interface Place {
  readonly cell: number;
  readonly start: number;
  readonly length: number;
}

export interface Arrangement {
  readonly path: string;
  readonly descriptor: number;
  readonly places: readonly Place[];
  /** Of the file, as far as its lines are known. */
  readonly size: number;
}

/** Copies the lines in the order of the grid to a file beside it, and puts that in its place. */
export function arrangeLines({ path: given, descriptor, places, size }: Arrangement): void {
  if (fstatSync(descriptor).size !== size) {
    throw new Error("somebody else writes to it; its lines stay in the order that they came in");
  }
  // A link stays, and the file that it leads to is replaced.
  const path = realpathSync(given);
  const beside = join(dirname(path), `.${basename(path)}.${pid}.partial`);
  const sorted = openSync(beside, "wx");
  try {
    for (const { start, length } of [...places].sort((a, b) => a.cell - b.cell)) {
      const line = Buffer.alloc(length);
      readSync(descriptor, line, 0, length, start);
      writeAll(sorted, line);
    }
    fsyncSync(sorted);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(sorted);
  }
}
