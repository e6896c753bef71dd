import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { reason, VshiftError } from "../errors.ts";
import { createRecordReader } from "../experiment/read-record.ts";
import type { PlacedRecord } from "../sweep/unite.ts";

/**
 * Reads records from files one after another, a line at a time: NDJSON, or JSON of one record or a list; "-" is standard
 * input. The memory does not grow with a file of lines.
 */
export async function* readRecords(paths: readonly string[]): AsyncGenerator<PlacedRecord> {
  yield* readAll(paths, await createRecordReader());
}

/** Makes something of the JSON text of one record; `place` is what an error calls it. */
type Read<Kind> = (text: string, place: string) => Kind;

interface Placed<Kind> {
  readonly record: Kind;
  readonly place: string;
}

/** As `readRecords`, of records of any kind. */
export async function* readAll<Kind>(paths: readonly string[], read: Read<Kind>): AsyncGenerator<Placed<Kind>> {
  for (const path of paths) yield* recordsIn(path, read);
}

async function* recordsIn<Kind>(path: string, read: Read<Kind>): AsyncGenerator<Placed<Kind>> {
  const name = path === "-" ? "standard input" : path;
  const lines = linesOf(path, name);
  let number = 0;
  for await (const line of lines) {
    number++;
    // Some editors and shells begin a file with a byte order mark.
    const text = number === 1 ? line.replace(/^\uFEFF/, "") : line;
    if (text.trim() === "") continue;
    if (!isWholeValue(text)) {
      yield* recordsOfJson(await rest(text, lines), name, read);
      return;
    }
    yield { record: read(text, `${name}:${number}`), place: `${name}:${number}` };
  }
}

/** Whether a first line can be a record by itself; JSON that was laid out for reading begins with a bracket alone. */
function isWholeValue(line: string): boolean {
  return !/^\s*(\[.*|\{\s*)$/.test(line);
}

async function rest(first: string, lines: AsyncIterable<string>): Promise<string> {
  const all = [first];
  for await (const line of lines) all.push(line);
  return all.join("\n");
}

function* recordsOfJson<Kind>(text: string, name: string, read: Read<Kind>): Generator<Placed<Kind>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The reader says what is wrong with it.
    yield { record: read(text, name), place: name };
    return;
  }
  const values = Array.isArray(value) ? value : [value];
  for (const [index, one] of values.entries()) {
    const place = Array.isArray(value) ? `${name}[${index}]` : name;
    yield { record: read(JSON.stringify(one), place), place };
  }
}

async function* linesOf(path: string, name: string): AsyncGenerator<string> {
  const input = path === "-" ? process.stdin : createReadStream(path);
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
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
