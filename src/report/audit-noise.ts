import { excerpt } from "../tensor/file-error.ts";
import type { AuditedNoise } from "./audit-record.ts";
import type { FrameworkWords } from "./framework-words.ts";
import { readable } from "./numbers.ts";

/** "nn.Dropout(0.5) at head.drop"; noise of the same strength together: "2 × nn.Dropout(0.5) at block.2, block.5". */
export function noiseInWords(noise: readonly AuditedNoise[], words: FrameworkWords): string {
  const callOf = (one: AuditedNoise) => callIn(one, words);
  const calls = [...new Set(noise.map(callOf))];
  return few(
    calls.map((call) => {
      const alike = noise.filter((one) => callOf(one) === call);
      const modules = few(alike.map(({ module }) => module).filter((module) => module !== ""));
      const times = alike.length === 1 ? "" : `${alike.length} × `;
      return `${times}${call}${modules === "" ? "" : ` at ${modules}`}`;
    }),
  );
}

/** A noise in a framework's words: "nn.Dropout2d(0.3)". */
export function callIn({ kind, shares, drop, variance }: AuditedNoise, words: FrameworkWords): string {
  const strength = readable(drop ?? variance ?? 0, 4);
  switch (kind) {
    case "dropout":
      return `${words.dropouts[shares]}(${strength})`;
    case "alpha-dropout":
      return `${words.alphaDropouts[shares]}(${strength})`;
    case "multiplied":
      return `noise of σ² ${strength}`;
    case "added":
      return `added noise of variance ${strength}`;
    case "unknown":
      return words.unknown;
  }
}

/** The first of them, and how many more there are. */
export function few(items: readonly string[]): string {
  const each = [...new Set(items)].map(excerpt);
  const rest = each.length - MOST_NAMED;
  return rest > 0 ? `${each.slice(0, MOST_NAMED).join(", ")} and ${rest} more` : each.join(", ");
}

const MOST_NAMED = 2;
