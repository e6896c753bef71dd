/**
 * The first key that the outermost object of a JSON text has twice, which `JSON.parse` passes over in silence.
 *
 * text   JSON that was parsed
 */
export function namedTwice(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  let last = "";
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (token !== ":") last = token;
    else if (depth === 1) {
      // Escapes spell one name in many ways.
      const key = JSON.parse(last) as string;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}
