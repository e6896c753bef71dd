import { expect, it, test } from "vitest";
import { rareEvents } from "../../src/experiment/expectation.ts";
import { plannedMoments } from "../../src/layers/input-law.ts";
import { scenarioWithArrays } from "../../src/scenario/array-input.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";

/** Two units, of means −5 and 5 and variance 1. */
const APART = { shape: [2, 2], values: [-6, 4, -4, 6] };
const scenarioOf = (input: ScenarioInput) =>
  scenarioWithArrays({ activation: "file:x", ...input }, { "file:x": APART }).scenario;

it("a file's units are planned for by their second moment, whatever their means average to", () => {
  const { mean, variance } = plannedMoments(scenarioOf({}));
  expect(variance + mean * mean).toBe(26);
});

test("so noise that matters by the units' means alone is waited for", () => {
  // σ² = 10⁻⁴ adds 0.26 % to a variance of 1, and 0.01 % were the means 0; a quarter of the tolerance is 0.125 %.
  expect(rareEvents(scenarioOf({ keep: 0.9999 })).noise).toBeGreaterThan(1000);
  expect(rareEvents(scenarioOf({ keep: 0.9999, tolerance: 0.02 })).noise).toBe(0);
});
