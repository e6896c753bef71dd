import { describe, expect, test } from "vitest";
import { estimateOf, type NormEstimate } from "../../src/passes/estimate.ts";
import { addReceived, emptySums, measuredSums, type PairedSums } from "../../src/passes/moments.ts";
import { FEWEST, MOST, SEEDS } from "../experiment/coverage.ts";
import { dropout, graphOf, INPUT, norm, tensor } from "../model/graphs.ts";
import { networkOf, numbers } from "./networks.ts";

const WIDTH = 6;
const NEURONS = 4;
const DROP = 0.4;
const weights = [...numbers(WIDTH * NEURONS, 8)].map(Math.fround);

// Inputs are independent and uniform on (μ − 1, μ + 1) with μ = ½: of variance 1/3. A neuron's variance is Σ w²·v without noise, and with it
// Σ w²·(v + σ²·(v + μ²)), σ² = drop/(1 − drop).
const MEAN = 0.5;
const VARIANCE = 1 / 3;
const perNeuron = Array.from({ length: NEURONS }, (_, neuron) => {
  const squares = weights.slice(neuron * WIDTH, (neuron + 1) * WIDTH).reduce((sum, w) => sum + w * w, 0);
  const test = squares * VARIANCE;
  return { test, train: test + (squares * DROP * (VARIANCE + MEAN * MEAN)) / (1 - DROP) };
});
const DELTA = perNeuron.reduce((sum, { test, train }) => sum + test / train, 0) / NEURONS;
const running = Float64Array.from(perNeuron, ({ train }) => train);
const expected = Array.from({ length: NEURONS }, (_, neuron) =>
  weights.slice(neuron * WIDTH, (neuron + 1) * WIDTH).reduce((sum, w) => sum + w * MEAN, 0),
);

const graph = graphOf(
  { layer: INPUT, shape: [null, WIDTH] },
  { layer: dropout(DROP), shape: [null, WIDTH] },
  { layer: { kind: "linear", weight: tensor([NEURONS, WIDTH], weights), bias: null }, shape: [null, NEURONS] },
  { layer: norm({ mean: expected, variance: [...running] }), shape: [null, NEURONS] },
);

interface Drawn {
  readonly seed: number;
  readonly inputs: number;
  readonly confidence?: number;
}

const GROUPS = 16;

function estimated({ seed, inputs, confidence = 0.95 }: Drawn): NormEstimate {
  const network = networkOf(graph, [WIDTH], { seed: String(seed) });
  const x = numbers(inputs * WIDTH, 1000 + seed).map((value) => value + MEAN);
  const size = inputs / GROUPS;
  const sums = Array.from({ length: GROUPS }, (_, group) => {
    const part = x.subarray(group * size * WIDTH, (group + 1) * size * WIDTH);
    return measuredSums(network, { x: part, from: group * size, to: (group + 1) * size, masks: 8 })[0] as PairedSums;
  });
  return estimateOf({ groups: sums, inputs, running, epsilon: 0, confidence });
}

const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);

// The odds are those of coverage.ts. The long study of 4,000 seeds found 94.8 % of 16 inputs, 95.4 % of 64 and 94.5 % of 256, before the bias
// of few inputs was taken away: half a standard error or less of ln Δ here, and more than one of many channels, as below.
describe("the interval of Δ", () => {
  const hits = (inputs: number, confidence: number) =>
    seeds.filter((seed) => {
      const [low, high] = estimated({ seed, inputs, confidence }).interval ?? [Number.NaN, Number.NaN];
      return low <= DELTA && DELTA <= high;
    }).length;

  test.each([16, 64])("of %d inputs contains it in 95 of 100 runs", (inputs) => {
    const found = hits(inputs, 0.95);
    expect(found).toBeGreaterThanOrEqual(FEWEST);
    expect(found).toBeLessThanOrEqual(MOST);
  });

  test("negative control: one of 80 % does not", () => expect(hits(64, 0.8)).toBeLessThan(FEWEST));
});

// Many channels make the interval narrow, and the bias of variances of few inputs does not become smaller: ln Δ is low by 0.1 of 8 inputs
// without a correction, and 30 % of the intervals miss it.
describe("the interval of Δ of many channels", () => {
  const CHANNELS = 32;
  const INPUTS = 8;
  const MASKS = 4;
  const one = { running: new Float64Array(CHANNELS).fill(1), epsilon: 0, inputs: INPUTS, confidence: 0.95 };

  /** Each channel of an input: a number of variance ½, and with noise another ½ of each mask. */
  function drawn(seed: number): NormEstimate {
    const normals = createNormals(seed);
    const groups = Array.from({ length: INPUTS }, (): PairedSums => {
      const [on, off] = [emptySums(CHANNELS), emptySums(CHANNELS)];
      const values = Float32Array.from({ length: CHANNELS }, () => normals() * Math.SQRT1_2);
      const noisy = Float32Array.from({ length: CHANNELS * MASKS }, (_, at) => {
        return (values[at % CHANNELS] as number) + normals() * Math.SQRT1_2;
      });
      const pivot = new Float64Array(CHANNELS);
      addReceived(off, { norm: 0, x: values, samples: 1, positions: 1 }, pivot);
      addReceived(on, { norm: 0, x: noisy, samples: MASKS, positions: 1 }, pivot);
      return { on, off };
    });
    return estimateOf({ groups, ...one });
  }

  const all = seeds.map((seed) => drawn(seed));

  test("contains it in 95 % of the runs", () => {
    const found = all.filter(({ interval }) => interval !== null && interval[0] <= 0.5 && interval[1] >= 0.5).length;
    expect(found).toBeGreaterThanOrEqual(FEWEST);
    expect(found).toBeLessThanOrEqual(MOST);
  });

  test("is around Δ: the bias of few inputs is taken away", () => {
    const logs = all.map(({ ratio }) => Math.log(ratio / 0.5));
    const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
    // Second order, 1/inputs²; a tenth of the bias that is taken away is left.
    expect(Math.abs(mean)).toBeLessThan(0.03);
  });
});

/** Normal numbers by Box and Muller. */
function createNormals(seed: number): () => number {
  const uniform = numbers(2 * 5 * 32 * 8, seed + 1);
  let at = 0;
  return () => {
    const [a, b] = [((uniform[at] as number) + 1) / 2, uniform[at + 1] as number];
    at += 2;
    return Math.sqrt(-2 * Math.log(Math.max(a, 1e-9))) * Math.cos(Math.PI * b);
  };
}

test("estimates come to Δ, to no mean shift, and to the stored variance with many inputs", () => {
  const { ratio, meanShift, toStored } = estimated({ seed: 1, inputs: 16_384 });
  // The standard error of ln Δ was 0.42/√inputs, of the mean shift 0.03 and of the variance about as much of it: 6 of them.
  expect(Math.abs(Math.log(ratio / DELTA))).toBeLessThan((6 * 0.42) / 128);
  expect(meanShift).toBeLessThan((6 * 0.03) / 128);
  expect(Math.abs(Math.log(toStored / DELTA))).toBeLessThan((6 * 0.42) / 128);
});
