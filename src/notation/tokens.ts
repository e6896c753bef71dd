import { networkError } from "./error.ts";

/** A piece of the text of a network. */
export interface Token {
  readonly kind: "word" | "number" | "shape" | "file" | "variable" | "mark" | "end";
  readonly text: string;
  /** Its first character, from 1. */
  readonly at: number;
}

/** 2¹⁴ characters: a network of every layer that theory follows takes fewer. */
export const LONGEST_NETWORK = 16_384;

const PATTERN = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    String.raw`(?<file>file:[^\s,()]+)`,
    String.raw`(?<variable>\$\w*)`,
    String.raw`(?<shape>\d+(?:[x×]\d+)+(?![\w.]))`,
    String.raw`(?<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w.]))`,
    String.raw`(?<word>[A-Za-z_][\w-]*)`,
    "(?<mark>[(),=])",
  ].join("|"),
  "iuy",
);

/** The pieces of a text, and at the end one that says so. A `VshiftError` for a character that belongs to none. */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > LONGEST_NETWORK) {
    throw networkError(`has ${text.length} characters, and ${LONGEST_NETWORK} are the most`, "write repeat(n, …)");
  }
  const tokens: Token[] = [];
  const pattern = new RegExp(PATTERN);
  for (let from = 0; from < text.length; from = pattern.lastIndex) {
    pattern.lastIndex = from;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) {
      const [, character = ""] = /^(\S{1,20})/u.exec(text.slice(from)) ?? [];
      throw networkError(`${character} at ${from + 1} is not part of the notation`, NOTATION);
    }
    const [kind, found] = Object.entries(groups).find(([, value]) => value !== undefined) ?? ["", ""];
    if (kind !== "space") tokens.push({ kind: kind as Token["kind"], text: found, at: from + 1 });
  }
  return [...tokens, { kind: "end", text: "", at: text.length + 1 }];
}

const NOTATION = "write layers with a space between them, as in input(512) dropout(0.5) bn";
