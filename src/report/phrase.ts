import { printable } from "../printable.ts";

/** What a piece of text means; a format decides its appearance. */
export type Tone = "strong" | "faint" | "good" | "bad" | "doubtful" | "code";

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** Text of a report: plain, or with tones. */
export type Phrase = string | Span | readonly (string | Span)[];

export function strong(text: string): Span {
  return { text, tone: "strong" };
}

export function faint(text: string): Span {
  return { text, tone: "faint" };
}

export function good(text: string): Span {
  return { text, tone: "good" };
}

export function bad(text: string): Span {
  return { text, tone: "bad" };
}

export function doubtful(text: string): Span {
  return { text, tone: "doubtful" };
}

/** What is typed in a shell or a program. */
export function code(text: string): Span {
  return { text, tone: "code" };
}

/** How a format shows a tone. */
export type Painter = { readonly [Kind in Tone]: (text: string) => string };

const plainly = (text: string) => text;

export const PLAIN: Painter = {
  strong: plainly,
  faint: plainly,
  good: plainly,
  bad: plainly,
  doubtful: plainly,
  code: plainly,
};

/** A phrase for a terminal: its tones painted, and nothing in it that could steer the terminal. */
export function painted(phrase: Phrase, paint: Painter): string {
  return spansOf(phrase)
    .map((span) => (typeof span === "string" ? printable(span) : paint[span.tone](printable(span.text))))
    .join("");
}

/** Its text alone. */
export function plain(phrase: Phrase): string {
  return spansOf(phrase)
    .map((span) => (typeof span === "string" ? span : span.text))
    .join("");
}

/** Phrases one after the other. */
export function joined(...phrases: readonly Phrase[]): Phrase {
  return phrases.flatMap(spansOf);
}

export function spansOf(phrase: Phrase): readonly (string | Span)[] {
  return isList(phrase) ? phrase : [phrase];
}

function isList(phrase: Phrase): phrase is readonly (string | Span)[] {
  return Array.isArray(phrase);
}
