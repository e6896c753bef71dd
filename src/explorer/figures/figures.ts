import { describe } from "../questions.ts";
import type { State } from "../state.ts";
import { BY_DEPTH } from "./by-depth.ts";
import { BY_KEEP } from "./by-keep.ts";
import { BY_POSITION } from "./by-position.ts";
import { BY_WIDTH } from "./by-width.ts";
import { type Asked, type FigureOfPage, RANK } from "./figure.ts";
import { RECEIVED } from "./received.ts";
import { summaryAsks } from "./summary.ts";

/** The figures of the page, in their order. */
export const FIGURES: readonly FigureOfPage[] = [BY_KEEP, RECEIVED, BY_WIDTH, BY_DEPTH, BY_POSITION];

/** All that the page asks of a state: for what it says first, for its figures, and for the commands next to them. */
export function asksOf(state: State): readonly Asked[] {
  const figures = FIGURES.flatMap((figure) => {
    const run = figure.run?.(state);
    const described = run === undefined ? [] : [{ question: describe(run), rank: RANK.theory }];
    return [...described, ...figure.asks(state)];
  });
  return [...summaryAsks(state), ...figures];
}
