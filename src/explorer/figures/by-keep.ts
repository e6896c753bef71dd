import type { Question, Run } from "../questions.ts";
import { layerOf, pointOf, type State } from "../state.ts";
import { type Axis, chart, dot, line } from "./chart.ts";
import { type FigureOfPage, intervalInWords, orDash, RANK } from "./figure.ts";
import { measured, shiftsOf } from "./known.ts";

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

const theory = (state: State) =>
  ({ kind: "theory", runs: CURVE.map((keep) => layerOf(state, { keep, neurons: NEURONS })) }) satisfies Question;
const own = (state: State): Run => layerOf(state);

/** Δ against the keep probability: points measured, on the closed form. */
export const BY_KEEP: FigureOfPage = {
  id: "by-keep",
  title: "Dropout before Batch Normalization",
  asks: (state) => [
    { question: theory(state), rank: RANK.theory },
    ...ROUNDS.flatMap(({ samples, rank }) =>
      POINTS.map((keep) => ({
        question: { kind: "measure", run: pointOf(state, { keep, neurons: NEURONS }, samples) } as const,
        rank,
      })),
    ),
  ],
  view(state, known) {
    const curve = shiftsOf(known(theory(state)));
    const points = POINTS.map((keep, index) => {
      const at = measured(
        known,
        ...ROUNDS.toReversed().map(({ samples }) => pointOf(state, { keep, neurons: NEURONS }, samples)),
      );
      return { keep, at, theory: curve[Math.round(Number(keep) * 50) - 2] ?? null, index };
    });
    const now = measured(known, own(state));
    const keep = Number(state.keep);
    return {
      svg: chart({
        description: `Δ against the keep probability. The closed form rises from ${orDash(curve[0])} at 0.04 to ${orDash(curve.at(-1))} at 0.98; measured points lie on it.`,
        x: { label: "keep probability", from: 0, to: 1, ticks: QUARTERS },
        y: SHIFT_AXIS,
        marks: (scales) => [
          line(
            scales,
            CURVE.map((keep, index) => [Number(keep), curve[index] ?? null]),
            "c1",
          ),
          ...points.map(({ keep, at }) => (at === undefined ? "" : dot(scales, Number(keep), at, "ink"))),
          now === undefined ? "" : dot(scales, keep, now, "c2 own"),
        ],
      }),
      legend: [
        { look: "c1", mark: "line", words: "closed form" },
        { look: "ink", mark: "dot", words: "measured, with its 95 % interval" },
        { look: "c2", mark: "dot", words: "the sliders" },
      ],
      caption: captionOf(state, curve),
      table: {
        head: ["keep", "Δ theory", "Δ measured", "95 % interval"],
        rows: points.map(({ keep, theory, at }) => [
          keep,
          orDash(theory),
          orDash(at?.measured),
          intervalInWords(at?.interval),
        ]),
      },
    };
  },
};

const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** Of a ratio that is 1 at most, as it is nearly always. */
export const SHIFT_AXIS: Axis = { label: "Δ = Var_test / Var_train", from: 0, to: 1, ticks: QUARTERS };

/** How far Δ may be from the keep probability to be called the same. */
const SAME = 0.005;

/** What the line shows next to the diagonal, where Δ is the keep probability. */
function captionOf({ layer }: State, curve: readonly (number | null)[]): string {
  const known = curve.flatMap((shift, index) => (shift === null ? [] : [shift - Number(CURVE[index])]));
  const [lowest, highest] = [Math.min(...known), Math.max(...known)];
  const isBehindLayer = layer !== "none";
  if (known.length === 0) return "The line is the closed form for what the sliders say; the points are measured here.";
  if (lowest > -SAME && highest < SAME) {
    return isBehindLayer
      ? "A layer with these weights sums signal and noise alike: Δ is the keep probability, as without the layer."
      : "Units of mean 0, and BN right behind the noise: Δ is the keep probability itself. The stronger the dropout, the smaller BN's output at test time.";
  }
  if (highest < SAME) {
    return "The units have a mean, and the noise multiplies it, too: training variance grows, test variance does not, and the line lies below the diagonal.";
  }
  if (isBehindLayer && lowest > -SAME) {
    return "Behind the layer, what the correlated units share adds up by the alignment of the weights, and the noise does not: the line lies above the diagonal.";
  }
  return "The line is the closed form for what the sliders say; the points are measured here, by the sampler.";
}
