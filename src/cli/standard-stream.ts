import { fstatSync, writeSync } from "node:fs";
import { reason, VshiftError } from "../errors.ts";
import type { OutputStream } from "./streams.ts";

/**
 * Standard output (1) or error (2), written at once. Node's own `process.stdout` would load what sockets and terminals need,
 * which takes longer than a small simulation; it is asked only whether a character device is a terminal.
 *
 * onClosed   told when its reader went away; what is written after that goes nowhere
 *
 * Standard output that takes nothing for another reason, as a full disk, is a `VshiftError`.
 */
export function standardStream(descriptor: 1 | 2, onClosed: () => void): OutputStream {
  let isClosed = false;
  return {
    write(piece) {
      if (isClosed) return;
      try {
        writeAll(descriptor, typeof piece === "string" ? Buffer.from(piece) : piece);
      } catch (error) {
        isClosed = true;
        // Without standard error there is nobody to tell.
        if (descriptor === 2 || (error as NodeJS.ErrnoException).code === "EPIPE") onClosed();
        else throw unwritable(error);
      }
    },
    get isTTY() {
      return isCharacterDevice(descriptor) && nodeStream(descriptor).isTTY === true;
    },
    get columns() {
      return isCharacterDevice(descriptor) ? nodeStream(descriptor).columns : undefined;
    },
  };
}

/** The stream that Node has for it, for those who need more of it than to write. */
export function nodeStream(descriptor: 1 | 2): NodeJS.WriteStream {
  return descriptor === 1 ? process.stdout : process.stderr;
}

function unwritable(cause: unknown): VshiftError {
  return new VshiftError({
    code: "unwritable-file",
    problem: `cannot write to standard output (${reason(cause)})`,
    hint: "use --output to write elsewhere",
    cause,
  });
}

function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}

/** A pipe that takes no more just now (EAGAIN) is asked again, since its reader may be slow. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

const RETRY_MS = 2;
