import type { FileHandle } from "node:fs/promises";

/** A line of a file and where it lies, in bytes; `end` is that of the next line. */
export interface FileLine {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether the file goes on to its end without a line break. */
  readonly isCut: boolean;
}

const CHUNK_BYTES = 2 ** 16;
const LINE_BREAK = 10;

/** The lines of a file, read a piece at a time. */
export async function* linesOf(file: FileHandle): AsyncGenerator<FileLine> {
  let held = Buffer.alloc(0);
  let start = 0;
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    held = Buffer.concat([held, buffer.subarray(0, bytesRead)]);
    let from = 0;
    for (let to = held.indexOf(LINE_BREAK); to !== -1; to = held.indexOf(LINE_BREAK, from)) {
      const length = to + 1 - from;
      yield { text: held.toString("utf8", from, to), start, end: start + length, isCut: false };
      start += length;
      from = to + 1;
    }
    held = held.subarray(from);
  }
  if (held.length > 0) yield { text: held.toString("utf8"), start, end: start + held.length, isCut: true };
}
