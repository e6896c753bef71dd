import fc from "fast-check";
import { expect, test } from "vitest";
import { secondMoment } from "../../src/numeric/moments.ts";
import { activationMoments } from "../../src/theory/activation.ts";
import { alignment, layerAlignment } from "../../src/theory/alignment.ts";
import { correlationAfterNoise } from "../../src/theory/correlation.ts";
import { linearShift, linearTheory, neuronTheories } from "../../src/theory/linear-shift.ts";
import {
  type NoiseOfStrength,
  noiseKurtosis,
  noiseOfRelativeVariance,
  relativeVariance,
} from "../../src/theory/noise.ts";
import { directShift, directTheory } from "../../src/theory/shift.ts";
import { activationOf, between, INPUT, KEEP, LAYER, MOMENTS, STRENGTH, sumsOf, WEIGHTS } from "./arbitrary.ts";

// One rounding is 1.1e-16. The formulas here make at most a dozen, without subtracting: 2e-15 relative holds for all.
const ROUNDINGS = 2e-15;

const shiftAt = (keepProbability: number) => relativeVariance({ kind: "bernoulli", keepProbability });

function isClose(actual: number, wanted: number, relative = ROUNDINGS): void {
  expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(relative * Math.abs(wanted));
}

function holds<Values extends [unknown, ...unknown[]]>(
  arbitraries: { [At in keyof Values]: fc.Arbitrary<Values[At]> },
  check: (...values: Values) => void,
): void {
  // A fixed seed: the run is the same everywhere; a failure prints the shrunk counterexample.
  fc.assert(fc.property(...arbitraries, check), { seed: 20260101, numRuns: 500 });
}

test("Δ lies in (0, 1] and is 1 exactly without noise", () => {
  holds([MOMENTS, STRENGTH], (moments, strength) => {
    const shift = directShift(moments, strength);
    expect(shift).toBeGreaterThan(0);
    expect(shift).toBeLessThanOrEqual(1);
    expect(directShift(moments, 0)).toBe(1);
  });
});

test("any noise that is not drowned in rounding makes Δ less than 1", () => {
  holds([MOMENTS, between(0.001, 3)], (moments, strength) => {
    expect(directShift(moments, strength)).toBeLessThan(1);
  });
});

test("Δ equals the keep probability when the mean is zero", () => {
  holds([KEEP, between(0.001, 30)], (keep, variance) => {
    isClose(directShift({ mean: 0, variance }, shiftAt(keep)), keep);
  });
});

test("Δ grows with the keep probability", () => {
  holds([MOMENTS, KEEP, KEEP], (moments, a, b) => {
    fc.pre(a < b);
    expect(directShift(moments, shiftAt(a))).toBeLessThan(directShift(moments, shiftAt(b)));
  });
});

test("Δ falls as the mean moves away from zero", () => {
  holds([MOMENTS, between(0.001, 3), between(0.01, 10)], ({ mean, variance }, strength, step) => {
    const further = mean < 0 ? mean - step : mean + step;
    expect(directShift({ mean: further, variance }, strength)).toBeLessThan(directShift({ mean, variance }, strength));
  });
});

test("Δ does not depend on the unit of the input", () => {
  holds([INPUT, STRENGTH, between(0, 50), between(0.001, 1000)], (input, strength, aligned, unit) => {
    const scaled = { ...input, mean: input.mean * unit, variance: input.variance * unit * unit };
    isClose(directShift(scaled, strength), directShift(input, strength));
    isClose(
      linearShift({ input: scaled, alignment: aligned }, strength),
      linearShift({ input, alignment: aligned }, strength),
    );
  });
});

test("a linear layer changes nothing when the units are uncorrelated", () => {
  holds([MOMENTS, STRENGTH, between(0, 50)], (moments, strength, aligned) => {
    const input = { ...moments, correlation: 0 };
    expect(linearShift({ input, alignment: aligned }, strength)).toBe(directShift(moments, strength));
  });
});

test("a linear layer of alignment 1 changes nothing, whatever the correlation", () => {
  holds([INPUT, STRENGTH], (input, strength) => {
    isClose(linearShift({ input, alignment: 1 }, strength), directShift(input, strength));
  });
});

test("Δ behind a linear layer grows with ρ(a − 1)", () => {
  holds(
    [MOMENTS, between(0.001, 30), between(0, 1), between(0, 50), between(0, 1), between(0, 50)],
    (moments, ...rest) => {
      const [strength, ...drawn] = rest;
      const [rhoA, alignmentA, rhoB, alignmentB] = drawn;
      // Thousandths: products that differ do so by 1e-6 or more, which no rounding turns round.
      fc.pre(rhoA * (alignmentA - 1) < rhoB * (alignmentB - 1) - 5e-7);
      const at = (correlation: number, aligned: number) =>
        linearShift({ input: { ...moments, correlation }, alignment: aligned }, strength);
      expect(at(rhoA, alignmentA)).toBeLessThan(at(rhoB, alignmentB));
    },
  );
});

test("correlation behind alignment below 1 makes Δ worse than noise alone", () => {
  holds([MOMENTS, between(0.01, 3), between(0.01, 1), between(0, 0.99)], (moments, strength, correlation, aligned) => {
    const input = { ...moments, correlation };
    expect(linearShift({ input, alignment: aligned }, strength)).toBeLessThan(directShift(moments, strength));
  });
});

test("eq. 12 with the layer's alignment gives the ratio of the neurons' summed variances", () => {
  holds([INPUT, LAYER, STRENGTH], (input, neurons, strength) => {
    const shares = neuronTheories({ input, neurons }, strength);
    const total = (of: "trainVariance" | "testVariance") => shares.reduce((sum, share) => sum + share[of], 0);
    const theory = linearTheory({ input, neurons }, strength);
    const wanted = total("testVariance") / total("trainVariance");
    isClose(theory.trainVariance, total("trainVariance") / neurons.length);
    // Where ρ = 1 meets weights that nearly cancel, S₁ itself carries roundings of up to 12 weights of at most 3.
    expect(Math.abs(theory.shift - wanted)).toBeLessThanOrEqual(ROUNDINGS);
    expect(Math.abs(linearShift({ input, alignment: layerAlignment(neurons) }, strength) - wanted)).toBeLessThanOrEqual(
      ROUNDINGS,
    );
  });
});

test("the ratio of a layer lies between the least and the greatest of its neurons, and is not their mean", () => {
  holds([INPUT, LAYER, STRENGTH], (input, neurons, strength) => {
    const shifts = neuronTheories({ input, neurons }, strength).map(({ shift }) => shift);
    const { shift } = linearTheory({ input, neurons }, strength);
    expect(shift).toBeGreaterThanOrEqual(Math.min(...shifts) - ROUNDINGS);
    expect(shift).toBeLessThanOrEqual(Math.max(...shifts) + ROUNDINGS);
  });
  const input = { mean: 0, variance: 1, correlation: 0.5 };
  const neurons = [
    { sum: 0, sumOfSquares: 1 },
    { sum: 3, sumOfSquares: 1 },
  ];
  // Var_test 0.5 and 5, Var_train 1.5 and 6: 5.5/7.5 against (1/3 + 5/6)/2.
  isClose(linearTheory({ input, neurons }, 1).shift, 11 / 15);
});

test("alignment lies between 0 and the number of weights, which equal weights reach", () => {
  holds([WEIGHTS], (weights) => {
    expect(alignment(sumsOf(weights))).toBeGreaterThanOrEqual(0);
    expect(alignment(sumsOf(weights))).toBeLessThanOrEqual(weights.length * (1 + ROUNDINGS));
    isClose(alignment(sumsOf(weights.map(() => 0.7))), weights.length);
  });
});

test("neither scale nor sign of the weights moves Δ", () => {
  holds([INPUT, LAYER, STRENGTH, between(-9, -0.1)], (input, neurons, strength, scale) => {
    const scaled = neurons.map(({ sum, sumOfSquares }) => ({
      sum: sum * scale,
      sumOfSquares: sumOfSquares * scale * scale,
    }));
    const { shift } = linearTheory({ input, neurons }, strength);
    isClose(linearTheory({ input, neurons: scaled }, strength).shift, shift);
  });
});

test("noise scales the correlation by the shift of noise alone, towards 0", () => {
  holds([INPUT, STRENGTH], (input, strength) => {
    const { testVariance, trainVariance } = directTheory(input, strength);
    isClose(correlationAfterNoise(input, strength), (input.correlation * testVariance) / trainVariance);
    expect(correlationAfterNoise(input, strength)).toBeLessThanOrEqual(input.correlation);
  });
});

test.each<NoiseOfStrength>(["bernoulli", "gaussian", "uout"])(
  "%s noise has the strength that it is asked for",
  (kind) => {
    holds([between(0, kind === "uout" ? 0.333 : 100)], (strength) => {
      const { kind: given } = noiseOfRelativeVariance(kind, strength);
      expect(given).toBe(kind);
      // 1 − 1/(1 + σ²) loses σ² in rounding at 1: 1.1e-16·(1 + σ²)² absolute.
      const rounding = ROUNDINGS * (1 + strength) * (1 + strength);
      expect(Math.abs(relativeVariance(noiseOfRelativeVariance(kind, strength)) - strength)).toBeLessThan(rounding);
    });
  },
);

test("kurtosis of the noise is at least 1, as of anything", () => {
  holds([KEEP, between(0, 1)], (keepProbability, beta) => {
    expect(noiseKurtosis({ kind: "bernoulli", keepProbability })).toBeGreaterThanOrEqual(1);
    expect(noiseKurtosis({ kind: "uout", beta })).toBeGreaterThanOrEqual(1);
  });
});

test("relu leaves a positive mean and variance, correlation in [−1, 1], and less variance than it was given", () => {
  holds([activationOf("relu")], (activation) => {
    const { mean, variance, correlation } = activationMoments(activation);
    expect(mean).toBeGreaterThan(0);
    expect(variance).toBeGreaterThan(0);
    expect(variance).toBeLessThanOrEqual(activation.variance * (1 + ROUNDINGS));
    expect(variance).toBeLessThanOrEqual(secondMoment({ mean, variance }));
    expect(Math.abs(correlation)).toBeLessThanOrEqual(1);
    expect(Math.sign(correlation)).toBe(Math.sign(activation.correlation));
    // A function of each of two correlated normals is never more correlated than they are (Lancaster 1957).
    expect(Math.abs(correlation)).toBeLessThanOrEqual(Math.abs(activation.correlation) + 2e-13);
  });
});

test("relu far above zero is the normal itself", () => {
  holds([between(9, 1000), between(0.01, 30), between(-1, 1)], (relative, deviation, correlation) => {
    const z = { mean: relative * deviation, variance: deviation * deviation, correlation };
    const x = activationMoments({ kind: "relu", ...z });
    // P(z < 0) is 1e-19 at nine standard deviations.
    isClose(x.mean, z.mean);
    isClose(x.variance, z.variance);
    expect(Math.abs(x.correlation - correlation)).toBeLessThanOrEqual(ROUNDINGS);
  });
});

test.each(["tanh", "gelu"] as const)("%s never correlates units more than their z are", (kind) => {
  holds([between(-2, 2), between(0.05, 5), between(-1, 1)], (relative, deviation, correlation) => {
    const z = { mean: relative * deviation, variance: deviation * deviation, correlation };
    // Lancaster 1957, as above; accurate to 1e-12.
    expect(Math.abs(activationMoments({ kind, ...z }).correlation)).toBeLessThanOrEqual(Math.abs(correlation) + 1e-12);
  });
});

test.each(["normal", "uniform", "lognormal"] as const)("%s input has the moments that it is given", (kind) => {
  holds([activationOf(kind)], (activation) => {
    const { mean, variance, correlation } = activation;
    expect(activationMoments(activation)).toEqual({ mean, variance, correlation });
  });
});
