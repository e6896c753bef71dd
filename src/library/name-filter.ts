import { VshiftError } from "../errors.ts";
import { excerpt } from "../tensor/file-error.ts";

/** Which arrays of a file to read. */
export interface NameFilter {
  readonly takes: (name: string) => boolean;
  /** A `VshiftError` if a pattern took none of the names that were asked about. */
  readonly requireAllUsed: () => void;
}

/** Names as patterns, * for any text; without patterns, all arrays are read. */
export function createNameFilter(patterns: readonly string[] | undefined): NameFilter {
  if (patterns === undefined) return { takes: () => true, requireAllUsed: () => {} };
  const unused = new Set(patterns);
  const passedOver: string[] = [];
  return {
    takes(name) {
      const matching = patterns.filter((pattern) => matches(pattern, name));
      for (const pattern of matching) unused.delete(pattern);
      if (matching.length === 0 && passedOver.length <= MOST_NAMED) passedOver.push(excerpt(name));
      return matching.length > 0;
    },
    requireAllUsed() {
      const [pattern] = unused;
      if (pattern === undefined) return;
      const more = passedOver.length > MOST_NAMED ? ", …" : "";
      const others = `${passedOver.slice(0, MOST_NAMED).join(", ")}${more}`;
      throw new VshiftError({
        code: "invalid-value",
        field: "names",
        problem: `${excerpt(pattern)} does not match any array`,
        hint: passedOver.length === 0 ? "leave it out" : `choose from ${others} (* matches any text)`,
      });
    },
  };
}

/** Whether the pieces between the stars stand in the name, in this order, the first at its start and the last at its end. */
function matches(pattern: string, name: string): boolean {
  const [first = "", ...later] = pattern.split("*");
  const last = later.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of later) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return name.length - at >= last.length && name.endsWith(last);
}

const MOST_NAMED = 5;
