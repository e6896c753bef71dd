import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DROPPED_VALUE } from "../../src/noises/alpha.ts";
import type { Noise } from "../../src/noises/noises.ts";
import type { WeightSums } from "../../src/theory/alignment.ts";
import type { Layer } from "../../src/theory/layer-steps.ts";
import { noiseTheory } from "../../src/theory/noise-theory.ts";
import { between, INPUT, KEEP, LAYER, sumsOf } from "./arbitrary.ts";
import { exchangeable, type Outcome } from "./outcomes.ts";

// Truth by counting: a small input and every mask of the noise, each outcome with its probability; only Var y = E y² − (E y)².

const KEEPS = [0.2, 0.5, 0.9, 1];
const SHARES = [0, 0.2, 0.4, 1];
const WEIGHTS = [
  [1, 1, 1],
  [0.5, -1, 2],
  [1, -1, 0],
];
/** Units 0 and 1 are one channel, unit 2 the rest of another. */
const CHANNEL_SIZE = 2;
const CHANNELS = [[0, 1], [2]];

/** Every mask of so many things that are kept with this probability. */
function masks(count: number, keep: number): { readonly probability: number; readonly kept: readonly boolean[] }[] {
  return Array.from({ length: 2 ** count }, (_, mask) => {
    const kept = Array.from({ length: count }, (_, at) => Math.floor(mask / 2 ** at) % 2 === 1);
    return { probability: kept.reduce((product, isKept) => product * (isKept ? keep : 1 - keep), 1), kept };
  });
}

/** What a neuron of these weights, or a single unit, is given in training, over every input and every mask. */
type Trained = (input: readonly Outcome[], weights: readonly number[], keep: number) => [number, number][];

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, at) => sum + value * b[at], 0);

/** Each unit's own mask, and what becomes of a unit. */
const unitwise =
  (of: (value: number, isKept: boolean, keep: number) => number): Trained =>
  (input, weights, keep) =>
    input.flatMap(({ probability, x }) =>
      masks(3, keep).map((mask): [number, number] => {
        const noisy = x.map((value, unit) => of(value, mask.kept[unit] === true, keep));
        return [probability * mask.probability, dot(weights, noisy)];
      }),
    );

const spatial: Trained = (input, weights, keep) =>
  input.flatMap(({ probability, x }) =>
    masks(CHANNELS.length, keep).map((mask): [number, number] => {
      const noisy = x.map((value, unit) => (mask.kept[Math.floor(unit / CHANNEL_SIZE)] ? value / keep : 0));
      return [probability * mask.probability, dot(weights, noisy)];
    }),
  );

const dropConnect: Trained = (input, weights, keep) =>
  input.flatMap(({ probability, x }) =>
    masks(3, keep).map((mask): [number, number] => {
      const left = weights.map((weight, at) => (mask.kept[at] ? weight / keep : 0));
      return [probability * mask.probability, dot(left, x)];
    }),
  );

const alpha = unitwise((value, isKept, keep) => {
  const a = 1 / Math.sqrt(keep + DROPPED_VALUE ** 2 * keep * (1 - keep));
  return a * (isKept ? value : DROPPED_VALUE) - a * DROPPED_VALUE * (1 - keep);
});

const classic = unitwise((value, isKept) => (isKept ? value : 0));

function variance(outcomes: readonly (readonly [number, number])[]): number {
  const mean = outcomes.reduce((sum, [probability, y]) => sum + probability * y, 0);
  return outcomes.reduce((sum, [probability, y]) => sum + probability * (y - mean) * (y - mean), 0);
}

function momentsOf(input: readonly Outcome[]) {
  const mean = input.reduce((sum, { probability, x }) => sum + probability * x[0], 0);
  const second = input.reduce((sum, { probability, x }) => sum + probability * x[0] * x[0], 0);
  const product = input.reduce((sum, { probability, x }) => sum + probability * x[0] * x[1], 0);
  const variance = second - mean * mean;
  return { mean, variance, correlation: (product - mean * mean) / variance };
}

function channelSumsOf(weights: readonly number[]): WeightSums {
  const squares = CHANNELS.map((units) => units.reduce((sum, unit) => sum + weights[unit], 0) ** 2);
  return { ...sumsOf(weights), channelSquares: squares.reduce((sum, square) => sum + square, 0) };
}

const LINEAR: Layer = { kind: "linear", neurons: WEIGHTS.map(channelSumsOf) };

const KINDS: Readonly<Record<string, { of: (keepProbability: number) => Noise; trained: Trained; test: number }>> = {
  spatial: {
    of: (keepProbability) => ({ kind: "spatial", keepProbability, channelSize: CHANNEL_SIZE }),
    trained: spatial,
    test: 0,
  },
  dropconnect: { of: (keepProbability) => ({ kind: "dropconnect", keepProbability }), trained: dropConnect, test: 0 },
  alpha: { of: (keepProbability) => ({ kind: "alpha", keepProbability }), trained: alpha, test: 0 },
  // In test the input is multiplied by keep.
  classic: {
    of: (keepProbability) => ({ kind: "bernoulli", keepProbability, scaling: "classic" }),
    trained: classic,
    test: 1,
  },
};

// Values up to 6/0.2 squared, some 70 outcomes: 1e-12 is a thousand roundings of the largest sum.
const COUNTED = 1e-12;

describe.each(Object.entries(KINDS))("%s: both variances are those of every mask counted", (_, { of, ...noise }) => {
  const average = (read: (weights: readonly number[]) => number) =>
    WEIGHTS.reduce((sum, weights) => sum + read(weights), 0) / WEIGHTS.length;
  const tested = (input: readonly Outcome[], weights: readonly number[], keep: number) =>
    (noise.test === 1 ? keep * keep : 1) * variance(input.map(({ probability, x }) => [probability, dot(weights, x)]));

  test.each(SHARES.flatMap((share) => KEEPS.map((keep) => [share, keep])))(
    "with a linear layer, share of equal units %d, keep %d",
    (share, keep) => {
      const input = exchangeable(share);
      const theory = noiseTheory({ noise: of(keep), input: momentsOf(input), layer: LINEAR });
      const train = average((weights) => variance(noise.trained(input, weights, keep)));
      expect(Math.abs(theory.trainVariance - train)).toBeLessThan(COUNTED);
      expect(Math.abs(theory.testVariance - average((weights) => tested(input, weights, keep)))).toBeLessThan(COUNTED);
    },
  );

  test.each(KEEPS)("alone, keep %d", (keep) => {
    const input = exchangeable(0.4);
    const theory = noiseTheory({ noise: of(keep), input: momentsOf(input), layer: { kind: "none" } });
    const unit = [1, 0, 0];
    expect(Math.abs(theory.trainVariance - variance(noise.trained(input, unit, keep)))).toBeLessThan(COUNTED);
    expect(Math.abs(theory.testVariance - tested(input, unit, keep))).toBeLessThan(COUNTED);
  });
});

test("negative control: dropout's Σw² in the place of the channels' sums is not what is counted", () => {
  const input = exchangeable(0.4);
  const noise: Noise = { kind: "bernoulli", keepProbability: 0.5 };
  const theory = noiseTheory({ noise, input: momentsOf(input), layer: LINEAR });
  const counted = WEIGHTS.reduce((sum, weights) => sum + variance(spatial(input, weights, 0.5)), 0) / WEIGHTS.length;
  expect(Math.abs(theory.trainVariance / counted - 1)).toBeGreaterThan(0.05);
});

test("channels of one unit are dropout, to the bit", () => {
  const property = fc.property(INPUT, LAYER, KEEP, (input, sums, keepProbability) => {
    const neurons = sums.map((neuron) => ({ ...neuron, channelSquares: neuron.sumOfSquares }));
    const layer: Layer = { kind: "linear", neurons };
    const channels = noiseTheory({ noise: { kind: "spatial", keepProbability, channelSize: 1 }, input, layer });
    expect(channels).toEqual(noiseTheory({ noise: { kind: "bernoulli", keepProbability }, input, layer }));
  });
  fc.assert(property, { numRuns: 300 });
});

test("classic dropout has p² of both variances of inverted dropout, and its shift to the bit", () => {
  const property = fc.property(INPUT, LAYER, KEEP, (input, neurons, keepProbability) => {
    const layer: Layer = { kind: "linear", neurons };
    const inverted = noiseTheory({ noise: { kind: "bernoulli", keepProbability }, input, layer });
    const scaled = noiseTheory({ noise: { kind: "bernoulli", keepProbability, scaling: "classic" }, input, layer });
    const square = keepProbability * keepProbability;
    expect(scaled).toEqual({
      trainVariance: square * inverted.trainVariance,
      testVariance: square * inverted.testVariance,
      shift: inverted.shift,
    });
  });
  fc.assert(property, { numRuns: 300 });
});

test("dropconnect has the theory of dropout, and no noise a shift of 1", () => {
  const property = fc.property(INPUT, LAYER, KEEP, (input, neurons, keepProbability) => {
    const layer: Layer = { kind: "linear", neurons };
    const dropout = noiseTheory({ noise: { kind: "bernoulli", keepProbability }, input, layer });
    expect(noiseTheory({ noise: { kind: "dropconnect", keepProbability }, input, layer })).toEqual(dropout);
    const quiet = noiseTheory({ noise: { kind: "none" }, input, layer });
    expect(quiet).toEqual({ trainVariance: dropout.testVariance, testVariance: dropout.testVariance, shift: 1 });
  });
  fc.assert(property, { numRuns: 300 });
});

describe("alpha dropout without a layer", () => {
  test("shifts nothing at c = 0, v = 1", () => {
    for (const keepProbability of KEEPS) {
      const input = { mean: 0, variance: 1, correlation: 0 };
      const { shift } = noiseTheory({ noise: { kind: "alpha", keepProbability }, input, layer: { kind: "none" } });
      expect(Math.abs(shift - 1)).toBeLessThan(2e-15);
    }
  });

  test("may shift above 1: at c = 0 it does for every v above 1, and below 1 for every v below", () => {
    const property = fc.property(between(0.001, 0.9), between(0.01, 0.9), (keepProbability, part) => {
      const at = (variance: number) =>
        noiseTheory({
          noise: { kind: "alpha", keepProbability },
          input: { mean: 0, variance, correlation: 0 },
          layer: { kind: "none" },
        }).shift;
      expect(at(1 / part)).toBeGreaterThan(1);
      expect(at(part)).toBeLessThan(1);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

test.each<[Noise, Layer, RegExp]>([
  [
    { kind: "spatial", keepProbability: 0.5, channelSize: 4 },
    { kind: "aligned", alignment: 2 },
    /^channelSquares: is missing/,
  ],
  [
    { kind: "spatial", keepProbability: 0.5, channelSize: 4 },
    { kind: "linear", neurons: [{ sum: 1, sumOfSquares: 1 }] },
    /^channelSquares: is missing/,
  ],
  [{ kind: "alpha", keepProbability: 0 }, { kind: "none" }, /^keepProbability/],
])("%o before %o is an error", (noise, layer, message) => {
  const input = { mean: 1, variance: 1, correlation: 0 };
  expect(() => noiseTheory({ noise, input, layer })).toThrow(message);
});

test("units that have nothing in common make channels of any size dropout, whatever the weights", () => {
  const noise: Noise = { kind: "spatial", keepProbability: 0.5, channelSize: 4 };
  const input = { mean: 0, variance: 2, correlation: 0 };
  expect(noiseTheory({ noise, input, layer: { kind: "aligned", alignment: 3 } }).shift).toBe(0.5);
});
