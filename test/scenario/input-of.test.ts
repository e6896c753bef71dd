import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { expect } from "vitest";
import { defineScenario } from "../../src/scenario/define.ts";
import { inputOf } from "../../src/scenario/input-of.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";

const PROBABILITY = fc.double({ min: 0.001, max: 1, noNaN: true });
const STRENGTH: fc.Arbitrary<ScenarioInput> = fc.oneof(
  PROBABILITY.map((keep) => ({ keep })),
  fc.double({ min: 0, max: 0.999, noNaN: true }).map((drop) => ({ drop })),
  fc.double({ min: 0, max: 0.3, noNaN: true }).map((relativeVariance) => ({ relativeVariance })),
  fc.constant({}),
);
const NOISE: fc.Arbitrary<ScenarioInput> = fc.oneof(
  STRENGTH.map((strength) => ({ noise: "bernoulli" as const, ...strength })),
  STRENGTH.map((strength) => ({ noise: "gaussian" as const, ...strength })),
  fc.double({ min: 0, max: 1, noNaN: true }).map((beta) => ({ noise: "uout" as const, beta })),
  fc.double({ min: 0.8, max: 1, noNaN: true }).map((keep) => ({ noise: "uout" as const, keep })),
  STRENGTH.map((strength) => ({ noise: "spatial" as const, channelSize: 3, ...strength })),
  STRENGTH.map((strength) => ({ noise: "alpha" as const, ...strength })),
  STRENGTH.map((strength) => ({ scaling: "classic" as const, ...strength })),
  fc.constant({ noise: "none" as const }),
);
const LAYER: fc.Arbitrary<ScenarioInput> = fc.constantFrom(
  {},
  { layer: "linear" as const },
  { layer: "linear" as const, alignment: 8, neurons: 3 },
  { layer: "linear" as const, weightMean: 0.5, weights: "he" as const },
  { layer: "linear" as const, weights: "constant" as const },
);
const STOPPING: fc.Arbitrary<ScenarioInput> = fc.constantFrom(
  {},
  { samples: 5000 },
  { precision: 0.01, maxSamples: 9999 },
);

test.prop([NOISE, LAYER, STOPPING])("inputOf gives a scenario back, bit for bit", (noise, layer, stopping) => {
  const scenario = defineScenario({ ...noise, ...layer, ...stopping, mean: 0.5, preset: "keras" });
  expect(defineScenario(inputOf(scenario))).toEqual(scenario);
});
