import fc from "fast-check";
import { expect, test } from "vitest";
import type { Noise } from "../../src/noises/noises.ts";
import { correlationAfterNoise } from "../../src/theory/correlation.ts";
import { generalTheory } from "../../src/theory/general-shift.ts";
import { linearTheory } from "../../src/theory/linear-shift.ts";
import { noiseKurtosis, relativeVariance } from "../../src/theory/noise.ts";
import { directTheory } from "../../src/theory/shift.ts";
import { sumsOf } from "./arbitrary.ts";
import { exchangeable, type Outcome } from "./outcomes.ts";

// Truth by counting: a small input distribution and every mask of Bernoulli dropout, each outcome with its probability. No
// formula of the theory is used, only Var y = E y² − (E y)².

/** Every outcome of the input times every mask of inverted dropout. */
function dropped(input: readonly Outcome[], keep: number): Outcome[] {
  return input.flatMap(({ probability, x }) =>
    Array.from({ length: 2 ** x.length }, (_, mask) => {
      const kept = x.map((_, unit) => Math.floor(mask / 2 ** unit) % 2 === 1);
      return {
        probability: kept.reduce((product, isKept) => product * (isKept ? keep : 1 - keep), probability),
        x: x.map((value, unit) => (kept[unit] ? value / keep : 0)),
      };
    }),
  );
}

function mean(outcomes: readonly Outcome[], of: (x: readonly number[]) => number): number {
  return outcomes.reduce((sum, { probability, x }) => sum + probability * of(x), 0);
}

function covariance(outcomes: readonly Outcome[], a: (x: readonly number[]) => number, b = a): number {
  const [meanA, meanB] = [mean(outcomes, a), mean(outcomes, b)];
  return mean(outcomes, (x) => (a(x) - meanA) * (b(x) - meanB));
}

const unit = (at: number) => (x: readonly number[]) => x[at];
const neuron = (weights: readonly number[]) => (x: readonly number[]) =>
  weights.reduce((sum, weight, at) => sum + weight * x[at], 0);

function sharedMoments(input: readonly Outcome[]) {
  const variance = covariance(input, unit(0));
  return { mean: mean(input, unit(0)), variance, correlation: covariance(input, unit(0), unit(1)) / variance };
}

const WEIGHTS = [
  [1, 1, 1],
  [0.5, -1, 2],
  [1, -1, 0],
];

// Values up to 6/0.2 squared, some 70 outcomes: 1e-12 is a thousand roundings of the largest sum.
const COUNTED = 1e-12;

test.each([0.2, 0.5, 0.9, 1])("noise alone: both variances are those of every mask counted, keep %d", (keep) => {
  const input = exchangeable(0.4);
  const theory = directTheory(sharedMoments(input), (1 - keep) / keep);
  expect(Math.abs(theory.trainVariance - covariance(dropped(input, keep), unit(0)))).toBeLessThan(COUNTED);
  expect(Math.abs(theory.testVariance - covariance(input, unit(0)))).toBeLessThan(COUNTED);
});

test.each([
  [0, 0.5],
  [0.2, 0.2],
  [0.4, 0.9],
  [1, 0.5],
])("a linear layer: both variances are those of every mask counted, share of equal units %d, keep %d", (q, keep) => {
  const input = exchangeable(q);
  const theory = linearTheory({ input: sharedMoments(input), neurons: WEIGHTS.map(sumsOf) }, (1 - keep) / keep);
  const average = (outcomes: readonly Outcome[]) =>
    WEIGHTS.reduce((sum, weights) => sum + covariance(outcomes, neuron(weights)), 0) / WEIGHTS.length;
  expect(Math.abs(theory.trainVariance - average(dropped(input, keep)))).toBeLessThan(COUNTED);
  expect(Math.abs(theory.testVariance - average(input))).toBeLessThan(COUNTED);
});

test("the units' correlation after noise is that of every mask counted", () => {
  const input = exchangeable(0.4);
  const noisy = sharedMoments(dropped(input, 0.5));
  expect(Math.abs(correlationAfterNoise(sharedMoments(input), 1) - noisy.correlation)).toBeLessThan(COUNTED);
});

test("units of different means and covariances: the general form is every mask counted", () => {
  const input: Outcome[] = [
    { probability: 0.5, x: [1, -2, 0] },
    { probability: 0.3, x: [4, 1, -1] },
    { probability: 0.2, x: [0, 5, 3] },
  ];
  const units = [0, 1, 2];
  const theory = generalTheory(
    {
      mean: units.map((at) => mean(input, unit(at))),
      covariance: units.map((a) => units.map((b) => covariance(input, unit(a), unit(b)))),
      weights: [WEIGHTS[1]],
    },
    (1 - 0.7) / 0.7,
  );
  expect(Math.abs(theory.trainVariance - covariance(dropped(input, 0.7), neuron(WEIGHTS[1])))).toBeLessThan(COUNTED);
  expect(Math.abs(theory.testVariance - covariance(input, neuron(WEIGHTS[1])))).toBeLessThan(COUNTED);
});

test("equal moments are the general form's special case", () => {
  const moment = fc.double({ min: 0, max: 5, noNaN: true });
  const property = fc.property(
    moment,
    moment,
    fc.double({ min: -0.5, max: 1, noNaN: true }),
    (c, strength, correlation) => {
      const input = { mean: c, variance: 2, correlation };
      const rows = [0, 1, 2].map((a) => [0, 1, 2].map((b) => (a === b ? 2 : 2 * correlation)));
      const general = generalTheory({ mean: [c, c, c], covariance: rows, weights: WEIGHTS }, strength);
      const linear = linearTheory({ input, neurons: WEIGHTS.map(sumsOf) }, strength);
      expect(Math.abs(general.testVariance - linear.testVariance)).toBeLessThan(COUNTED);
      expect(Math.abs(general.trainVariance - linear.trainVariance)).toBeLessThan(COUNTED);
    },
  );
  fc.assert(property, { seed: 20260101, numRuns: 300 });
});

test.each([0.1, 0.5, 0.75, 0.999])(
  "Bernoulli noise, keep %d: σ² and kurtosis are those of its two outcomes",
  (keep) => {
    const noise: Noise = { kind: "bernoulli", keepProbability: keep };
    const central = (power: number) => keep * (1 / keep - 1) ** power + (1 - keep) * (-1) ** power;
    // A dozen roundings of 1.1e-16; 1/0.999 − 1 loses three digits, four times over.
    const rounding = keep > 0.9 ? 1e-12 : 2e-15;
    expect(Math.abs(relativeVariance(noise) / central(2) - 1)).toBeLessThan(rounding);
    expect(Math.abs((noiseKurtosis(noise) * central(2) ** 2) / central(4) - 1)).toBeLessThan(rounding);
  },
);

test("Uout: σ² and kurtosis are those of a uniform, ∫u²/2β and ∫u⁴/2β over (−β, β)", () => {
  const beta = 0.3;
  expect(relativeVariance({ kind: "uout", beta })).toBeCloseTo((2 * beta ** 3) / 3 / (2 * beta), 15);
  expect(noiseKurtosis({ kind: "uout", beta })).toBeCloseTo((2 * beta ** 5) / 5 / (2 * beta) / (beta ** 4 / 9), 14);
});

test("Gaussian noise has a normal's kurtosis, and so, by convention, has no noise", () => {
  expect(noiseKurtosis({ kind: "gaussian", relativeVariance: 2 })).toBe(3);
  expect(noiseKurtosis({ kind: "bernoulli", keepProbability: 1 })).toBe(3);
  expect(noiseKurtosis({ kind: "uout", beta: 0 })).toBe(3);
});
