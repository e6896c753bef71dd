import { orDash } from "../../report/numbers.ts";
import { measure, theoryOf } from "../questions.ts";
import { layerOf, pointOf, type State } from "../state.ts";
import { chart, dot, line, type Point, ratioAxis } from "./chart.ts";
import { cellsOf, columnsOf, type FigureOfPage, measuredDot, RANK } from "./figure.ts";
import { measured, shiftsOf, whyNoShift } from "./known.ts";

/** Keep probabilities of the line, in fiftieths, so that points are among them. */
const CURVE = Array.from({ length: 48 }, (_, index) => String((index + 2) / 50));
const POINTS = ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"];
/** Samples of each point, in rounds: so few at first that the intervals can be seen. */
const ROUNDS = [
  { samples: 512, rank: RANK.rough },
  { samples: 4096, rank: RANK.slow },
  { samples: 65_536, rank: RANK.fine },
] as const;
/** Neurons are alike, and Δ is that of any number of them. */
const NEURONS = "8";

const theory = (state: State) => theoryOf(...CURVE.map((keep) => layerOf(state, { keep, neurons: NEURONS })));
const point = (state: State, keep: string, samples: number) => pointOf(state, { keep, neurons: NEURONS }, samples);

/** Δ against the keep probability: points measured, on the closed form. */
export const BY_KEEP: FigureOfPage = {
  id: "by-keep",
  title: "Dropout before Batch Normalization",
  asks: (state) => [
    { question: theory(state), rank: RANK.theory },
    ...ROUNDS.flatMap(({ samples, rank }) =>
      POINTS.map((keep) => ({ question: measure(point(state, keep, samples)), rank })),
    ),
  ],
  view(state, known) {
    const answered = known.answer(theory(state));
    const curve = shiftsOf(answered);
    const points = POINTS.map((keep) => ({
      keep,
      at: measured(known, ...ROUNDS.toReversed().map(({ samples }) => point(state, keep, samples))),
      theory: curve[CURVE.indexOf(keep)] ?? null,
    }));
    const now = measured(known, layerOf(state));
    const drawn = CURVE.map((keep, index): Point => [Number(keep), curve[index] ?? null]);
    const ends = drawn.filter(([, shift]) => shift !== null);
    const [lowest, highest] = [ends[0], ends.at(-1)];
    const range =
      lowest === undefined || highest === undefined
        ? "There is no closed form"
        : `The closed form goes from ${orDash(lowest[1])} at ${lowest[0]} to ${orDash(highest[1])} at ${highest[0]}`;
    return {
      svg: chart({
        description: `Δ against the keep probability. ${range}; measured points stand at ${POINTS[0]} to ${POINTS.at(-1)}.`,
        x: { label: "keep probability", from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1] },
        y: ratioAxis([...curve, ...points.map(({ at }) => at?.measured), now?.measured]),
        marks: (scales) => [
          line(scales, drawn, "c1"),
          ...points.map(({ keep, at }) => (at === undefined ? "" : dot(scales, Number(keep), at, "ink"))),
          now === undefined || state.keep === undefined ? "" : dot(scales, Number(state.keep), now, "c2", 5.5),
        ],
      }),
      legend: [
        { look: "c1", mark: "line", words: "closed form" },
        measuredDot("ink", state),
        { look: "c2", mark: "dot", words: "your setting" },
      ],
      caption: captionOf(state, curve, whyNoShift(answered?.at(-1))),
      table: {
        head: ["keep", ...columnsOf(state)],
        rows: points.map(({ keep, theory, at }) => [keep, ...cellsOf(theory, at)]),
      },
    };
  },
};

/** How far Δ may be from the keep probability to be called the same. */
const SAME = 0.005;

/** What the line shows next to the diagonal, where Δ is the keep probability. */
function captionOf(state: State, curve: readonly (number | null)[], why: string | undefined): string {
  const known = curve.flatMap((shift, index) => (shift === null ? [] : [shift - Number(CURVE[index])]));
  const [lowest, highest] = [Math.min(...known), Math.max(...known)];
  const isBehindLayer = state.layer !== "none";
  if (state.keep === undefined) return "This noise has no keep probability that could vary.";
  if (known.length === 0) return why === undefined ? GENERAL : `There is no closed form: ${why}.`;
  if (lowest > -SAME && highest < SAME) {
    return isBehindLayer
      ? "A layer with these weights sums signal and noise alike: Δ is the keep probability, as without the layer."
      : "Units of mean 0, and BN right behind the noise: Δ is the keep probability itself. The stronger the noise, the smaller BN's output at test time.";
  }
  if (highest < SAME) {
    return "The units have a mean, and the noise multiplies it, too: training variance grows, test variance does not, and the line lies below the diagonal.";
  }
  if (isBehindLayer && lowest > -SAME && Number(state.rho) > 0) {
    return "Behind the layer, what the correlated units share adds up by the alignment of the weights, and the noise does not: the line lies above the diagonal.";
  }
  return GENERAL;
}

const GENERAL = "The line is the closed form for your setting; the points are measured here, by the sampler.";
