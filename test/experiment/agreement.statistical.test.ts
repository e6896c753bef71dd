import { describe, expect, test } from "vitest";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { directShift } from "../../src/theory/shift.ts";
import { faultySums, zScore } from "./faulty.ts";
import { zOf } from "./measured.ts";
import { masksIn } from "./measured-one.ts";
import { simulateOne } from "./simulate-one.ts";

// 30 scenarios, two-sided z = 5.6: one false alarm in 10⁶ for all of them together (30 · 2.1·10⁻⁸ = 6·10⁻⁷), and the
// distribution over hundreds of batches is near enough to normal for that. Seeds are fixed.
const LIMIT = 5.6;

const scenarios: readonly ScenarioInput[] = [
  { keep: 0.9 },
  { keep: 0.5 },
  { keep: 0.02, samples: 64_000 },
  { keep: 0.5, mean: 1, variance: 3 },
  { keep: 0.7, mean: 100 },
  { keep: 0.7, mean: 1000 },
  { keep: 0.5, rho: 0.3, mean: 0.5 },
  { keep: 0.5, rho: -1 / 31 },
  { keep: 0.5, activation: "relu" },
  { keep: 0.3, activation: "relu", mean: 1, rho: 0.5 },
  { keep: 0.5, activation: "tanh" },
  { keep: 0.3, activation: "tanh", mean: 2, rho: 0.5 },
  { keep: 0.5, activation: "gelu" },
  { keep: 0.5, activation: "gelu", mean: -1, variance: 2, rho: 0.3 },
  { keep: 0.5, activation: "uniform", mean: -2 },
  { keep: 0.5, activation: "lognormal", variance: 0.5 },
  { noise: "gaussian", relativeVariance: 1, mean: 0.5 },
  { noise: "gaussian", keep: 0.9, activation: "relu" },
  { noise: "uout", beta: 1 },
  { noise: "uout", beta: 0.5, mean: 2 },
  { keep: 0.5, layer: "linear", neurons: 16 },
  { keep: 0.5, layer: "linear", neurons: 16, rho: 0.5, weightMean: 1 },
  { keep: 0.5, layer: "linear", neurons: 16, rho: 0.5, alignment: 0 },
  { keep: 0.5, layer: "linear", neurons: 16, rho: -0.03, weights: "uniform" },
  { keep: 0.9, layer: "linear", neurons: 16, weights: "constant", rho: 0.2, activation: "relu" },
  { keep: 0.5, layer: "linear", neurons: 16, weights: "constant", rho: 0.3, activation: "tanh" },
  { noise: "alpha", layer: "linear", neurons: 16, rho: 0.3, activation: "gelu", mean: 1 },
  { keep: 0.5, layer: "linear", neurons: 3, weights: "he", activation: "uniform", rho: 0.4, mean: 1 },
  { noise: "uout", beta: 0.8, layer: "linear", neurons: 5, weights: "xavier", mean: 1 },
  { keep: 0.5, width: 5, batchSize: 3, mean: 1, variance: 0.25, activation: "lognormal" },
];

describe("measured and closed form agree to within the measurement's own error", () => {
  test.each(scenarios)("%o", async (scenario) => {
    const { theory, measured } = await simulateOne({ width: 32, batchSize: 64, samples: 16_000, ...scenario });
    const z = zOf(measured, theory.shift);
    expect(Math.abs(z), `Δ̂ ${measured.shift}, Δ ${theory.shift}, z ${z}`).toBeLessThan(LIMIT);
  });
});

describe("negative controls: the same comparison finds", () => {
  const input: ScenarioInput = { keep: 0.5, width: 32, batchSize: 64, mean: 0.5 };
  const expected = directShift({ mean: 0.5, variance: 1 }, 1);

  test("nothing where nothing is wrong", () => {
    expect(Math.abs(zScore(faultySums(input, 250, {}), expected))).toBeLessThan(LIMIT);
  });

  test("a mask that is not scaled by 1/p", () => {
    const unscaled = () => {
      const inner = masksIn(referenceKernel, defineScenario({ keep: 0.5 }));
      return {
        ...inner,
        deviate(...[out, mask, stage]: Parameters<typeof inner.deviate>) {
          inner.deviate(out, mask, stage);
          for (let at = 0; at < out.length; at++) out[at] = Math.min(0, out[at] ?? 0);
        },
      };
    };
    expect(Math.abs(zScore(faultySums(input, 250, { noise: unscaled }), expected))).toBeGreaterThan(LIMIT);
  });

  test("a variance without Bessel's correction in one phase", () => {
    expect(Math.abs(zScore(faultySums(input, 250, { trainFactor: 63 / 64 }), expected))).toBeGreaterThan(LIMIT);
  });

  test("keep and drop swapped", () => {
    expect(
      Math.abs(zScore(faultySums({ ...input, keep: 0.55 }, 250, {}), directShift({ mean: 0.5, variance: 1 }, 55 / 45))),
    ).toBeGreaterThan(LIMIT);
  });
});
