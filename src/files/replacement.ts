import {
  closeSync,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { pid } from "node:process";
import { writeAll } from "./write-all.ts";

/** A file that replaces another, or none, when it is whole, and not before. */
export interface Replacement {
  /** Adds a piece. */
  write(piece: string | Uint8Array): void;
  /** The file is whole, and replaces its target. */
  finish(): void;
  /** There will be no file; the target stays unchanged. */
  abandon(): void;
}

/** Who else may write to the same place at the same time. */
export type Writers = "any" | "this";

/**
 * Prepares a file that is written next to its target and renamed over it. Mode and owner of a file that it replaces stay.
 *
 * target    from `targetOf`: the path itself, and no link to it
 * writers   this process alone, where it holds a lock: what a run that was killed left of the file is then taken away
 *
 * Throws where no file can be made there, before there is anything to write.
 */
export function replacementOf(target: string, writers: Writers = "any"): Replacement {
  const partial = join(dirname(target), `.${basename(target)}.${writers === "any" ? `${pid}.` : ""}partial`);
  if (writers === "this") rmSync(partial, { force: true });
  // A trial, not left to lie there: it would outlive a run that is killed.
  closeSync(openSync(partial, "wx"));
  unlinkSync(partial);
  let descriptor: number | undefined;

  /** Until the file is whole, nobody may read it who may not read what it replaces. */
  function opened(): number {
    if (descriptor === undefined) {
      const { mode = 0o666 } = statSync(target, { throwIfNoEntry: false }) ?? {};
      descriptor = openSync(partial, "wx", mode & ALL_BITS);
    }
    return descriptor;
  }

  function abandon(): void {
    if (descriptor === undefined) return;
    closeSync(descriptor);
    descriptor = undefined;
    rmSync(partial, { force: true });
  }

  return {
    write: (piece) => orUndo(abandon, () => writeAll(opened(), typeof piece === "string" ? Buffer.from(piece) : piece)),
    finish: () =>
      orUndo(abandon, () => {
        const whole = opened();
        const before = statSync(target, { throwIfNoEntry: false });
        const isAlike = before === undefined || isMadeLike(whole, before);
        fsyncSync(whole);
        if (isAlike) renameSync(partial, target);
        // Somebody else's file stays theirs: it is written over in place.
        else copyFileSync(partial, target);
        abandon();
      }),
    abandon,
  };
}

/** Does it, or where that fails undoes what was done before. */
export function orUndo<Result>(undo: () => void, action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    undo();
    throw cause;
  }
}

/** Gives a file the owner and the mode of another; false where the owner is not ours to give. */
function isMadeLike(descriptor: number, { uid, gid, mode }: Stats): boolean {
  const own = fstatSync(descriptor);
  try {
    if (own.uid !== uid || own.gid !== gid) fchownSync(descriptor, uid, gid);
  } catch {
    return false;
  }
  fchmodSync(descriptor, mode & ALL_BITS);
  return true;
}

/** Of a mode: who may do what, and the three bits before that. */
const ALL_BITS = 0o7777;
