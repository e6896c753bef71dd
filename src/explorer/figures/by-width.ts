import { orDash, readable } from "../../report/numbers.ts";
import { measure, theoryOf } from "../questions.ts";
import { layerOf, pointOf, type State } from "../state.ts";
import { chart, dot, line, type Point, ratioAxis } from "./chart.ts";
import { cellsOf, columnsOf, type FigureOfPage, measuredDot, RANK } from "./figure.ts";
import { measured, shiftsOf, whyNoShift } from "./known.ts";

const WIDTHS = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
const POINTS = [16, 64, 256, 1024, 4096];
/** The correlation that is shown where the sliders say none: without it no weights change anything. */
const SOME_CORRELATION = 0.2;
const SAMPLES = 8192;
/** Neurons are alike; a few of them are enough. */
const NEURONS = "8";

/** Weights of the layer, as lines of the figure. */
const WEIGHTS = [
  { look: "c1", words: "random weights", alignment: () => 1 },
  { look: "c3", words: "alignment 8, at any width", alignment: () => 8 },
  { look: "c2", words: "alignment of a quarter of the width", alignment: (width: number) => width / 4 },
] as const;

type Weights = (typeof WEIGHTS)[number];

function changeOf(state: State, { alignment }: Weights, width: number) {
  return {
    layer: "linear",
    neurons: NEURONS,
    width: String(width),
    rho: rhoOf(state),
    alignment: String(alignment(width)),
  };
}

function rhoOf({ rho = "0" }: State): string {
  return Number(rho) > 0 ? rho : String(SOME_CORRELATION);
}

const plain = ({ weightMean: _, weights: __, ...state }: State): State => state;

const theory = (state: State, weights: Weights) =>
  theoryOf(...WIDTHS.map((width) => layerOf(plain(state), changeOf(state, weights, width))));

const point = (state: State, weights: Weights, width: number) =>
  pointOf(plain(state), changeOf(state, weights, width), SAMPLES);

/** Δ against the width, for weights of several alignments. */
export const BY_WIDTH: FigureOfPage = {
  id: "by-width",
  title: "Why width alone does not help",
  asks: (state) => [
    ...WEIGHTS.map((weights) => ({ question: theory(state, weights), rank: RANK.theory })),
    ...WEIGHTS.flatMap((weights) =>
      POINTS.map((width) => ({ question: measure(point(state, weights, width)), rank: RANK.slow })),
    ),
  ],
  view(state, known) {
    const lines = WEIGHTS.map((weights) => {
      const answered = known.answer(theory(state, weights));
      return {
        ...weights,
        why: whyNoShift(answered?.at(-1)),
        shifts: shiftsOf(answered),
        points: POINTS.map((width) => ({ width, at: measured(known, point(state, weights, width)) })),
      };
    });
    const rho = readable(Number(rhoOf(state)));
    const ends = lines.map(
      ({ words, shifts }) => `${orDash(shifts[0], 2)} to ${orDash(shifts.at(-1), 2)} with ${words}`,
    );
    return {
      svg: chart({
        description: `Δ behind a linear layer against its width from 16 to 4096, units correlated by ${rho}: ${ends.join("; ")}.`,
        x: { label: "width d", from: 16, to: 4096, isLog: true, ticks: [16, 64, 256, 1024, 4096] },
        y: ratioAxis(lines.flatMap(({ shifts, points }) => [...shifts, ...points.map(({ at }) => at?.measured)])),
        marks: (scales) =>
          lines.flatMap(({ look, shifts, points }) => [
            line(
              scales,
              WIDTHS.map((width, index): Point => [width, shifts[index] ?? null]),
              look,
            ),
            ...points.map(({ width, at }) => (at === undefined ? "" : dot(scales, width, at, look))),
          ]),
      }),
      legend: [...lines.map(({ look, words }) => ({ look, mark: "line", words }) as const), measuredDot("ink", state)],
      caption: captionOf(state, lines),
      table: {
        head: ["width", ...lines.flatMap(({ words }) => columnsOf(state, words))],
        rows: POINTS.map((width, row) => [
          String(width),
          ...lines.flatMap(({ shifts, points }) => cellsOf(shifts[WIDTHS.indexOf(width)], points[row]?.at)),
        ]),
      },
    };
  },
};

interface Line {
  readonly why: string | undefined;
  readonly shifts: readonly (number | null)[];
}

/** Less than this is level. */
const LEVEL = 0.02;

/** What the lines show, where they do. */
function captionOf(state: State, [random, , growing]: readonly Line[]): string {
  const where = `Behind a linear layer of units correlated by ${readable(Number(rhoOf(state)))}`;
  const setting = Number(state.rho) > 0 ? "" : " (your setting has 0)";
  if (random?.why !== undefined) return `There is no closed form: ${random.why}.`;
  const [first, last] = [random?.shifts[0] ?? null, random?.shifts.at(-1) ?? null];
  const end = growing?.shifts.at(-1) ?? null;
  if (first === null || last === null || end === null) return `${where}${setting}.`;
  if (Math.abs(last - first) < LEVEL && end > last + LEVEL && end < 1 + LEVEL) {
    return `${where}${setting}: random weights average signal and noise alike, at any width. Only where the alignment of the weights grows with the width does what the units share outgrow the noise.`;
  }
  return `${where}${setting}: the closed form for weights of three alignments, and what is measured.`;
}
