import { Buffer, isUtf8 } from "node:buffer";
import type { FileHandle } from "node:fs/promises";
import { VshiftError } from "../errors.ts";

/** A line of a file and where it lies, in bytes; `end` is that of the next line. */
export interface FileLine {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether the file goes on to its end without a line break. */
  readonly isCut: boolean;
}

/** 16 MiB. A record takes some 4 KB; a longer line is not a record, and would fill memory. */
export const LONGEST_LINE = 2 ** 24;

const CHUNK_BYTES = 2 ** 16;
const LINE_BREAK = 10;

/** The lines of a file; see `linesIn`. */
export function linesOf(file: FileHandle, name?: string): AsyncGenerator<FileLine> {
  return linesIn(chunksOf(file), name);
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * The lines of a text in UTF-8 that comes in pieces. The memory is that of the longest line.
 *
 * name   what errors call the text, before the number of the line
 *
 * A line of more than 16 MiB, and bytes that are not UTF-8, are a `VshiftError`; only the last line, if nothing ends it, may
 * end within a character.
 */
export async function* linesIn(chunks: AsyncIterable<Uint8Array>, name?: string): AsyncGenerator<FileLine> {
  // Pieces of the line under way, joined once when it ends.
  let held: Uint8Array[] = [];
  let length = 0;
  let start = 0;
  let number = 1;
  const hold = (piece: Uint8Array) => {
    held.push(piece);
    length += piece.length;
    if (length <= LONGEST_LINE) return;
    const problem = `is longer than ${LONGEST_LINE} bytes, the limit of a line`;
    throw invalid({ name, number, problem, hint: "give NDJSON records, as vshift sweep writes them" });
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(LINE_BREAK); to !== -1; to = chunk.indexOf(LINE_BREAK, from)) {
      hold(chunk.subarray(from, to));
      const end = start + length + 1;
      yield { text: textOf(held, { name, number, isCut: false }), start, end, isCut: false };
      held = [];
      length = 0;
      start = end;
      number++;
      from = to + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  }
  if (length > 0) yield { text: textOf(held, { name, number, isCut: true }), start, end: start + length, isCut: true };
}

interface LinePlace {
  readonly name: string | undefined;
  readonly number: number;
}

function textOf(pieces: readonly Uint8Array[], { isCut, ...place }: LinePlace & Pick<FileLine, "isCut">): string {
  const [first] = pieces;
  const line = pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
  if (!isUtf8(line) && !(isCut && isUtf8(withoutCutCharacter(line)))) {
    throw invalid({
      ...place,
      problem: "is not UTF-8 text",
      hint: "save it in UTF-8, or copy it again if it is damaged",
    });
  }
  return Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString("utf8");
}

/** The bytes before the first one of a last character that is not all there; RFC 3629, §3. */
function withoutCutCharacter(line: Uint8Array): Uint8Array {
  for (let missing = 1; missing <= 3; missing++) {
    const byte = line.at(-missing) ?? 0;
    if (byte >= 0xc2 && byte <= 0xf4) return line.subarray(0, -missing);
    if (byte < 0x80 || byte > 0xbf) break;
  }
  return line;
}

interface LineFault extends LinePlace {
  readonly problem: string;
  readonly hint: string;
}

function invalid({ name, number, problem, hint }: LineFault): VshiftError {
  const field = name === undefined ? `line ${number}` : `${name}:${number}`;
  return new VshiftError({ code: "invalid-file", field, problem, hint });
}
