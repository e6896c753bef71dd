/**
 * JSON that keeps every bit of numbers and typed arrays, and `undefined` where it is an element: what blocks hand over is added up by
 * whoever receives it, and makes the same sums as on one machine.
 *
 * A typed array is its bytes in base64, little-endian as on every machine that Node runs on.
 */
export function exactText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => tagged(part));
}

const ARRAYS = { f32: Float32Array, f64: Float64Array, u32: Uint32Array } as const;
type ArrayTag = keyof typeof ARRAYS;

interface Tagged {
  /** The kind of a value that JSON lacks. */
  readonly $: ArrayTag | "number" | "undefined";
  readonly of: string;
}

function tagged(part: unknown): unknown {
  if (part === undefined) return { $: "undefined", of: "" } satisfies Tagged;
  if (typeof part === "number" && (!Number.isFinite(part) || Object.is(part, -0))) {
    return { $: "number", of: Object.is(part, -0) ? "-0" : String(part) } satisfies Tagged;
  }
  for (const tag of Object.keys(ARRAYS) as ArrayTag[]) {
    if (part instanceof ARRAYS[tag]) {
      return { $: tag, of: Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("base64") };
    }
  }
  return part;
}

/** What a text of `exactText` is of; throws for any other text. */
export function fromExactText(text: string): unknown {
  return untagged(JSON.parse(text));
}

function untagged(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(untagged);
  if (typeof part !== "object" || part === null) return part;
  if ("$" in part) return heldBy(part as Tagged);
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, untagged(value)]));
}

function heldBy({ $: tag, of }: Tagged): unknown {
  if (tag === "undefined") return undefined;
  if (tag === "number") return Number(of);
  // A copy, because a small Buffer is part of a larger one, and begins anywhere in it.
  const bytes = new Uint8Array(Buffer.from(of, "base64"));
  return new ARRAYS[tag](bytes.buffer);
}
