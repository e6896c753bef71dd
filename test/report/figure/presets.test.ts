import { mean } from "simple-statistics";
import { expect, it } from "vitest";
import { derive } from "../../../src/experiment/derive.ts";
import { defineScenario } from "../../../src/index.ts";
import { PRESETS } from "../../../src/report/figure/presets.ts";

const shifts = (name: keyof typeof PRESETS) =>
  PRESETS[name].scenarios.map((input) => {
    const { scenario, theory } = derive(defineScenario(input));
    return { scenario, shift: theory?.shift ?? Number.NaN };
  });

it("paper-a holds p itself for a mean of 0, and .4054 behind a ReLU at p = 0.5", () => {
  const all = shifts("paper-a");
  for (const { scenario, shift } of all.filter(
    ({ scenario }) => scenario.activation === "normal" && scenario.mean === 0,
  )) {
    expect(shift).toBeCloseTo(scenario.keep, 12);
  }
  const relu = all.find(({ scenario }) => scenario.activation === "relu" && scenario.keep === 0.5);
  expect(relu?.shift).toBeCloseTo(0.4054, 4);
});

it("in paper-b the shift is one for each alignment, whatever the width", () => {
  const byAlignment = new Map<number, number[]>();
  for (const { scenario, shift } of shifts("paper-b")) {
    const key = scenario.targetAlignment ?? Number.NaN;
    byAlignment.set(key, [...(byAlignment.get(key) ?? []), shift]);
  }
  expect([...byAlignment.keys()]).toEqual([1, 2.6, 14.7, 44.3]);
  for (const group of byAlignment.values()) expect(Math.max(...group) - Math.min(...group)).toBeLessThan(1e-5);
});

it("in width, the mean of networks with zero-mean weights stays near one half, and those with a mean do not", () => {
  const all = shifts("width");
  for (const width of new Set(all.map(({ scenario }) => scenario.width))) {
    const kind = all.filter(({ scenario }) => scenario.width === width && scenario.weightMean === 0);
    expect(kind.length).toBe(10);
    // Δ of 16 neurons has a standard deviation of 0.02 between networks: five of the mean's are 0.03.
    expect(Math.abs(mean(kind.map(({ shift }) => shift)) - 0.5)).toBeLessThan(0.03);
  }
  for (const { scenario, shift } of all)
    if (scenario.weightMean === 0.5 && scenario.width === 2048) expect(shift).toBeGreaterThan(0.97);
});

it("in uout, both noises lie on Δ = 1/(1 + σ²(1 + c²))", () => {
  for (const { scenario, shift } of shifts("uout")) {
    expect(shift).toBeCloseTo(1 / (1 + scenario.relativeVariance * (1 + scenario.mean ** 2)), 9);
  }
});

it("in alignment, weights of mean 0 stay near 1 and the others follow 1 + (d − 1)μ²/(1 + μ²)", () => {
  for (const { scenario } of shifts("alignment")) {
    const square = (scenario.weightMean ?? 0) ** 2;
    const wanted = 1 + ((scenario.width - 1) * square) / (1 + square);
    // Of S₁ ~ N(√d m, 1) a neuron's S₁² has variance 2 + 4(a − 1) at most; over 64 neurons, and 5 of these deviations.
    expect(Math.abs((scenario.alignment ?? 0) - wanted)).toBeLessThan(5 * Math.sqrt((4 * wanted - 2) / 64));
  }
});
