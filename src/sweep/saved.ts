import { statSync } from "node:fs";
import { open } from "node:fs/promises";
import { linesOf } from "./lines.ts";

/** The ids of the records in a journal, which another process may be writing; none where there is no such file. */
export async function savedIds(path: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  // Whoever measures says what is wrong with anything else.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return ids;
  const file = await open(path, "r");
  try {
    for await (const { text } of linesOf(file, path)) {
      // A record begins with its schema, kernel and id; whoever resumes reads all of it.
      const id = ID.exec(text)?.[1];
      if (id !== undefined) ids.add(id);
    }
  } finally {
    await file.close();
  }
  return ids;
}

const ID = /^\{"schema":"[^"]*","kernel":"[^"]*","id":"([0-9a-f]{64})"/;
