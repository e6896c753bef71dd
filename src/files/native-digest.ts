import { createHash } from "node:crypto";
import { endianness } from "node:os";
import { digestOf, type RealArray } from "../scenario/arrays.ts";

/** `digestOf` by the processor's own instructions, a hundred times as fast: files may have millions of numbers. */
export function nativeDigest(array: RealArray): string {
  if (endianness() !== "LE") return digestOf(array);
  const { rows, columns, values } = array;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return createHash("sha256").update(`${rows} ${columns}\n`).update(bytes).digest("hex");
}
