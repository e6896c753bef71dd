import { orDash, readable } from "../../report/numbers.ts";
import type { Answers, Question } from "../questions.ts";
import { layerOf, type State } from "../state.ts";
import { bars, chart, line, note, type Point, roundTicks } from "./chart.ts";
import { type FigureOfPage, type Known, RANK } from "./figure.ts";

/** Values of each phase, in rounds. */
const ROUNDS = [
  { values: 4096, rank: RANK.first },
  { values: 65_536, rank: RANK.slow },
] as const;
/** Units times values that one answer may take, so that it does not keep others waiting. */
const MOST_UNITS = 2 ** 25;
/** Channels are alike, and one is shown. */
const NEURONS = "8";

function histogram(state: State, values: number) {
  const batchSize = Number(state.batchSize ?? 256) || 256;
  const most = Math.min(values, MOST_UNITS / (Number(state.width) || 1));
  const batches = Math.max(2, Math.round(most / batchSize));
  return { kind: "histogram", run: layerOf(state, { neurons: NEURONS }), batches } as const satisfies Question;
}

/** What one channel of Batch Normalization receives and what it makes of it. */
export const RECEIVED: FigureOfPage = {
  id: "received",
  title: "What Batch Normalization receives",
  asks: (state) => ROUNDS.map(({ values, rank }) => ({ question: histogram(state, values), rank })),
  view(state, known) {
    const seen = latest(state, known);
    return {
      svg: seen === undefined ? empty() : drawn(seen),
      legend: [
        { look: "c1", mark: "area", words: "training" },
        { look: "c2", mark: "area", words: "test time" },
        { look: "c1", mark: "line", words: "a normal of the running mean and variance" },
      ],
      caption: seen === undefined ? (known.refusal(histogram(state, ROUNDS[0].values)) ?? WAITING) : captionOf(seen),
      table: {
        head: ["", "mean", "variance", "mean of BN's output", "its variance"],
        rows: seen === undefined ? [] : rowsOf(seen),
      },
    };
  },
};

type Seen = Answers["histogram"];

function latest(state: State, known: Known): Seen | undefined {
  return ROUNDS.map(({ values }) => known.answer(histogram(state, values))).findLast((seen) => seen !== undefined);
}

const WAITING =
  "Training leaves its mean and variance in Batch Normalization's running statistics; at test time the input is another.";

/** How much higher than the normal a picture goes; what is higher is cut, and says so. */
const ABOVE_NORMAL = 1.6;

function drawn(seen: Seen): string {
  const { range, train, test, runningMean, runningVariance, epsilon } = seen;
  const [from, to] = range;
  const spread = Math.sqrt(runningVariance + epsilon);
  const densities = [train, test].map(({ counts, outside: [before, behind] }) => {
    const total = counts.reduce((sum, count) => sum + count, before + behind);
    const width = (to - from) / counts.length;
    return counts.map((count) => count / total / width);
  });
  const [ofTraining = [], ofTest = []] = densities;
  const normal = (x: number) =>
    Math.exp((-(x - runningMean) * (x - runningMean)) / (2 * runningVariance)) /
    Math.sqrt(2 * Math.PI * runningVariance);
  const curve = Array.from({ length: 81 }, (_, index): Point => {
    const x = from + ((to - from) * index) / 80;
    return [x, normal(x)];
  });
  // The second highest bar of test time, or what a normal of its variance would have.
  const top = ABOVE_NORMAL * Math.max(normal(runningMean), Math.min(secondOf(ofTest), 2 * normal(runningMean)));
  const peak = ofTraining.indexOf(Math.max(...ofTraining));
  const height = ofTraining[peak] ?? 0;
  const spike = from + ((peak + 0.5) * (to - from)) / ofTraining.length;
  const share = (height * (to - from)) / ofTraining.length;
  const output = (x: number) => (x - runningMean) / spread;
  return chart({
    description: `Histograms of what one channel of Batch Normalization receives: variance ${readable(train.variance, 3)} during training and ${readable(test.variance, 3)} at test time, with a normal of the running statistics.`,
    x: { label: "what BN receives", from, to, ticks: roundTicks(from, to) },
    y: { label: "density", from: 0, to: top, ticks: [0, top / 2, top].map((tick) => Number(tick.toPrecision(1))) },
    above: {
      label: "BN's output at test time",
      ...{ from: output(from), to: output(to), ticks: roundTicks(output(from), output(to)) },
    },
    marks: (scales) => [
      bars(
        scales,
        ofTraining.map((density) => Math.min(density, 1.02 * top)),
        range,
        "c1",
      ),
      bars(
        scales,
        ofTest.map((density) => Math.min(density, 1.02 * top)),
        range,
        "c2",
      ),
      line(scales, curve, "c1"),
      height > top
        ? note(
            scales,
            spike,
            top,
            `${readable(100 * share, 2)} % in this bar`,
            spike > (from + to) / 2 ? "end" : "start",
          )
        : "",
    ],
  });
}

function secondOf(values: readonly number[]): number {
  return values.toSorted((a, b) => b - a)[1] ?? 0;
}

function captionOf(seen: Seen): string {
  const { train, test } = seen;
  const output = outputOf(seen);
  const ofMean = Math.abs(output.test.mean) < 0.02 ? "" : ` and mean ${readable(output.test.mean, 2)}`;
  return `During training one channel has variance ${readable(train.variance, 3)}, and the running variance keeps it. At test time the channel has variance ${readable(test.variance, 3)}; BN divides it by the kept one, so that its output has variance ${readable(output.test.variance, 2)}${ofMean}. During training it had variance ${readable(output.train.variance, 2)}.`;
}

/** What BN's output has: during training by the statistics of the mini-batch, at test time by the running ones. */
function outputOf({ test, runningMean, runningVariance, epsilon }: Seen) {
  const divisor = runningVariance + epsilon;
  return {
    train: { mean: 0, variance: runningVariance / divisor },
    test: { mean: (test.mean - runningMean) / Math.sqrt(divisor), variance: test.variance / divisor },
  };
}

function rowsOf(seen: Seen): readonly (readonly string[])[] {
  const { train, test, runningMean, runningVariance } = seen;
  const output = outputOf(seen);
  const row = (name: string, phase: "train" | "test", { mean, variance }: typeof train) => [
    ...[name, orDash(mean), orDash(variance), orDash(output[phase].mean), orDash(output[phase].variance)],
  ];
  return [
    row("training", "train", train),
    row("test time", "test", test),
    ["running statistics", orDash(runningMean), orDash(runningVariance), "", ""],
  ];
}

function empty(): string {
  return chart({
    description: "Histograms of what Batch Normalization receives; they are counted when the page runs.",
    x: { label: "what BN receives", from: -4, to: 4, ticks: [-4, -2, 0, 2, 4] },
    y: { label: "density", from: 0, to: 1, ticks: [] },
    marks: () => [],
  });
}
