import { readable } from "../../report/numbers.ts";
import type { Answers, Question, Run } from "../questions.ts";
import type { State } from "../state.ts";

/** A question of a figure. Those with a lower rank are asked first. */
export interface Asked {
  readonly question: Question;
  readonly rank: number;
}

/** What was answered so far, by question. */
export type Known = <Asked extends Question>(question: Asked) => Answers[Asked["kind"]] | undefined;

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

/** When a question is asked: theory at once, then what the sliders say, then points that make a picture, then finer ones. */
export const RANK = { theory: 0, first: 1, rough: 2, slow: 3, fine: 4 } as const;

export function orDash(value: number | null | undefined, digits = 4): string {
  return value === null || value === undefined ? "–" : readable(value, digits);
}

/** "0.499 to 0.501". */
export function intervalInWords(interval: readonly [number, number] | null | undefined): string {
  return interval === null || interval === undefined
    ? "–"
    : `${readable(interval[0], 4)} to ${readable(interval[1], 4)}`;
}
