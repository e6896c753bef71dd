import { expect, it } from "vitest";
import { plannedMoments } from "../../../src/experiment/plan/input-law.ts";
import { scenarioWithArrays } from "../../../src/scenario/array-input.ts";

/** Two units, of means −5 and 5 and variance 1. */
const APART = { shape: [2, 2], values: [-6, 4, -4, 6] };

it("a file's units are planned for by their second moment, whatever their means average to", () => {
  const { scenario } = scenarioWithArrays({ activation: "file:x" }, { "file:x": APART });
  const { mean, variance } = plannedMoments(scenario);
  expect(variance + mean * mean).toBe(26);
});
