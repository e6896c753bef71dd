/** What a field's value comes from. */
export type Source = "the scenario gives" | "the sums give" | "the rest of the record gives" | "the run gives";

/** A value in a record, what it should be, and how exactly. */
export interface Comparison {
  /** "measured.standardError". */
  readonly field: string;
  readonly is: unknown;
  readonly shouldBe: unknown;
  readonly source: Source;
  /** Largest relative difference; 0 for the same number. */
  readonly tolerance: number;
}

/**
 * The first number or text within a value that is not what it should be, in words; undefined where there is none. A field
 * that is not there counts as null.
 */
export function mismatch(comparison: Comparison): string | undefined {
  return agrees(comparison.is, comparison.shouldBe, comparison.tolerance) ? undefined : firstMismatch(comparison);
}

/** Whether there is none: of nearly all records nobody asks where. */
function agrees(is: unknown, shouldBe: unknown, tolerance: number): boolean {
  if (typeof shouldBe !== "object" || shouldBe === null) return isSame(is ?? null, shouldBe, tolerance);
  const inside = insideOf(is);
  for (const [name, one] of Object.entries(shouldBe)) {
    if (!agrees(inside?.[name], one, tolerance)) return false;
  }
  return true;
}

function insideOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return (typeof value === "object" ? value : undefined) as Readonly<Record<string, unknown>> | undefined;
}

function firstMismatch({ field, is, shouldBe, source, tolerance }: Comparison): string | undefined {
  if (typeof shouldBe === "object" && shouldBe !== null) {
    const inside = insideOf(is);
    for (const [name, one] of Object.entries(shouldBe)) {
      const found = firstMismatch({ field: `${field}.${name}`, is: inside?.[name], shouldBe: one, source, tolerance });
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isSame(is ?? null, shouldBe, tolerance)) return undefined;
  return `${field} ${shown(is)} is not what ${source} (${shown(shouldBe)})`;
}

/** −0 is 0, as in JSON. */
function isSame(is: unknown, shouldBe: unknown, tolerance: number): boolean {
  if (is === shouldBe) return true;
  if (tolerance === 0 || typeof is !== "number" || typeof shouldBe !== "number") return false;
  return Math.abs(is - shouldBe) <= tolerance * Math.max(Math.abs(is), Math.abs(shouldBe));
}

/** Numbers and words unchanged, other texts in quotes. */
function shown(value: unknown): string {
  return typeof value === "string" && /^\w+$/.test(value) ? value : JSON.stringify(value ?? null);
}
