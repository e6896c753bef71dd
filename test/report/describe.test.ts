import { expect, test } from "vitest";
import { describeNoise } from "../../src/report/describe.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";

test.each<[ScenarioInput, string]>([
  [{}, "Bernoulli dropout, keep 0.5 (drop 0.5)"],
  [{ scaling: "classic", keep: 0.8 }, "classic Bernoulli dropout, keep 0.8 (drop 0.2)"],
  [{ noise: "gaussian", relativeVariance: 1 }, "Gaussian dropout, σ² = 1 (as keep 0.5)"],
  [{ noise: "uout" }, "Uout, β = 0.1 (as keep 0.99668)"],
  [{ noise: "spatial", channelSize: 4 }, "spatial dropout of channels of 4, keep 0.5 (drop 0.5)"],
  [{ noise: "dropconnect", layer: "linear", drop: 0.3 }, "DropConnect, keep 0.7 (drop 0.3)"],
  [{ noise: "alpha", keep: 0.9 }, "alpha dropout, keep 0.9 (drop 0.1)"],
  [{ noise: "none" }, "no noise"],
])("the noise of %o in words", (input, words) => {
  expect(describeNoise(defineScenario(input))).toBe(words);
});
