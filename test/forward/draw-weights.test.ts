import { mean, sampleStandardDeviation } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { drawWeights } from "../../src/forward/draw-weights.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { linearIn } from "../experiment/measured-one.ts";

/** Rows of weights of a linear layer. */
function rowsOf(input: ScenarioInput): number[][] {
  const scenario = defineScenario({ layer: "linear", ...input });
  const { seed } = scenario;
  const { values, neurons, width } = drawWeights(referenceKernel, { seed, layer: linearIn(scenario) });
  return Array.from({ length: neurons }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
}

function alignmentOf(row: number[]): number {
  const sum = row.reduce((total, weight) => total + weight, 0);
  return (sum * sum) / row.reduce((total, weight) => total + weight * weight, 0);
}

describe("a layer drawn to an alignment has it in every neuron", () => {
  test.each([
    { alignment: 0, width: 64 },
    { alignment: 1, width: 64 },
    { alignment: 14.72835, width: 512 },
    { alignment: 63.9, width: 64 },
    { alignment: 64, width: 64 },
    { alignment: 2, width: 3, weights: "uniform" },
    { alignment: 1, width: 1 },
  ] as const)("$alignment at width $width", (input) => {
    for (const row of rowsOf({ neurons: 9, ...input })) {
      // Each weight is rounded to 2⁻²⁴ of itself, which moves the sum of d of norm 1 by at most √d·2⁻²⁴.
      expect(Math.abs(Math.sqrt(alignmentOf(row)) - Math.sqrt(input.alignment))).toBeLessThan(
        Math.sqrt(input.width) * 2 ** -23,
      );
    }
  });
});

test("equal weights, which two units can draw, are turned like any others", () => {
  // Seed 33 draws two equal uniform weights for one of these neurons.
  for (const row of rowsOf({ width: 2, neurons: 16_384, weights: "uniform", alignment: 1, seed: "33" })) {
    expect(Math.abs(alignmentOf(row) - 1)).toBeLessThan(2 ** -21);
  }
});

describe("weights have the standard deviation of their kind", () => {
  test.each([
    { weights: "normal", expected: Math.sqrt(1 / 400) },
    { weights: "uniform", expected: Math.sqrt(1 / 400) },
    { weights: "he", expected: Math.sqrt(2 / 400) },
    { weights: "xavier", expected: Math.sqrt(2 / 500) },
  ] as const)("$weights", ({ weights, expected }) => {
    const values = rowsOf({ weights, width: 400, neurons: 100 }).flat();
    // Relative error of a standard deviation of 40,000 draws of kurtosis ≤ 3: 1/√80,000; 4.9 of it, once in 10⁶.
    expect(Math.abs(sampleStandardDeviation(values) / expected - 1)).toBeLessThan(4.9 / Math.sqrt(80_000));
    expect(Math.abs(mean(values)) / expected).toBeLessThan(4.9 / Math.sqrt(40_000));
  });

  test("constant weights are equal, and their alignment is the width", () => {
    const [row = []] = rowsOf({ weights: "constant", width: 100, neurons: 1 });
    expect(new Set(row).size).toBe(1);
    expect(alignmentOf(row)).toBeCloseTo(100, 10);
  });
});

test("the alignment of zero-mean weights is 1 on average at every width, and grows linearly with a mean", () => {
  for (const width of [16, 256, 1024]) {
    const zeroMean = rowsOf({ width, neurons: 400 }).map(alignmentOf);
    // a is about χ² with 1 degree of freedom: variance 2.
    expect(Math.abs(mean(zeroMean) - 1)).toBeLessThan(4.9 * Math.sqrt(2 / 400));
    const leaning = rowsOf({ width, neurons: 400, weightMean: 0.5 }).map(alignmentOf);
    // 1 + (d − 1)μ²/(μ² + s²) with μ = s/2; the ratio's own bias is of order 1.
    expect(mean(leaning)).toBeGreaterThan(0.2 * (width - 1) - 1);
    expect(mean(leaning)).toBeLessThan(0.2 * (width - 1) + 4);
  }
});
