/** Every value of a record by its path: "measured.interval.0". */
function valuesOf(value: unknown, path = ""): Map<string, unknown> {
  if (typeof value !== "object" || value === null) return new Map([[path, value]]);
  const prefix = path === "" ? "" : `${path}.`;
  return new Map(Object.entries(value).flatMap(([name, one]) => [...valuesOf(one, `${prefix}${name}`)]));
}

/** Relative change of each value of a JSON text that is another one in a second text; infinite where it is no number in both. */
export function changes(before: string, after: string): readonly (readonly [field: string, change: number])[] {
  const [old, now] = [valuesOf(JSON.parse(before)), valuesOf(JSON.parse(after))];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((field) => old.get(field) !== now.get(field))
    .map((field) => {
      const [a, b] = [old.get(field), now.get(field)];
      const change = typeof a === "number" && typeof b === "number" ? Math.abs(b / a - 1) : Number.POSITIVE_INFINITY;
      return [field, change];
    });
}
