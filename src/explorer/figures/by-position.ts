import { orDash } from "../../report/numbers.ts";
import { measure, theoryOf } from "../questions.ts";
import { networkOf, type State } from "../state.ts";
import { chart, dot, line, ratioAxis } from "./chart.ts";
import { cellsOf, columnsOf, type FigureOfPage, measuredDot, RANK } from "./figure.ts";
import { errorOf, positionsOf } from "./known.ts";

const theory = (state: State) => theoryOf(networkOf(state));

/** A network as typed, position by position. */
export const BY_POSITION: FigureOfPage = {
  id: "by-position",
  title: "Your network, position by position",
  run: networkOf,
  asks: (state) => [
    { question: theory(state), rank: RANK.theory },
    { question: measure(networkOf(state)), rank: RANK.slow },
  ],
  view(state, known) {
    const [answer] = known.answer(theory(state)) ?? [];
    const positions = answer === undefined || "error" in answer ? [] : answer.positions;
    const measured = positionsOf(known, networkOf(state));
    const words = positions.map(({ name, shift }) => `${name} ${orDash(shift, 2)}`);
    return {
      svg: chart({
        description: `Δ at each position of the network: ${words.length === 0 ? "none yet" : words.join(", ")}.`,
        x: {
          label: "position",
          from: 0.5,
          to: Math.max(1, positions.length) + 0.5,
          ticks: ticksOf(positions.length),
          write: (at) => positions[at - 1]?.name ?? "",
        },
        y: ratioAxis([...positions.map(({ shift }) => shift), ...measured.map(({ measured }) => measured)]),
        marks: (scales) => [
          ...positions.map(({ shift }, index) => (shift === null ? "" : stroke(scales, index + 1, shift))),
          ...measured.map((at, index) => dot(scales, index + 1, at, "ink")),
        ],
      }),
      legend: [{ look: "c1", mark: "line", words: "theory of wide layers" }, measuredDot("ink", state)],
      caption: errorOf(answer) ?? known.refusal(measure(networkOf(state))) ?? captionOf(positions),
      table: {
        head: ["position", ...columnsOf(state), "note"],
        rows: positions.map(({ name, shift, reason }, index) => [
          name,
          ...cellsOf(shift, measured[index]),
          reason ?? "",
        ]),
      },
    };
  },
};

/** A ratio, or its inverse, that is not worth a word. */
const NO_SHIFT = 1.02;

function captionOf(positions: readonly { readonly name: string; readonly shift: number | null }[]): string {
  const [worst] = positions.filter(({ shift }) => shift !== null).toSorted((a, b) => folded(b.shift) - folded(a.shift));
  const found =
    worst === undefined
      ? []
      : folded(worst.shift) < NO_SHIFT
        ? ["No position shifts by more than 2 %."]
        : [`${worst.name === "output" ? "The output" : worst.name} shifts most: Δ is ${orDash(worst.shift, 2)} there.`];
  return [...found, HOW_TO].join(" ");
}

const HOW_TO =
  "Layers stand in a row, under the names that PyTorch and Keras have for them; dropout has its drop rate.";

/** A stroke of theory across a position. */
function stroke(scales: Parameters<typeof line>[0], at: number, shift: number): string {
  return line(
    scales,
    [
      [at - 0.35, shift],
      [at + 0.35, shift],
    ],
    "c1",
  );
}

function folded(shift: number | null): number {
  return shift === null || shift === 0 ? 0 : Math.max(shift, 1 / shift);
}

/** Names that have room. */
function ticksOf(count: number): readonly number[] {
  const each = Math.ceil(count / 7);
  return Array.from({ length: Math.ceil(count / each) || 0 }, (_, index) => 1 + index * each);
}
