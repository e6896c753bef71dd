import { createReadStream } from "node:fs";
import { reason, VshiftError } from "../errors.ts";
import { createRecordReader, type RecordReader } from "../experiment/read-record.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import { parseJson } from "../json.ts";
import { type FileLine, linesIn } from "../sweep/lines.ts";
import type { PlacedRecord } from "../sweep/unite.ts";

/**
 * Reads records from files one after another, a line at a time: NDJSON, or JSON of one record or a list; "-" is standard
 * input. The memory does not grow with a file of lines.
 */
export async function* readRecords(
  paths: readonly string[],
  reader: Promise<RecordReader> = createRecordReader(),
): AsyncGenerator<PlacedRecord> {
  const read = await reader;
  for (const path of paths) {
    for await (const { text, place } of textsIn(path)) {
      if (!isOfEarlierStack(text)) yield { record: read(text, place), place };
      else for (const record of await earlierStack(text, place)) yield { record, place };
    }
  }
}

/** Whether a text may be the record of a whole stack: JSON that says so. In a text within it the quotes would be escaped. */
function isOfEarlierStack(text: string): boolean {
  return /"schema"\s*:\s*"vshift\.stack\/2"/.test(text);
}

async function earlierStack(text: string, place: string): Promise<readonly ShiftRecord[]> {
  return (await import("../experiment/earlier-stack.ts")).recordsOfEarlierStack(text, place);
}

/** The JSON text of a record, and what an error calls it. */
interface PlacedText {
  readonly text: string;
  readonly place: string;
}

async function* textsIn(path: string): AsyncGenerator<PlacedText> {
  const name = path === "-" ? "standard input" : path;
  const lines = linesIn(chunksOf(path, name), name);
  let number = 0;
  for await (const line of lines) {
    number++;
    // Some editors and shells begin a file with a byte order mark, or end lines with a carriage return.
    const text = (number === 1 ? line.text.replace(/^\uFEFF/, "") : line.text).replace(/\r$/, "");
    if (text.trim() === "") continue;
    if (!isWholeValue(text)) {
      yield* textsOfJson(await rest(text, lines, name), name);
      return;
    }
    yield { text, place: `${name}:${number}` };
  }
}

/** Whether a first line can be a record by itself; JSON that was laid out for reading begins with a bracket alone. */
function isWholeValue(line: string): boolean {
  return !/^\s*(\[.*|\{\s*)$/.test(line);
}

/** 256 MiB: some 100,000 records, laid out for reading. Such a document is held as a whole. */
const LARGEST_DOCUMENT = 2 ** 28;

async function rest(first: string, lines: AsyncIterable<FileLine>, name: string): Promise<string> {
  const all = [first];
  for await (const { text, end } of lines) {
    if (end > LARGEST_DOCUMENT) {
      throw invalid(name, `is a JSON document of more than ${LARGEST_DOCUMENT} bytes, the limit`);
    }
    all.push(text);
  }
  return all.join("\n");
}

function* textsOfJson(text: string, name: string): Generator<PlacedText> {
  const value = parseJson(text, { field: name, hint: AS_LINES });
  const values = Array.isArray(value) ? value : [value];
  for (const [index, one] of values.entries()) {
    const place = Array.isArray(value) ? `${name}[${index}]` : name;
    yield { text: JSON.stringify(one), place };
  }
}

async function* chunksOf(path: string, name: string): AsyncGenerator<Uint8Array> {
  const input: AsyncIterable<Uint8Array> = path === "-" ? process.stdin : createReadStream(path);
  try {
    yield* input;
  } catch (cause) {
    throw new VshiftError({
      code: "unreadable-file",
      field: name,
      problem: `cannot be read (${reason(cause)})`,
      hint: "check the path",
      cause,
    });
  }
}

const AS_LINES = "give NDJSON records, as vshift sweep writes them";

function invalid(field: string, problem: string): VshiftError {
  return new VshiftError({ code: "invalid-file", field, problem, hint: AS_LINES });
}
