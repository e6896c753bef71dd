import { writeSync } from "node:fs";

/** Writes all of it where the file stands; a disk may take it in parts. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}
