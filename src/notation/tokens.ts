import { networkError } from "./error.ts";

/** A piece of the text of a network. */
export interface Token {
  readonly kind: "word" | "number" | "shape" | "file" | "variable" | "mark" | "end";
  readonly text: string;
  /** Its first character, from 1. */
  readonly at: number;
  /** The character behind it. */
  readonly to: number;
  /** The variable whose value it is, if it is one. */
  readonly variable?: string;
}

/** 2¹⁴ characters: a network of every layer that theory follows takes fewer. */
export const LONGEST_NETWORK = 16_384;

/** Values of options, as sources of regular expressions without regard to case. */
export const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?`;
export const SHAPE = String.raw`\d+(?:[x×]\d+)+`;
export const WORD = String.raw`[A-Za-z_][\w-]*`;

const PATTERN = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    String.raw`(?<file>file:[^\s,()]+)`,
    String.raw`(?<variable>\$\w*)`,
    String.raw`(?<shape>${SHAPE}(?![\w.]))`,
    String.raw`(?<number>${NUMBER}(?![\w.]))`,
    `(?<word>${WORD})`,
    "(?<mark>[(),=])",
  ].join("|"),
  "iuy",
);

/** Words have no case, and neither has this one; the path behind it has. */
const FILE_PREFIX = /^file:/i;

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
    if (kind !== "space")
      tokens.push({
        kind: kind as Token["kind"],
        text: kind === "file" ? found.replace(FILE_PREFIX, "file:") : found,
        ...{ at: from + 1, to: pattern.lastIndex + 1 },
      });
  }
  return [...tokens, { kind: "end", text: "", at: text.length + 1, to: text.length + 1 }];
}

const NOTATION = "write layers with a space between them, as in input(512) dropout(0.5) bn";
