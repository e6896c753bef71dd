import { expect, test } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { LAW_KINDS } from "../../src/laws/laws.ts";
import type { Noise } from "../../src/noises/noises.ts";
import { lowestCorrelation } from "../../src/numeric/moments.ts";
import { activationMoments, activationTails } from "../../src/theory/activation.ts";
import { layerAlignment } from "../../src/theory/alignment.ts";
import { correlationAfterNoise } from "../../src/theory/correlation.ts";
import { generalTheory } from "../../src/theory/general-shift.ts";
import { linearShift, linearTheory, neuronTheories } from "../../src/theory/linear-shift.ts";
import { noiseOfRelativeVariance, relativeVariance } from "../../src/theory/noise.ts";
import { directShift } from "../../src/theory/shift.ts";

/** The error that refuses a value, or a failed test. */
function refusal(run: () => unknown): VshiftError {
  try {
    run();
  } catch (error) {
    if (error instanceof VshiftError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const INPUT = { mean: 1, variance: 1, correlation: 0.5 };
const NEURON = { sum: 1, sumOfSquares: 1 };

function expectRefused(run: () => unknown, field: string): void {
  const { code, field: named, problem, hint } = refusal(run);
  expect({ code, field: named }).toEqual({ code: "invalid-value", field });
  expect(problem.length).toBeGreaterThan(0);
  expect(hint?.length).toBeGreaterThan(0);
}

const NOT_NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

test.each([...NOT_NUMBERS, 0, -1, 1e-80])("a variance of %d is refused", (variance) => {
  expectRefused(() => directShift({ mean: 0, variance }, 1), "variance");
  expectRefused(() => activationMoments({ ...INPUT, kind: "normal", variance }), "variance");
});

test.each([...NOT_NUMBERS, 1e80])("a mean of %d is refused", (mean) => {
  expectRefused(() => directShift({ mean, variance: 1 }, 1), "mean");
});

test.each([...NOT_NUMBERS, -1e-9, 1e80])("a relative variance of %d is refused", (strength) => {
  expectRefused(() => directShift(INPUT, strength), "relativeVariance");
  expectRefused(() => linearTheory({ input: INPUT, neurons: [NEURON] }, strength), "relativeVariance");
  expectRefused(() => correlationAfterNoise(INPUT, strength), "relativeVariance");
  expectRefused(() => relativeVariance({ kind: "gaussian", relativeVariance: strength }), "relativeVariance");
  expectRefused(() => noiseOfRelativeVariance("bernoulli", strength), "relativeVariance");
});

test.each([...NOT_NUMBERS, -1.001, 1.001])("a correlation of %d is refused", (correlation) => {
  expectRefused(() => activationMoments({ ...INPUT, kind: "relu", correlation }), "correlation");
  expectRefused(() => linearShift({ input: { ...INPUT, correlation }, alignment: 1 }, 1), "correlation");
});

test.each<[Noise, string]>([
  [{ kind: "bernoulli", keepProbability: 0 }, "keepProbability"],
  [{ kind: "bernoulli", keepProbability: 1.1 }, "keepProbability"],
  [{ kind: "bernoulli", keepProbability: Number.NaN }, "keepProbability"],
  [{ kind: "uout", beta: -0.1 }, "beta"],
  [{ kind: "uout", beta: 1.1 }, "beta"],
])("%o is refused", (noise, field) => {
  expectRefused(() => relativeVariance(noise), field);
});

test("Uout reaches a relative variance of 1/3, at β = 1, and no more", () => {
  expect(noiseOfRelativeVariance("uout", 1 / 3)).toEqual({ kind: "uout", beta: 1 });
  expectRefused(() => noiseOfRelativeVariance("uout", 0.34), "relativeVariance");
});

test.each([0, -1])("a lognormal of mean %d is refused", (mean) => {
  expectRefused(() => activationMoments({ ...INPUT, kind: "lognormal", mean }), "mean");
  expectRefused(() => activationTails({ ...INPUT, kind: "lognormal", mean }), "mean");
});

test("relu is refused more than eight standard deviations below zero", () => {
  expectRefused(() => activationMoments({ ...INPUT, kind: "relu", mean: -16.1, variance: 4 }), "mean");
  expect(activationMoments({ ...INPUT, kind: "relu", mean: -16, variance: 4 }).variance).toBeGreaterThan(0);
});

test.each([-0.1, 8.001, Number.NaN])("an alignment of %d is refused for 8 weights", (alignment) => {
  expectRefused(() => linearShift({ input: INPUT, alignment, width: 8 }, 1), "alignment");
});

test("units can share a correlation of −1/(d − 1) and no less", () => {
  expect(lowestCorrelation(5)).toBe(-0.25);
  const shared = (correlation: number) => () =>
    linearShift({ input: { ...INPUT, correlation }, alignment: 1, width: 5 }, 1);
  expect(shared(-0.25)()).toBeGreaterThan(0);
  expectRefused(shared(-0.251), "correlation");
});

test("a correlation too low for the alignment is refused without knowing the width", () => {
  const input = { ...INPUT, correlation: -0.25 };
  expect(linearTheory({ input, neurons: [{ sum: 5, sumOfSquares: 5 }] }, 1).shift).toBe(0);
  expectRefused(() => linearTheory({ input, neurons: [{ sum: 6, sumOfSquares: 6 }] }, 1), "correlation");
});

test("a layer needs a neuron with a weight", () => {
  expectRefused(() => linearTheory({ input: INPUT, neurons: [] }, 1), "neurons");
  expectRefused(() => layerAlignment([{ sum: 0, sumOfSquares: 0 }]), "neurons");
});

test.each([
  [{ sum: Number.NaN, sumOfSquares: 1 }, "sum"],
  [{ sum: 1, sumOfSquares: Number.NaN }, "sumOfSquares"],
  [{ sum: 0, sumOfSquares: -1 }, "sumOfSquares"],
  [{ sum: 1, sumOfSquares: 0 }, "sumOfSquares"],
])("%o are refused as sums of weights", (neuron, field) => {
  expectRefused(() => linearTheory({ input: INPUT, neurons: [NEURON, neuron] }, 1), field);
  expectRefused(() => neuronTheories({ input: INPUT, neurons: [neuron] }, 1), field);
});

test("a neuron without weights sees no shift and takes no part in its layer's", () => {
  const dead = { sum: 0, sumOfSquares: 0 };
  expect(neuronTheories({ input: INPUT, neurons: [dead] }, 1)).toEqual([
    { trainVariance: 0, testVariance: 0, shift: 1 },
  ]);
  const { shift } = linearTheory({ input: INPUT, neurons: [NEURON, dead] }, 1);
  expect(shift).toBe(linearTheory({ input: INPUT, neurons: [NEURON] }, 1).shift);
});

test("the general form refuses shapes that do not fit, and what is no covariance", () => {
  const setting = {
    mean: [0, 0],
    covariance: [
      [1, 0],
      [0, 1],
    ],
    weights: [[1, 1]],
  };
  expectRefused(() => generalTheory({ ...setting, mean: [0] }, 1), "covariance");
  expectRefused(() => generalTheory({ ...setting, covariance: [[1, 0], [0]] }, 1), "covariance");
  expectRefused(
    () =>
      generalTheory(
        {
          ...setting,
          covariance: [
            [1, -3],
            [-3, 1],
          ],
        },
        1,
      ),
    "covariance",
  );
  expectRefused(() => generalTheory({ ...setting, mean: [0, Number.NaN] }, 1), "covariance");
  expectRefused(() => generalTheory({ ...setting, mean: [0, 1e200] }, 1), "covariance");
  expectRefused(() => generalTheory({ ...setting, weights: [[1e200, 0]] }, 1), "covariance");
  expectRefused(() => generalTheory({ ...setting, weights: [[1]] }, 1), "weights");
  expectRefused(() => generalTheory({ ...setting, weights: [] }, 1), "weights");
});

test("a covariance of rank one leaves weights across it no variance, and no error from rounding", () => {
  const direction = [0.1, 0.7, 0.3];
  const covariance = direction.map((a) => direction.map((b) => a * b));
  const across = [0.7, -0.1, 0];
  const { shift } = generalTheory({ mean: [1, 1, 1], covariance, weights: [across] }, 1);
  // A few roundings of 0.7·0.7·0.1·0.1 over the noise's variance, 0.5.
  expect(shift).toBeLessThan(1e-16);
});

test("what is refused says the value, the rule and the next step", () => {
  expect(refusal(() => relativeVariance({ kind: "bernoulli", keepProbability: 1.5 })).message).toBe(
    "keepProbability: 1.5 is not a probability to keep, above 0 and at most 1; a drop rate q is the keep probability 1 − q",
  );
});

test("values at the ends of the domain give finite numbers", () => {
  for (const mean of [-1e75, 0, 1e75]) {
    for (const variance of [1e-75, 1, 1e75]) {
      for (const strength of [0, 1e75]) {
        const weights = [{ sum: 1e75, sumOfSquares: 1e75 }];
        const { trainVariance, shift } = linearTheory(
          { input: { mean, variance, correlation: 1 }, neurons: weights },
          strength,
        );
        expect(Number.isFinite(trainVariance) && shift >= 0 && shift <= 1).toBe(true);
        expect(directShift({ mean, variance }, strength)).toBeGreaterThan(0);
      }
    }
  }
});

test.each(LAW_KINDS.filter((kind) => kind !== "tanh"))("%s accepts means of 1000 deviations", (kind) => {
  const { mean, variance } = activationMoments({ kind, mean: 1000, variance: 1, correlation: -1 });
  // At 1000 numbers lie 10⁻¹³ apart, as do the arguments of GELU.
  expect(Math.abs(mean - 1000)).toBeLessThan(1e-12);
  expect(Math.abs(variance - 1)).toBeLessThan(1e-12);
});

test("tanh is refused where it saturates, and where single precision has no digits of it", () => {
  expectRefused(() => activationMoments({ ...INPUT, kind: "tanh", mean: 1000 }), "mean");
  expectRefused(() => activationMoments({ ...INPUT, kind: "tanh", mean: 0, variance: 1e-9 }), "variance");
  expect(activationMoments({ ...INPUT, kind: "tanh", mean: 4 }).variance).toBeGreaterThan(0);
});
