import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { reason, VshiftError } from "../errors.ts";

/** The bytes of a file, once in memory. */
export function readBytes(path: string): Uint8Array {
  try {
    const descriptor = openSync(path, "r");
    try {
      const { size, isFile } = described(descriptor);
      // A pipe does not know its size.
      return isFile ? filled(descriptor, new Uint8Array(size)) : readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    const isTooLarge = cause instanceof RangeError;
    throw new VshiftError({
      code: "unreadable-file",
      field: path,
      problem: isTooLarge ? "is too large for the memory available" : `cannot be read (${reason(cause)})`,
      hint: isTooLarge ? "save only the weights, in several files" : "check the path",
      cause,
    });
  }
}

function described(descriptor: number): { readonly size: number; readonly isFile: boolean } {
  const status = fstatSync(descriptor);
  return { size: status.size, isFile: status.isFile() };
}

/** Reads piece by piece: one read has a limit of 2 GiB. */
function filled(descriptor: number, bytes: Uint8Array): Uint8Array {
  let at = 0;
  while (at < bytes.length) {
    const count = readSync(descriptor, bytes, at, Math.min(PIECE, bytes.length - at), null);
    if (count === 0) return bytes.subarray(0, at);
    at += count;
  }
  return bytes;
}

const PIECE = 2 ** 30;
