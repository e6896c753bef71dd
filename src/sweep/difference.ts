/** The name of the first value in which two records differ, "measured.batches"; undefined where they are the same. */
export function differenceOf(one: unknown, other: unknown): string | undefined {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return Object.is(one, other) ? undefined : "";
  }
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const inside = differenceOf(one[name as keyof typeof one], other[name as keyof typeof other]);
    if (inside !== undefined) return inside === "" ? name : `${name}.${inside}`;
  }
  return undefined;
}
