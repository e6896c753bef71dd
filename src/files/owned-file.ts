import { closeSync, fdatasync, fstatSync, fsyncSync, ftruncateSync, openSync, rmSync, statSync } from "node:fs";
import { lockOf } from "./lock.ts";
import { orUndo, replacementOf } from "./replacement.ts";
import { targetOf } from "./target.ts";
import { writeAll } from "./write-all.ts";

/** Somebody else removed, replaced or changed a file while it was ours to write. */
export class Disturbed extends Error {
  override readonly name = "Disturbed";
}

/**
 * A file that this process alone appends to. It stays the file that was opened: where its path leads to another one, or to none,
 * or where it is longer or shorter than what was written, everything that would write throws `Disturbed`, and nothing is written.
 */
export interface OwnedFile {
  /** For reading. */
  readonly descriptor: number;
  /** Adds to its end, whole or not at all; it is there for other processes at once, and for the disk soon. */
  append(bytes: Uint8Array): void;
  /** Cuts off what is beyond these bytes. */
  cutTo(size: number): void;
  /** Puts other content in its place, at once. */
  rewrite(pieces: Iterable<Uint8Array>): void;
  /** Throws `Disturbed` where it is not what was written any more. */
  confirm(): void;
  /** Confirms that the disk has all of it; then somebody else may write to it. */
  close(): void;
  /** Lets somebody else write to it, in any state; nothing where that is so already. */
  abandon(): void;
  /** Confirms it, and removes it. */
  remove(): void;
}

/** Opens a plain file, or begins it; throws `Locked` where another process writes to it. */
export function ownedFile(path: string): OwnedFile {
  const target = targetOf(path);
  if (statSync(target, { throwIfNoEntry: false })?.isFile() === false) throw new Error("it is not a regular file");
  const lock = lockOf(target);
  let descriptor = orUndo(lock.release, () => openSync(target, "a+"));
  let own = fstatSync(descriptor, { bigint: true });
  let size = Number(own.size);

  function confirm(): void {
    const now = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (now === undefined) throw new Disturbed("was removed while vshift wrote it");
    if (now.ino !== own.ino || now.dev !== own.dev) throw new Disturbed("was replaced while vshift wrote it");
    if (Number(now.size) !== size) throw new Disturbed("was changed by another program while vshift wrote it");
    if (!lock.isHeld()) throw new Disturbed("lost its lock while vshift wrote it");
  }

  let isSyncing = false;
  let isDirty = false;
  let fault: Error | null = null;

  /** One at a time: a disk that takes long for it gets several pieces with each. */
  function sync(): void {
    isDirty = true;
    if (isSyncing) return;
    isSyncing = true;
    isDirty = false;
    const synced = own;
    fdatasync(descriptor, (error) => {
      isSyncing = false;
      // The system tells of a lost write once, whoever asks. What was written again since is another file.
      if (synced === own) fault ??= error;
      if (isDirty) sync();
    });
  }

  function requireWritten(): void {
    if (fault !== null) throw fault;
  }

  let isOpen = true;

  function abandon(): void {
    if (!isOpen) return;
    isOpen = false;
    isDirty = false;
    closeSync(descriptor);
    lock.release();
  }

  return {
    get descriptor() {
      return descriptor;
    },
    append(bytes) {
      requireWritten();
      confirm();
      try {
        writeAll(descriptor, bytes);
      } catch (cause) {
        cutOff(descriptor, size);
        throw cause;
      }
      size += bytes.length;
      sync();
    },
    cutTo(length) {
      confirm();
      ftruncateSync(descriptor, length);
      size = length;
    },
    rewrite(pieces) {
      const replacement = replacementOf(target, "this");
      let written = 0;
      orUndo(replacement.abandon, () => {
        for (const piece of pieces) {
          replacement.write(piece);
          written += piece.length;
        }
        confirm();
      });
      replacement.finish();
      closeSync(descriptor);
      descriptor = openSync(target, "a+");
      own = fstatSync(descriptor, { bigint: true });
      size = written;
    },
    confirm,
    close() {
      orUndo(abandon, () => {
        confirm();
        fsyncSync(descriptor);
        requireWritten();
      });
      abandon();
    },
    abandon,
    remove() {
      orUndo(abandon, () => {
        confirm();
        rmSync(target);
      });
      abandon();
    },
  };
}

/** Takes back what was written in part; a disk that refuses leaves a line that is cut, which the next run drops. */
function cutOff(descriptor: number, size: number): void {
  try {
    ftruncateSync(descriptor, size);
  } catch {}
}
