import { expect, it } from "vitest";
import { drawKey } from "../../src/random/key.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";

const keyOf = (input: ScenarioInput) => drawKey(defineScenario(input)).join();

it("every field that says what is drawn changes the key", () => {
  const inputs: ScenarioInput[] = [
    {},
    // seedrandom itself takes "1", "11" and "111" for one seed, and reads only the low byte of a character.
    ...["1", "11", "111", "01", "a", "aa", "ā", "š", ""].map((seed) => ({ seed })),
    { keep: 0.6 },
    { noise: "gaussian" },
    { noise: "uout" },
    { activation: "relu" },
    { mean: 1 },
    { variance: 2 },
    { rho: 0.1 },
    { width: 511 },
    { batchSize: 255 },
    { layer: "linear" },
    { layer: "linear", neurons: 65 },
    { layer: "linear", weights: "uniform" },
    { layer: "linear", weightMean: 1 },
    { layer: "linear", alignment: 1 },
  ];
  expect(new Set(inputs.map(keyOf)).size).toBe(inputs.length);
});

it.each<ScenarioInput>([
  { preset: "keras" },
  { momentum: 0.5 },
  { epsilon: 0.5 },
  { precision: 0.1 },
  { confidence: 0.9 },
  { maxSamples: 1000 },
  { samples: 1000 },
  { tolerance: 0.1 },
  { drop: 0.5 },
])("%o leaves the key as it is", (input) => {
  expect(keyOf(input)).toBe(keyOf({}));
});
