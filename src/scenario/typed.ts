/** A number as people write it, as the source of a regular expression without groups of its own. */
export const NUMBER_PATTERN = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;

const NUMBER = new RegExp(`^${NUMBER_PATTERN}$`);

/** Text as the value of a field of that type. What is not a number stays text, for validation to name it as it was typed. */
export function typed(type: "number" | "choice" | "text", text: string): string | number {
  return type === "number" && NUMBER.test(text.trim()) ? Number(text) : text;
}

/** Text as messages show it: a number as it was typed, anything else in quotes. */
export function quoted(text: string): string {
  return NUMBER.test(text) ? text : JSON.stringify(text);
}

/** 1e12, and not 1000000000000. */
export function brief(value: number): string {
  const [long, short] = [String(value), value.toExponential().replace("+", "")];
  return long.length > 7 && short.length < long.length ? short : long;
}

/** Any value as messages show it, on a line and not without end. */
export function shown(value: unknown): string {
  const text = typeof value === "number" ? brief(value) : written(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}…` : text;
}

const LONGEST = 60;
/** Of so many elements nobody wants to see all in a message. */
const MOST_ELEMENTS = 100;

function written(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (ArrayBuffer.isView(value)) return `an array of ${value.byteLength} bytes`;
  if (Array.isArray(value) && value.length > MOST_ELEMENTS) return `a list of ${value.length} elements`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // It contains itself, or a number that JSON does not have.
    return typeof value === "object" ? "an object" : String(value);
  }
}
