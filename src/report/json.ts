/** One value as indented JSON. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** One value as a line of newline-delimited JSON. */
export function ndjson(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** Values as newline-delimited JSON, a line each. */
export async function* ndjsonOf(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield ndjson(value);
}

/** Values as one indented JSON array, of the same bytes as `json` of them all. */
export async function* jsonArrayOf(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<string> {
  let isEmpty = true;
  for await (const value of values) {
    yield `${isEmpty ? "[" : ","}\n  ${JSON.stringify(value, null, 2).replaceAll("\n", "\n  ")}`;
    isEmpty = false;
  }
  yield isEmpty ? "[]\n" : "\n]\n";
}
