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
