import { mean, variance } from "simple-statistics";
import { beforeAll, describe, expect, test } from "vitest";
import { measuredSums } from "../../src/passes/moments.ts";
import type { Network, Statistics } from "../../src/passes/network.ts";
import { repaired } from "../../src/passes/repair.ts";
import { dropout, graphOf, INPUT, norm, RELU, tensor } from "../model/graphs.ts";
import { networkOf, numbers, ran } from "./networks.ts";

const INPUTS = 3000;
const WIDTH = 5;
const [FIRST, SECOND] = [1, 2].map((seed) => [...numbers(WIDTH * WIDTH, seed)]) as [number[], number[]];
// Each input has a mean of its own, so that noise adds to the variance of every neuron.
const x = numbers(INPUTS * WIDTH, 3).map((value) => value + 0.7);

interface Stored {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/** Dropout → linear → norm → ReLU → dropout → linear → norm. */
function networkWith(...stored: readonly [Stored, Stored]): Network {
  const line = [null, WIDTH];
  const [one, other] = stored.map((statistics) => norm({ ...statistics, epsilon: 1e-5 })) as [
    ReturnType<typeof norm>,
    ReturnType<typeof norm>,
  ];
  const linear = (values: readonly number[]) =>
    ({ kind: "linear", weight: tensor([WIDTH, WIDTH], values), bias: null }) as const;
  const layers = [dropout(0.4), linear(FIRST), one, RELU, dropout(0.5), linear(SECOND), other];
  return networkOf(graphOf({ layer: INPUT, shape: line }, ...layers.map((layer) => ({ layer, shape: line }))), [WIDTH]);
}

function momentsOfChannels(rows: readonly number[]): Stored {
  const channels = Array.from({ length: WIDTH }, (_, channel) => rows.filter((_, at) => at % WIDTH === channel));
  return { mean: channels.map((own) => mean(own)), variance: channels.map((own) => variance(own)) };
}

/** In double precision, without our operations. */
function linearOf(rows: readonly number[], weight: readonly number[]): number[] {
  return rows.map((_, at) => {
    const [row, neuron] = [Math.floor(at / WIDTH), at % WIDTH];
    let sum = 0;
    for (let input = 0; input < WIDTH; input++) {
      sum += (rows[row * WIDTH + input] as number) * Math.fround(weight[neuron * WIDTH + input] as number);
    }
    return sum;
  });
}

let network: Network;
let without: readonly [Stored, Stored];

beforeAll(() => {
  // As training leaves them: the first by what it receives with noise, then the second by what the first makes of it.
  const unit = { mean: new Array<number>(WIDTH).fill(0), variance: new Array<number>(WIDTH).fill(1) };
  const options = { x, inputs: INPUTS, firstInput: 0, masks: 16 };
  const one = momentsOfChannels(ran(networkWith(unit, unit), options).received[0] ?? []);
  const two = momentsOfChannels(ran(networkWith(one, unit), options).received[1] ?? []);
  network = networkWith(one, two);
  const received = linearOf([...x], FIRST);
  const first = momentsOfChannels(received);
  const active = received.map((value, at) => {
    const channel = at % WIDTH;
    const scale = Math.sqrt((first.variance[channel] as number) + 1e-5);
    return Math.max(0, (value - (first.mean[channel] as number)) / scale);
  });
  without = [first, momentsOfChannels(linearOf(active, SECOND))];
});

function repairedOnly(isKept: (norm: number) => boolean): readonly Statistics[] {
  const sums = measuredSums(network, { x, from: 0, to: INPUTS, masks: 16 });
  const stored = [...network.statistics];
  const statistics = [...repaired(network, { x, inputs: INPUTS, on: sums.map(({ on }) => on), isKept })];
  network.statistics.splice(0, 2, ...stored);
  return statistics;
}

/** The largest distance from the statistics without noise: of variances as a share, of means in standard deviations. */
function distance(found: Statistics | undefined, norm: 0 | 1): number {
  const { mean: means, variance: variances } = without[norm];
  return Math.max(
    ...variances.map((exact, channel) => Math.abs((found?.variance[channel] as number) / exact - 1)),
    ...means.map(
      (exact, channel) => Math.abs((found?.mean[channel] as number) - exact) / Math.sqrt(variances[channel] as number),
    ),
  );
}

// λ = 1.6/3000 of each variance is the layer's: twice that, where a channel's ratio is up to three times the layer's, and single precision.
const LIMIT = (2 * 1.6) / INPUTS;

describe("repair by paired inputs", () => {
  test("gives every norm the statistics of its input without noise, one behind another", () => {
    const statistics = repairedOnly(() => false);
    expect(distance(network.statistics[0], 0)).toBeGreaterThan(0.2);
    expect(distance(network.statistics[1], 1)).toBeGreaterThan(0.1);
    expect(distance(statistics[0], 0)).toBeLessThan(LIMIT);
    // What the first lacks, the second has too, by each of its inputs.
    expect(distance(statistics[1], 1)).toBeLessThan(3 * LIMIT);
  });

  test("negative control: behind a norm that keeps its statistics, those are not it", () => {
    const statistics = repairedOnly((norm) => norm === 0);
    expect(statistics[0]).toBe(network.statistics[0]);
    expect(distance(statistics[1], 1)).toBeGreaterThan(10 * LIMIT);
  });

  test("rounds them to single precision, as files have them", () => {
    for (const { mean: means, variance: variances } of repairedOnly(() => false)) {
      expect([...means, ...variances]).toEqual([...means, ...variances].map(Math.fround));
    }
  });

  test("is done again with the same result", () => {
    expect(repairedOnly(() => false)).toEqual(repairedOnly(() => false));
  });
});
