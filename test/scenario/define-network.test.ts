import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scenarioId } from "../../src/scenario/canonical.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { inputOf } from "../../src/scenario/input-of.ts";
import { networkText } from "../../src/scenario/network-text.ts";
import { positionNumbers } from "../../src/scenario/positions.ts";
import type { Scenario, ScenarioInput } from "../../src/scenario/scenario.ts";
import { refusalOf } from "../refusal.ts";

describe("a network that other fields can say is said by them", () => {
  it.each<[string, ScenarioInput]>([
    ["input(64) dropout(0.25) bn", { width: 64, drop: 0.25 }],
    ["input(64) identity bn", { width: 64, noise: "none" }],
    [
      "input(64, relu, mean=1, rho=0.2) dropout(0.25) linear(8) bn",
      { width: 64, activation: "relu", mean: 1, rho: 0.2, drop: 0.25, layer: "linear", neurons: 8, weights: "he" },
    ],
    ["input(64, noise=gaussiandropout(0.5)) bn", { width: 64, noise: "gaussian", drop: 0.5 }],
    ["input(64) uout(0.3) bn", { width: 64, noise: "uout", beta: 0.3 }],
    ["input(64) alphadropout(0.3) bn", { width: 64, noise: "alpha", drop: 0.3 }],
    ["input(64) mask(0.3) bn", { width: 64, drop: 0.3 }],
    ["input(64) dropout2d(0.3) bn", { width: 64, drop: 0.3 }],
    [
      "input(64) dropconnect(0.5) linear(8, xavier, alignment=4) bn",
      { width: 64, noise: "dropconnect", drop: 0.5, layer: "linear", neurons: 8, weights: "xavier", alignment: 4 },
    ],
  ])("%s", (network, fields) => {
    expect(defineScenario({ network })).toEqual(defineScenario(fields));
  });

  it.each([
    "input(64) bn",
    "input(64) linear(8) dropout(0.25) bn",
    "input(64) dropout(0.25) dropout(0.25) bn",
    "input(64) dropout(0.25) relu bn",
    "input(64) dropout(0.25) linear(8) relu bn",
    "input(64) dropout(0.25) layernorm",
    "input(64) dropout(0.25) linear(8)",
    "input(64) dropout(0.25) bn as first",
    "input(16x4) dropout(0.25) bn",
    "input(64) mask(0.3, unscaled) bn",
    "input(64) gaussiannoise(1) bn",
    "input(64) dropout(0.99999) bn",
  ])("and %s is not", (network) => {
    expect(defineScenario({ network }).network).toBe(network);
  });

  it("unless it is asked what other fields do not have", () => {
    const network = "input(64) dropout(0.25) bn";
    expect(defineScenario({ network, noiseInTest: "on" })).toMatchObject({ network, noiseInTest: "on" });
    expect(defineScenario({ network, statistics: "reestimated" })).toMatchObject({ network, reestimateBatches: 32 });
    expect(defineScenario({ network, noiseInTest: "off" }).network).toBeNull();
  });
});

it("of a network that is written down the fields of its layers are null, or those of its input", () => {
  const scenario = defineScenario({ network: "INPUT(3x8x8, relu, mean=1)  Conv2d(16,3) dropout2d(0.2) BatchNorm2d" });
  expect(scenario).toMatchObject({
    network: "input(3x8x8, relu, mean=1) conv(16, 3) dropout2d(0.2) bn",
    ...{ activation: "relu", mean: 1, variance: 1, rho: 0, width: 192 },
    ...{ noise: "none", keep: 1, layer: "none", neurons: null, depth: null, masks: "independent" },
    ...{ statistics: "running", reestimateBatches: null, noiseInTest: null },
  });
});

describe("how long a network is measured where nothing is said", () => {
  it.each([
    ["input(512) bn relu dropout(0.3) linear(512) bn", { batchSize: 256, batches: 64 }],
    // 2¹⁴ values of a channel.
    ["input(3x16x16) conv(8,3) dropout(0.3) bn", { batchSize: 64, batches: 64 }],
    ["input(3x64x64) conv(8,3) dropout(0.3) bn", { batchSize: 16, batches: 64 }],
    // As many multiply-adds as take some seconds, and no fewer than 16 mini-batches.
    ["input(64x32x32) repeat(20, conv(64,3)) dropout(0.3) bn", { batchSize: 16, batches: 16 }],
  ])("%s", (network, expected) => {
    expect(defineScenario({ network })).toMatchObject(expected);
  });

  it("what is said counts", () => {
    const network = "input(3x16x16) conv(8,3) dropout(0.3) bn";
    expect(defineScenario({ network, batchSize: 32, samples: 320 })).toMatchObject({ batchSize: 32, batches: 10 });
    expect(defineScenario({ network, precision: 0.01 })).toMatchObject({ samples: null, precision: 0.01 });
    // So that there are eight of them.
    expect(defineScenario({ network, samples: 100 })).toMatchObject({ samples: 100, batchSize: 8, batches: 13 });
  });
});

const NETWORK = "input(64) linear(8) dropout(0.25) bn";

it.each<[ScenarioInput, string, string]>([
  [{ network: NETWORK, keep: 0.5 }, "keep", "0.5 cannot be combined with `network`, which says the whole network"],
  [{ network: NETWORK, depth: 3 }, "depth", "3 cannot be combined with `network`, which says the whole network"],
  [{ network: NETWORK, activation: "file:x.npy" }, "activation", "file:x.npy cannot be combined with `network`"],
  [{ network: NETWORK, masks: "balanced" }, "masks", "balanced masks are not for a network as text"],
  [{ network: NETWORK, statistics: "corrected" }, "statistics", "corrected is not known for a network as text"],
  [{ network: NETWORK, reestimateBatches: 4 }, "reestimateBatches", "4 is only for re-estimated statistics"],
  [{ network: NETWORK, batchSize: 2 }, "batchSize", "2 is not a whole number from 4 to 16384"],
  [{ network: NETWORK, batches: 4 }, "batches", "4 are 4 mini-batches of 256; a network as text needs 8"],
  [{ network: NETWORK, samples: 20 }, "samples", "20 are 5 mini-batches of 4; a network as text needs 8"],
  [{ network: "input(16384) linear(8192) bn" }, "network", "has 134217728 weights, above the limit of 67108864"],
  [
    { network: "input(64x512x512) dropout(0.5) bn" },
    "batchSize",
    "16 samples of 16777216 units exceed the limit of 33554432 numbers",
  ],
  [{ network: "input(64) droput(0.5)" }, "network", "droput at 11 is not a layer"],
  [{ network: "" }, "network", "must begin with input"],
  [{ noiseInTest: "on" }, "noiseInTest", "on is only for a stack or a network as text"],
  [{ statistics: "reestimated" }, "statistics", "reestimated is only for a stack or a network as text"],
])("%j is refused", (input, field, problem) => {
  const refused = refusalOf(() => defineScenario(input));
  expect(refused).toMatchObject({ field, problem: expect.stringContaining(problem) });
  expect(refused.hint).toMatch(/./);
});

/** Networks in a row, of layers that need no particular shape. */
const networks = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "bn",
        "relu",
        "elu",
        "identity",
        "layernorm",
        "bn as named",
        "gaussiannoise(0.5)",
        "droppath(0.2)",
      ),
      fc.integer({ min: 1, max: 9 }).map((tenths) => `dropout(${tenths / 10})`),
      fc.integer({ min: 1, max: 99 }).map((units) => `linear(${units})`),
      fc.integer({ min: 1, max: 4 }).map((count) => `repeat(${count}, residual(bn relu))`),
      fc.constant("concat(dropout(0.5))"),
    ),
    { maxLength: 8 },
  )
  .map((layers) => ["input(8)", ...layers].join(" "));

property.prop([networks, fc.constantFrom({}, { noiseInTest: "on" as const }, { batches: 8 })], { numRuns: 300 })(
  "a complete scenario is what its own input makes",
  (network, more) => {
    const scenario = defineScenario({ network, ...more });
    const again = defineScenario(inputOf(scenario));
    expect(again).toEqual(scenario);
    expect(scenarioId(again)).toBe(scenarioId(scenario));
  },
);

property.prop([networks])(
  "a network has a position for each norm, and for its end where that is no norm",
  (network) => {
    const norms = [...network.matchAll(/repeat\((\d)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    const others = network.replace(/repeat\(.*?\)\)/g, "").match(/\b(bn|layernorm)\b/g)?.length ?? 0;
    const endsInNorm = /(bn|layernorm|named)( identity)*$/.test(network);
    const count = norms + others + Number(!endsInNorm);
    expect(positionNumbers(defineScenario({ network }))).toHaveLength(count);
  },
);

/** Scenarios that the notation has words for. */
const plain = fc.record({
  width: fc.integer({ min: 2, max: 600 }),
  noise: fc.constantFrom("bernoulli", "gaussian", "alpha", "dropconnect"),
  drop: fc.integer({ min: 0, max: 99 }).map((hundredths) => hundredths / 100),
  activation: fc.constantFrom("normal", "relu", "tanh", "uniform", "lognormal"),
  rho: fc.constantFrom(0, 0.2),
  neurons: fc.integer({ min: 1, max: 99 }),
  weights: fc.constantFrom("normal", "he", "xavier", "uniform", "constant"),
});

property.prop([plain])("the text of a scenario makes the same scenario again", (fields) => {
  const scenario = defineScenario({ ...fields, layer: "linear" } as ScenarioInput);
  expect(defineScenario({ network: networkText(scenario) })).toEqual(scenario);
});

it.each<[ScenarioInput, string]>([
  [{ noise: "uout" }, "input(512) uout(0.1) bn"],
  [{ noise: "none" }, "input(512) identity bn"],
  [
    { layer: "linear", nonlinearity: "tanh", weightMean: 0.1 },
    "input(512) dropout(0.5) linear(64, normal, mean=0.1) tanh bn",
  ],
  [
    { depth: 4, width: 8, norm: "group", groups: 2, normAt: "1,2", noiseAt: "last", nonlinearity: "identity" },
    "input(8) repeat(2, groupnorm(2) linear(8, normal)) bn linear(8, normal) bn dropout(0.5) linear(8, normal)",
  ],
])("the text of %j is %s", (input, text) => {
  expect(networkText(defineScenario(input))).toBe(text);
});

it.each<[ScenarioInput, string]>([
  [{ noise: "spatial" }, "channelSize"],
  [{ scaling: "classic" }, "scaling"],
])("%j has no text", (input, field) => {
  expect(refusalOf(() => networkText(defineScenario(input)))).toMatchObject({ field });
});

it("a scenario's own text is its network", () => {
  const scenario: Scenario = defineScenario({ network: NETWORK });
  expect(networkText(scenario)).toBe(NETWORK);
});
