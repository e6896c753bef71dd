import { orDash, readable } from "../../report/numbers.ts";
import { type Fields, measure, theoryOf } from "../questions.ts";
import { type State, stackOf } from "../state.ts";
import { type Axis, chart, dot, line, type Point } from "./chart.ts";
import { cellsOf, columnsOf, type FigureOfPage, measuredDot, RANK } from "./figure.ts";
import { errorOf, namesAt, positionsOf, shiftsAt } from "./known.ts";

/** The stack unchanged, and with one change each. */
const REMEDIES: readonly { readonly look: string; readonly words: string; readonly change: Fields }[] = [
  { look: "c2", words: "unchanged", change: {} },
  { look: "c1", words: "noise in the last block only", change: { noiseAt: "last" } },
  { look: "c3", words: "Uout, β = 0.1", change: { noise: "uout", beta: "0.1" } },
  { look: "c4", words: "statistics re-estimated, noise off", change: { statistics: "reestimated" } },
  { look: "c5", words: "statistics corrected, no data", change: { statistics: "corrected" } },
];

const theory = (state: State) => theoryOf(...REMEDIES.map(({ change }) => stackOf(state, change)));

/** Δ at each norm of a stack, with what helps. */
export const BY_DEPTH: FigureOfPage = {
  id: "by-depth",
  title: "Depth, and what helps",
  run: (state) => stackOf(state),
  asks: (state) => [
    { question: theory(state), rank: RANK.theory },
    ...REMEDIES.map(({ change }, index) => ({
      question: measure(stackOf(state, change)),
      rank: index === 0 ? RANK.rough : RANK.slow,
    })),
  ],
  view(state, known) {
    const theories = known.answer(theory(state));
    const lines = REMEDIES.map(({ look, words, change }, index) => ({
      look,
      words,
      error: errorOf(theories?.[index]),
      theory: shiftsAt(theories?.[index]),
      points: positionsOf(known, stackOf(state, change)),
    }));
    // What this stack cannot have is not in the figure.
    const shown = lines.filter(({ error }) => error === undefined);
    const [own, ...others] = lines;
    const positions = Math.max(1, own?.theory.length ?? 1);
    const last = own?.theory[positions - 2] ?? null;
    const values = shown.flatMap(({ theory, points }) => [...theory, ...points.map(({ measured }) => measured)]);
    return {
      svg: chart({
        description: `Δ at each norm of a stack ${positions - 1} blocks deep: ${shown.map(({ words, theory }) => `${orDash(theory[positions - 2], 2)} at the last norm ${words}`).join("; ")}.`,
        x: {
          label: "norm, from the input on; the last is the output",
          from: 1,
          to: Math.max(2, positions),
          ticks: ticksOf(positions),
        },
        y: axisOf(values),
        marks: (scales) =>
          // The unchanged stack lies on top.
          [...others, ...(own === undefined ? [] : [own])].flatMap(({ look, theory, points }) => [
            line(
              scales,
              theory.map((shift, index): Point => [index + 1, shift]),
              look,
            ),
            ...points.map((at, index) => dot(scales, index + 1, at, look)),
          ]),
      }),
      legend: [...shown.map(({ look, words }) => ({ look, mark: "line", words }) as const), measuredDot("ink", state)],
      caption: own?.error ?? captionOf(state, last),
      table: {
        head: ["norm", ...shown.flatMap(({ words }) => columnsOf(state, words))],
        rows: namesAt(theories?.[0]).map((name, row) => [
          name,
          ...shown.flatMap(({ theory, points }) => cellsOf(theory[row], points[row])),
        ]),
      },
    };
  },
};

/** A deviation from 1 that is not worth a word. */
const NO_SHIFT = 0.02;

function captionOf(state: State, last: number | null): string {
  const { norm = "batch", nonlinearity = "relu", connection } = state;
  const { width } = stackOf(state).fields;
  const block = `${norm === "batch" ? "BN" : `${norm} norm`} → ${nonlinearity} → noise → linear`;
  const blocks = `Blocks of ${connection === "residual" ? "x + " : ""}${block}, ${width} units wide`;
  const lines = "Lines are the theory of wide layers, points are measured.";
  if (last === null) return `${blocks}: without a closed form. ${lines}`;
  if (Math.abs(last - 1) < NO_SHIFT) return `${blocks}: Δ stays close to 1 down to the last norm. ${lines}`;
  const why =
    last < 1
      ? "Each norm divides by the variance of training, which is too large, and the next one receives less"
      : "Each norm divides by the variance of training, which is too small, and the next one receives more";
  return `${blocks}. ${why}: at the last norm Δ is ${readable(last, 2)}. ${lines}`;
}

function ticksOf(to: number): readonly number[] {
  const step = Math.ceil(to / 7);
  return Array.from({ length: Math.ceil(to / step) }, (_, index) => 1 + index * step);
}

/** The smallest ratio that an axis goes down to. */
const SMALLEST = 1e-15;

/** By powers of ten, as far as the values go. */
function axisOf(values: readonly (number | null)[]): Axis {
  const positive = values.filter((value) => value !== null && value > 0).map(Number);
  const from = 0.7 * Math.max(SMALLEST, Math.min(0.1, ...positive));
  const to = 1.5 * Math.max(1, ...positive);
  const [lowest, highest] = [Math.ceil(Math.log10(from)), Math.floor(Math.log10(to))];
  const step = Math.max(1, Math.ceil((highest - lowest) / 5));
  // From 1 on, to both sides.
  const exponents = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
  const decades = exponents.filter((exponent) => exponent % step === 0).map((exponent) => Number(`1e${exponent}`));
  const ticks = highest - lowest < 2 ? [...decades, 0.5, 0.2] : decades;
  return {
    label: "Δ",
    from,
    to,
    isLog: true,
    ticks,
    write: (value) => (value < 0.01 ? power(value) : readable(value)),
  };
}

/** "1e−3", which has room where 0.001 has none. */
function power(value: number): string {
  return value.toExponential(0).replace("-", "−");
}
