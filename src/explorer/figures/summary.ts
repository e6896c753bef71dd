import { grouped, orDash, percent, readable, withHalfWidth } from "../../report/numbers.ts";
import { describe, type MeasuredAt, measure } from "../questions.ts";
import { layerOf, pointOf, type State } from "../state.ts";
import { type Asked, type Known, RANK } from "./figure.ts";
import { positionsOf } from "./known.ts";

/** What the page says first: of the scenario that the controls say. */
export interface Summary {
  /** What it comes to, or that it is refused. */
  readonly sentence: string;
  /** Why it is refused; empty where it is not. */
  readonly refusal: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** For who hears the page, when the measurement has come to its end; empty before. */
  readonly news: string;
}

/** A short run, which has an interval in a moment however long the own one takes. */
const SHORT = 2048;

export function summaryAsks(state: State): readonly Asked[] {
  const run = layerOf(state);
  return [
    { question: describe(run), rank: RANK.theory },
    { question: measure(pointOf(state, {}, SHORT)), rank: RANK.first },
    { question: measure(run), rank: RANK.own },
  ];
}

export function summaryOf(state: State, known: Known): Summary {
  const run = layerOf(state);
  const described = known.answer(describe(run));
  const refusal = known.refusal(describe(run)) ?? known.refusal(measure(run)) ?? "";
  if (refusal !== "") return { sentence: "There is nothing to measure.", refusal, facts: factsOf(), news: refusal };
  if (described === undefined) return { sentence: "", refusal, facts: factsOf(), news: "" };
  const measurement = known.answer(measure(run));
  const own = measurement?.positions.at(-1);
  const seen = own ?? positionsOf(known, pointOf(state, {}, SHORT)).at(-1);
  const isOver = measurement?.records !== null && measurement?.records !== undefined;
  const { shift } = described.theory;
  const sentence =
    shift !== null || seen === undefined
      ? described.sentence
      : `${described.sentence} Measured, Δ is ${readable(seen.measured, 3)}.`;
  return {
    sentence,
    refusal,
    facts: factsOf({
      theory: orDash(shift, 5),
      measured: seen === undefined ? "–" : inWords(seen),
      verdict: isOver ? (own?.verdict ?? "–") : measuring(measurement?.share),
      samples: measurement === undefined ? "–" : grouped(measurement.samples),
      output: outputOf(shift ?? seen?.measured),
    }),
    news:
      isOver && own !== undefined
        ? `${sentence} Measured ${inWords(own)}, theory ${orDash(shift, 4)}: ${own.verdict}.`
        : "",
  };
}

function factsOf({ theory = "–", measured = "–", verdict = "–", samples = "–", output = "–" } = {}): Summary["facts"] {
  return [
    ["Δ by theory", theory],
    ["Δ measured", measured],
    ["verdict", verdict],
    ["samples", samples],
    ["BN's output, standard deviation", output],
  ];
}

/** Compared with that of training. */
function outputOf(shift: number | undefined): string {
  return shift === undefined ? "–" : percent(Math.sqrt(shift), 3);
}

function measuring(share: number | undefined): string {
  return share === undefined || share === 0 ? "measuring" : `measuring, ${percent(share)}`;
}

function inWords({ measured, interval }: MeasuredAt): string {
  return interval === null ? readable(measured, 4) : withHalfWidth(measured, (interval[1] - interval[0]) / 2);
}
