import { grouped, percent, readable, withHalfWidth } from "../../report/numbers.ts";
import type { MeasuredAt, Question, Run } from "../questions.ts";
import { layerOf, type State } from "../state.ts";
import { type Asked, type Known, orDash, RANK } from "./figure.ts";

/** What the page says first: of the scenario that the sliders say. */
export interface Summary {
  readonly sentence: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** For who hears the page, when the measurement has come to its end; empty before. */
  readonly news: string;
}

export function summaryAsks(state: State): readonly Asked[] {
  const run = layerOf(state);
  return [
    { question: describe(run), rank: RANK.theory },
    { question: measure(run), rank: RANK.first },
  ];
}

const describe = (run: Run) => ({ kind: "describe", run }) satisfies Question;
const measure = (run: Run) => ({ kind: "measure", run }) satisfies Question;

/** Undefined until theory has answered. */
export function summaryOf(state: State, known: Known): Summary | undefined {
  const run = layerOf(state);
  const described = known(describe(run));
  if (described === undefined) return undefined;
  const measurement = known(measure(run));
  const seen = measurement?.positions.at(-1);
  const { shift } = described.theory;
  const ratio = shift ?? seen?.measured;
  return {
    sentence: described.sentence,
    facts: [
      ["Δ by theory", orDash(shift, 5)],
      ["Δ measured", seen === undefined ? "–" : inWords(seen)],
      ["verdict", seen === undefined || measurement?.records === null ? measuring(measurement?.share) : seen.verdict],
      ["samples", measurement === undefined ? "–" : grouped(measurement.samples)],
      ["BN's output, standard deviation", ratio === undefined ? "–" : percent(Math.sqrt(ratio), 3)],
    ],
    news:
      seen === undefined || measurement?.records == null
        ? ""
        : `${described.sentence} Measured ${inWords(seen)}, theory ${orDash(shift, 4)}: ${seen.verdict}.`,
  };
}

function measuring(share: number | undefined): string {
  return share === undefined ? "measuring" : `measuring, ${percent(share)}`;
}

function inWords({ measured, interval }: MeasuredAt): string {
  return interval === null ? readable(measured, 4) : withHalfWidth(measured, (interval[1] - interval[0]) / 2);
}
