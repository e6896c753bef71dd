import { type BigIntStats, statSync } from "node:fs";

/** What a path leads to; undefined where it leads to nothing, or cannot be seen: opening it says why. */
export function statusOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
