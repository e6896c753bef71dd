import { orDash, percent, readable } from "../../report/numbers.ts";
import type { Answers, MeasuredAt, Question, Run } from "../questions.ts";
import type { State } from "../state.ts";

/** A question of a figure. Those with a lower rank are asked first. */
export interface Asked {
  readonly question: Question;
  readonly rank: number;
}

/** What was answered so far, by question. */
export interface Known {
  answer<Of extends Question>(question: Of): Answers[Of["kind"]] | undefined;
  /** Why there is no answer, in a line. */
  refusal(question: Question): string | undefined;
}

/** A figure of the page: what it asks, and how it shows what was answered. */
export interface FigureOfPage {
  readonly id: string;
  readonly title: string;
  /** What a command would measure for it, where that is one run. */
  run?(state: State): Run;
  asks(state: State): readonly Asked[];
  view(state: State, known: Known): View;
}

export interface View {
  readonly svg: string;
  readonly legend: readonly LegendEntry[];
  /** A sentence or two: what is to be seen. */
  readonly caption: string;
  /** The numbers, for who does not see the picture or takes them along. */
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

export interface LegendEntry {
  /** The class that says how it looks. */
  readonly look: string;
  readonly mark: "line" | "dot" | "area";
  readonly words: string;
}

/**
 * When a question is asked: closed forms at once; then what is quick and says most; points that make a picture; the run of the controls, which
 * may be as long as somebody likes; other pictures; and what makes them finer.
 */
export const RANK = { theory: 0, first: 1, rough: 2, own: 3, slow: 4, fine: 5 } as const;

/** "95 % interval", of the confidence that the state has. */
function intervalName({ confidence = "0.95" }: State): string {
  return `${percent(Number(confidence), 4)} interval`;
}

/** "0.499 to 0.501". */
function intervalInWords(interval: readonly [number, number] | null | undefined): string {
  return interval === null || interval === undefined
    ? "–"
    : `${readable(interval[0], 4)} to ${readable(interval[1], 4)}`;
}

/** What a measured point stands for, in a legend. */
export function measuredDot(look: string, state: State): LegendEntry {
  return { look, mark: "dot", words: `measured, with its ${intervalName(state)}` };
}

/** Columns of a line: theory, what was measured, and its interval. */
export function columnsOf(state: State, words = ""): readonly string[] {
  return [`Δ theory${words === "" ? "" : `, ${words}`}`, "Δ measured", intervalName(state)];
}

/** What stands in these columns. */
export function cellsOf(theory: number | null | undefined, at: MeasuredAt | undefined): readonly string[] {
  return [orDash(theory), orDash(at?.measured), intervalInWords(at?.interval)];
}
