import { readable } from "../../report/numbers.ts";
import type { Answers, Question } from "../questions.ts";
import { layerOf, type State } from "../state.ts";
import { bars, chart, line, note, type Point } from "./chart.ts";
import { type FigureOfPage, type Known, orDash, RANK } from "./figure.ts";

/** Mini-batches, in rounds. */
const ROUNDS = [16, 256];

const histogram = (state: State, batches: number) =>
  ({ kind: "histogram", run: layerOf(state), batches }) satisfies Question;

/** What one channel of Batch Normalization receives and what it makes of it. */
export const RECEIVED: FigureOfPage = {
  id: "received",
  title: "What Batch Normalization receives",
  asks: (state) =>
    ROUNDS.map((batches, round) => ({
      question: histogram(state, batches),
      rank: round === 0 ? RANK.first : RANK.slow,
    })),
  view(state, known) {
    const seen = latest(state, known);
    return {
      svg: seen === undefined ? empty() : drawn(seen),
      legend: [
        { look: "c1", mark: "area", words: "training" },
        { look: "c2", mark: "area", words: "test time" },
        { look: "c1", mark: "line", words: "a normal of the running mean and variance" },
      ],
      caption: seen === undefined ? WAITING : captionOf(seen),
      table: {
        head: ["", "mean", "variance", "BN's output: mean", "variance"],
        rows: seen === undefined ? [] : rowsOf(seen),
      },
    };
  },
};

type Seen = Answers["histogram"];

function latest(state: State, known: Known): Seen | undefined {
  return ROUNDS.map((batches) => known(histogram(state, batches))).findLast((seen) => seen !== undefined);
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
    x: { label: "what BN receives", from, to, ticks: ticksOf(from, to) },
    y: { label: "density", from: 0, to: top, ticks: [0, top / 2, top].map((tick) => Number(tick.toPrecision(1))) },
    above: {
      label: "what BN makes of it at test time",
      ...{ from: output(from), to: output(to), ticks: ticksOf(output(from), output(to)) },
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

/** Round numbers, four to eight of them. */
function ticksOf(from: number, to: number): readonly number[] {
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(6)),
  );
}

function captionOf({ train, test, runningMean, runningVariance, epsilon }: Seen): string {
  const output = test.variance / (runningVariance + epsilon);
  const mean = (test.mean - runningMean) / Math.sqrt(runningVariance + epsilon);
  const ofMean = Math.abs(mean) < 0.02 ? "" : ` and a mean of ${readable(mean, 2)}`;
  return `During training one channel has variance ${readable(train.variance, 3)}, and BN keeps that in its running variance. At test time it receives variance ${readable(test.variance, 3)}, divides by the kept one, and what later layers receive has variance ${readable(output, 2)}${ofMean} where they learned to expect 1.`;
}

function rowsOf({ train, test, runningMean, runningVariance, epsilon }: Seen): readonly (readonly string[])[] {
  const spread = runningVariance + epsilon;
  return [
    ["training", orDash(train.mean), orDash(train.variance), "0", "1"],
    [
      "test time",
      orDash(test.mean),
      orDash(test.variance),
      orDash((test.mean - runningMean) / Math.sqrt(spread)),
      orDash(test.variance / spread),
    ],
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
