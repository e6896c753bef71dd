import { readable } from "../../report/numbers.ts";
import type { Fields, Question, TheoryOfRun } from "../questions.ts";
import { type State, stackOf } from "../state.ts";
import { type Axis, chart, dot, line, type Point } from "./chart.ts";
import { type FigureOfPage, intervalInWords, orDash, RANK } from "./figure.ts";
import { errorOf, positionsOf } from "./known.ts";

/** The stack unchanged, and with one change each. */
const REMEDIES: readonly { readonly look: string; readonly words: string; readonly change: Fields }[] = [
  { look: "c2", words: "unchanged", change: {} },
  { look: "c1", words: "noise in the last block only", change: { noiseAt: "last" } },
  { look: "c3", words: "Uout, β = 0.1", change: { noise: "uout", beta: "0.1" } },
  { look: "c4", words: "statistics re-estimated, noise off", change: { statistics: "reestimated" } },
  { look: "c5", words: "statistics corrected, no data", change: { statistics: "corrected" } },
];

const theory = (state: State) =>
  ({ kind: "theory", runs: REMEDIES.map(({ change }) => stackOf(state, change)) }) satisfies Question;

/** Δ at each norm of a stack, with what helps. */
export const BY_DEPTH: FigureOfPage = {
  id: "by-depth",
  title: "What depth makes of it, and what helps",
  run: (state) => stackOf(state),
  asks: (state) => [
    { question: theory(state), rank: RANK.theory },
    ...REMEDIES.map(({ change }, index) => ({
      question: { kind: "measure", run: stackOf(state, change) } as const,
      rank: index === 0 ? RANK.rough : RANK.slow,
    })),
  ],
  view(state, known) {
    const theories = known(theory(state));
    const error = errorOf(theories?.[0]);
    const lines = REMEDIES.map(({ look, words, change }, index) => ({
      look,
      words,
      theory: shiftsAt(theories?.[index]),
      points: positionsOf(known, stackOf(state, change)),
    }));
    const depth = Number(state.depth);
    const [own, ...others] = lines;
    const names = own?.theory.map((_, index) => (index < depth ? `BN ${index + 1}` : "output")) ?? [];
    const last = own?.theory[depth - 1] ?? null;
    return {
      svg: chart({
        description: `Δ at each norm of a stack ${depth} blocks deep: ${orDash(last, 2)} at the last norm unchanged, nearer to 1 with each remedy.`,
        x: {
          label: "norm, from the input on; the last is the output",
          from: 1,
          to: depth + 1,
          ticks: ticksOf(depth + 1),
        },
        y: axisOf(last),
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
      legend: lines.map(({ look, words }) => ({ look, mark: "line", words })),
      caption:
        error !== undefined
          ? `There is no such stack: ${error}.`
          : `Blocks of BN → ReLU → noise → linear, ${stackOf(state).fields.width} units wide. Each BN divides by a variance that is too large, so the next one receives even less: ${last === null ? "Δ falls with depth" : `at the last norm Δ is ${readable(last, 2)}`}. Noise behind all norms, weaker noise, or statistics of quiet passes end that. Lines are the theory of wide layers, points are measured.`,
      table: {
        head: ["norm", ...lines.flatMap(({ words }) => [`Δ theory, ${words}`, "Δ measured", "95 % interval"])],
        rows: names.map((name, row) => [
          name,
          ...lines.flatMap(({ theory, points }) => [
            orDash(theory[row]),
            orDash(points[row]?.measured),
            intervalInWords(points[row]?.interval),
          ]),
        ]),
      },
    };
  },
};

function shiftsAt(theory: TheoryOfRun | undefined): readonly (number | null)[] {
  return theory === undefined || "error" in theory ? [] : theory.positions.map(({ shift }) => shift);
}

function ticksOf(to: number): readonly number[] {
  const step = to > 8 ? 2 : 1;
  return Array.from({ length: Math.ceil(to / step) }, (_, index) => 1 + index * step);
}

/** By powers of ten, down to where the last norm is. */
function axisOf(last: number | null): Axis {
  const lowest = last === null || last > 0.1 ? 0.1 : last > 0.01 ? 0.01 : 0.001;
  const decades = [1, 0.1, 0.01, 0.001].filter((tick) => tick >= lowest);
  const between = decades.length < 3 ? [0.5, 0.2] : [];
  return { label: "Δ", from: lowest / 1.5, to: 1.5, isLog: true, ticks: [...decades, ...between] };
}
