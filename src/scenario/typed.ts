const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Text as the value of a field of that type. What is no number stays text, for validation to name it as it was typed. */
export function typed(type: "number" | "choice" | "text", text: string): string | number {
  return type === "number" && NUMBER.test(text.trim()) ? Number(text) : text;
}
