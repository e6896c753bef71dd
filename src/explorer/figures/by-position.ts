import type { Question } from "../questions.ts";
import { networkOf, type State } from "../state.ts";
import { SHIFT_AXIS } from "./by-keep.ts";
import { chart, dot, line } from "./chart.ts";
import { type FigureOfPage, intervalInWords, orDash, RANK } from "./figure.ts";
import { errorOf, positionsOf } from "./known.ts";

const theory = (state: State) => ({ kind: "theory", runs: [networkOf(state)] }) satisfies Question;
const measurement = (state: State) => ({ kind: "measure", run: networkOf(state) }) satisfies Question;

/** A network as typed, position by position. */
export const BY_POSITION: FigureOfPage = {
  id: "by-position",
  title: "Your network, position by position",
  run: networkOf,
  asks: (state) => [
    { question: theory(state), rank: RANK.theory },
    { question: measurement(state), rank: RANK.slow },
  ],
  view(state, known) {
    const [answer] = known(theory(state)) ?? [];
    const error = errorOf(answer);
    const positions = answer === undefined || "error" in answer ? [] : answer.positions;
    const measured = positionsOf(known, networkOf(state));
    const highest = Math.max(
      1,
      ...positions.map(({ shift }) => shift ?? 0),
      ...measured.map(({ measured }) => measured),
    );
    const worst = positions
      .filter(({ shift }) => shift !== null)
      .toSorted((a, b) => folded(b.shift) - folded(a.shift))[0];
    const lowest = positions.map(({ name, shift }) => `${name} ${orDash(shift, 2)}`).join(", ");
    return {
      svg: chart({
        description: `Δ at each position of the network: ${lowest}.`,
        x: {
          label: "position",
          from: 0.5,
          to: Math.max(1, positions.length) + 0.5,
          ticks: ticksOf(positions.length),
          write: (at) => positions[at - 1]?.name ?? "",
        },
        y:
          highest > 1.02
            ? { ...SHIFT_AXIS, to: highest, ticks: [0, 0.5, 1, highest].map((tick) => Number(tick.toPrecision(2))) }
            : SHIFT_AXIS,
        marks: (scales) => [
          ...positions.map(({ shift }, index) => (shift === null ? "" : step(scales, index + 1, shift))),
          ...measured.map((at, index) => dot(scales, index + 1, at, "ink")),
        ],
      }),
      legend: [
        { look: "c1", mark: "line", words: "theory of wide layers" },
        { look: "ink", mark: "dot", words: "measured, with its 95 % interval" },
      ],
      caption:
        error ??
        (worst === undefined
          ? "Layers stand in a row, under the names that PyTorch and Keras have for them; dropout has its drop rate."
          : `${folded(worst.shift) < 1.02 ? "No position shifts by more than 2 %" : `${worst.name === "output" ? "The output" : worst.name} shifts most: there Δ is ${orDash(worst.shift, 2)}`}. Layers stand in a row, under the names that PyTorch and Keras have for them; dropout has its drop rate.`),
      table: {
        head: ["position", "Δ theory", "Δ measured", "95 % interval", "note"],
        rows: positions.map(({ name, shift, reason }, index) => [
          name,
          orDash(shift),
          orDash(measured[index]?.measured),
          intervalInWords(measured[index]?.interval),
          reason ?? "",
        ]),
      },
    };
  },
};

/** A stroke of theory across a position. */
function step(scales: Parameters<typeof line>[0], at: number, shift: number): string {
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
