import { describe, expect, test } from "vitest";
import { drawWeights } from "../../src/forward/draw-weights.ts";
import { fixedPoint } from "../../src/forward/fixed-point.ts";
import { noiseForm, pivotCentre } from "../../src/forward/noise-form.ts";
import { PAIR_ROWS } from "../../src/kernel/kernel.ts";
import { referenceKernel as kernel } from "../../src/kernel/reference.ts";
import { type LawKind, lawOf } from "../../src/laws/laws.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { linearIn, segmentIn } from "../experiment/measured-one.ts";

function layer(input: ScenarioInput) {
  const scenario = defineScenario({ layer: "linear", width: 300, neurons: 7, ...input });
  const weights = drawWeights(kernel, { seed: scenario.seed, layer: linearIn(scenario) });
  return { scenario, weights, fixed: fixedPoint(segmentIn(scenario), weights) };
}

const INTEGERS: readonly ScenarioInput[] = [
  {},
  { keep: 0.1, mean: 2 },
  { activation: "relu", mean: 0.7, variance: 3 },
  { activation: "uniform", mean: -5, noise: "uout" },
  { noise: "gaussian", keep: 0.5, mean: 0.5 },
  { weights: "constant", rho: 0.2 },
  { weights: "uniform", weightMean: 1 },
  { noise: "spatial", keep: 0.7, mean: 0.5, rho: 0.2 },
  { scaling: "classic", keep: 0.3, activation: "relu" },
  { noise: "none" },
];

/** Where what is dropped lies at alpha dropout's pivot. */
const ALPHA: readonly ScenarioInput[] = [
  { noise: "alpha" },
  { noise: "alpha", keep: 0.8, mean: -2, variance: 3 },
  { noise: "alpha", keep: 0.9, activation: "uniform", mean: 1, rho: 0.2 },
];

describe("integers serve", () => {
  test.each(INTEGERS)("%o", (input) => {
    const { scenario, weights, fixed } = layer(input);
    const { values, width, neurons } = weights;
    if (fixed === undefined) throw new Error("not in integers");
    const { step, bound, scales } = fixed;

    // Weights are whole multiples of the step, and no sum over a panel can pass 2³¹.
    const whole = [...values].map((weight) => weight / step);
    for (const multiple of whole) expect(multiple).toBe(Math.round(multiple));
    expect(Math.max(...whole.map(Math.abs))).toBeLessThanOrEqual(32_767);
    for (let neuron = 0; neuron < neurons; neuron++) {
      for (let first = 0; first < width; first += PAIR_ROWS) {
        const panel = whole.slice(neuron * width + first, neuron * width + Math.min(width, first + PAIR_ROWS));
        expect(bound * panel.reduce((sum, weight) => sum + Math.abs(weight), 0)).toBeLessThan(2 ** 31);
      }
    }

    // What has a probability of its own lies at −centre, which must be a multiple of the rounding but for single precision's.
    const { centre, largest } = lawOf(scenario.activation as LawKind).form(scenario);
    for (const scale of Object.values(scales)) {
      const multiple = centre * scale;
      expect(Math.abs(multiple - Math.round(multiple))).toBeLessThan(2 ** -23 * bound);
    }
    expect(scales.test * (largest ?? Number.NaN)).toBeLessThanOrEqual(bound * (1 + 2 ** -23));
    expect(scales.train).toBeLessThanOrEqual(scales.test);
  });
});

describe("integers of alpha dropout", () => {
  test.each(ALPHA)("%o have what is dropped for a multiple of the rounding", (input) => {
    const { scenario, fixed } = layer(input);
    if (fixed === undefined) throw new Error("not in integers");
    const form = lawOf(scenario.activation as LawKind).form(scenario);
    const dropped = -pivotCentre(noiseForm(scenario), form) * fixed.scales.train;
    expect(Math.abs(dropped - Math.round(dropped))).toBeLessThan(2 ** -23 * fixed.bound);
    expect(Math.abs(dropped)).toBeLessThan(fixed.bound);
  });
});

describe("single precision serves where integers would bias Δ or change the weights", () => {
  test.each<[string, ScenarioInput]>([
    ["an exact alignment", { alignment: 8 }],
    ["weights that lean so far that their spread is a few steps", { weightMean: 20 }],
    ["masks that keep one unit in a hundred", { keep: 0.01, masks: "independent" }],
    ["masks of the weights", { noise: "dropconnect" }],
    ["units that are dropped to one place and rectified to another", { noise: "alpha", activation: "relu" }],
    ["values that crowd where tanh saturates", { activation: "tanh" }],
    ["values that crowd at the least value of GELU", { activation: "gelu" }],
    ["heavy tails", { activation: "lognormal", variance: 1 }],
    ["weights that cancel nearly all that the units share", { weights: "constant", rho: -1 / 300 }],
  ])("%s", (_, input) => {
    expect(layer(input).fixed).toBeUndefined();
  });
});
