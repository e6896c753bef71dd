import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { theory } from "../../src/library/simulate.ts";
import { scenarioWithArrays } from "../../src/scenario/array-input.ts";
import { completeScenario } from "../../src/scenario/complete.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { DEFAULTS, FIELDS, type Field, LATER_FIELDS } from "../../src/scenario/fields.ts";
import { weightOfNew } from "../../src/scenario/presets.ts";
import { type CompletedInput, DERIVED_FIELDS, type Scenario, type ScenarioInput } from "../../src/scenario/scenario.ts";
import { refusalOf } from "../refusal.ts";

describe("defineScenario", () => {
  it("fills in the documented defaults", () => {
    expect(defineScenario()).toEqual({
      seed: "vshift",
      network: null,
      variables: null,
      files: null,
      noise: "bernoulli",
      keep: 0.5,
      drop: 0.5,
      beta: null,
      relativeVariance: 1,
      channelSize: null,
      scaling: null,
      masks: "balanced",
      activation: "normal",
      activationDigest: null,
      activationKurtosis: null,
      activationSpread: null,
      testActivation: null,
      testActivationDigest: null,
      mean: 0,
      variance: 1,
      rho: 0,
      width: 512,
      layer: "none",
      neurons: null,
      weights: null,
      weightsDigest: null,
      stride: null,
      padding: null,
      weightMean: null,
      alignment: null,
      nonlinearity: null,
      depth: null,
      connection: null,
      noiseAt: null,
      norm: null,
      normAt: null,
      groups: null,
      statistics: null,
      reestimateBatches: null,
      noiseInTest: null,
      preset: "torch",
      batchSize: 256,
      momentum: 0.1,
      epsilon: 1e-5,
      precision: 0.002,
      confidence: 0.95,
      maxSamples: 10_000_000,
      samples: null,
      batches: null,
      tolerance: 0.005,
    } satisfies Scenario);
  });

  it("takes null and undefined for a field that is left out", () => {
    const names = Object.keys(FIELDS);
    expect(defineScenario(Object.fromEntries(names.map((name) => [name, null])))).toEqual(defineScenario());
    expect(defineScenario(Object.fromEntries(names.map((name) => [name, undefined])))).toEqual(defineScenario());
  });

  it("takes its own defaults as input, and its own result without the derived spellings", () => {
    expect(defineScenario(JSON.parse(JSON.stringify(DEFAULTS)))).toEqual(defineScenario());
    const scenario = defineScenario({ keep: 0.7, layer: "linear", activation: "lognormal", preset: "keras" });
    expect(defineScenario({ ...scenario, drop: undefined, relativeVariance: undefined })).toEqual(scenario);
  });

  it("gives a frozen object of its own", () => {
    const input: ScenarioInput = { keep: 0.7 };
    const scenario = defineScenario(input);
    expect(Object.isFrozen(scenario)).toBe(true);
    expect(input).toEqual({ keep: 0.7 });
    expect(Object.isFrozen(input)).toBe(false);
  });

  it.each<[ScenarioInput, Partial<Scenario>]>([
    [{ noise: "uout" }, { beta: 0.1 }],
    [{ noise: "gaussian" }, { keep: 0.5, relativeVariance: 1, beta: null }],
    [{ activation: "lognormal" }, { mean: 1 }],
    [{ layer: "linear" }, { neurons: 64, weights: "normal", weightMean: 0, alignment: null }],
    [
      { layer: "linear", alignment: 8 },
      { weightMean: null, alignment: 8 },
    ],
    [
      { layer: "linear", weights: "constant" },
      { weightMean: null, alignment: null },
    ],
    [{ samples: 1000 }, { samples: 1000 }],
    [{ noise: "spatial" }, { keep: 0.5, beta: null, channelSize: 16, scaling: null }],
    [
      { noise: "spatial", channelSize: 600 },
      { width: 512, channelSize: 600 },
    ],
    [
      { noise: "dropconnect", layer: "linear" },
      { keep: 0.5, relativeVariance: 1 },
    ],
    [
      { noise: "alpha", drop: 0.1 },
      { keep: 0.9, relativeVariance: 0.1 / 0.9 },
    ],
    [{ noise: "none" }, { keep: 1, drop: 0, relativeVariance: 0, beta: null }],
    [{ scaling: "inverted" }, { scaling: null }],
    [{ scaling: "classic" }, { scaling: "classic" }],
  ])("of %o has %o", (input, expected) => {
    expect(defineScenario(input)).toMatchObject(expected);
  });
});

describe("a preset", () => {
  // The defaults of torch.nn.BatchNorm1d, keras.layers.BatchNormalization (Keras 3) and ONNX BatchNormalization-15.
  it.each([
    ["torch", 0.1, 1e-5, 0.1],
    ["keras", 0.99, 1e-3, 0.01],
    ["onnx", 0.9, 1e-5, 0.1],
  ] as const)("%s has momentum %d and epsilon %d; a new batch weighs %d", (preset, momentum, epsilon, weight) => {
    const scenario = defineScenario({ preset });
    expect(scenario).toMatchObject({ momentum, epsilon });
    // 1 − 0.99 has a rounding error of 10⁻¹⁷.
    expect(weightOfNew(scenario)).toBeCloseTo(weight, 15);
  });

  it("leaves a momentum and an epsilon that are given", () => {
    expect(defineScenario({ preset: "keras", momentum: 0.5, epsilon: 0.25 })).toMatchObject({
      momentum: 0.5,
      epsilon: 0.25,
    });
  });
});

const LINEAR: ScenarioInput = { layer: "linear" };
const STACK: ScenarioInput = { depth: 4 };
const OF_A_FILE: ScenarioInput = { activation: "file:x.npy", mean: 0, variance: 1, rho: 0, width: 8 };
const DIGEST = "0".repeat(64);
const OF_FACTS: CompletedInput = { ...OF_A_FILE, activationDigest: DIGEST, activationKurtosis: 3, activationSpread: 1 };
const OF_WEIGHTS: CompletedInput = { weights: "file:w.npy", weightsDigest: DIGEST, neurons: 2 };

/** What fields need beside them. */
const COMPANY: { readonly [Name in keyof Scenario]?: CompletedInput } = {
  ...{ neurons: LINEAR, weights: LINEAR, weightMean: LINEAR, alignment: LINEAR, beta: { noise: "uout" } },
  activationDigest: { ...OF_A_FILE, activationKurtosis: 3, activationSpread: 1 },
  activationKurtosis: { ...OF_A_FILE, activationDigest: DIGEST, activationSpread: 1 },
  activationSpread: { ...OF_A_FILE, activationDigest: DIGEST, activationKurtosis: 3 },
  testActivation: { ...OF_FACTS, testActivationDigest: DIGEST },
  noiseInTest: STACK,
  files: { network: "input(512) linear(64, file:w.npy) relu bn" },
  testActivationDigest: { ...OF_FACTS, testActivation: "file:eval.npy" },
  stride: { ...OF_FACTS, ...OF_WEIGHTS },
  padding: { ...OF_FACTS, ...OF_WEIGHTS },
  channelSize: { noise: "spatial" },
  ...{ connection: STACK, noiseAt: STACK, norm: STACK, statistics: STACK },
  ...{ normAt: { ...STACK, norm: "layer" }, groups: { ...STACK, norm: "group" } },
  ...{ nonlinearity: LINEAR, reestimateBatches: { ...STACK, statistics: "reestimated" } },
  weightsDigest: { weights: "file:w.npy", width: 8, neurons: 2 },
};

describe("the table of fields", () => {
  it.each(Object.entries(FIELDS) as [keyof Scenario, Field][])(
    "suggests a value for %s that it accepts",
    (name, field) => {
      const value = field.type === "number" ? Number(field.example) : field.example;
      const company = COMPANY[name] ?? {};
      expect(completeScenario({ ...company, [name]: value })[name]).toBe(value);
    },
  );
});

describe("a field that does not go with another is a VshiftError that says so", () => {
  it.each<[CompletedInput, VshiftError["code"], string]>([
    [{ keep: 0.5, drop: 0.5 }, "conflicting-fields", "drop"],
    [{ drop: 0.5, relativeVariance: 1 }, "conflicting-fields", "relativeVariance"],
    [{ noise: "uout", keep: 0.8, beta: 0.1 }, "conflicting-fields", "beta"],
    [{ beta: 0.1 }, "conflicting-fields", "beta"],
    [{ noise: "gaussian", beta: 0.1 }, "conflicting-fields", "beta"],
    [{ noise: "uout", keep: 0.5 }, "invalid-value", "keep"],
    [{ noise: "uout", relativeVariance: 0.34 }, "invalid-value", "relativeVariance"],
    [{ neurons: 4 }, "conflicting-fields", "neurons"],
    [{ activation: "file:x.npy" }, "invalid-value", "activation"],
    [{ weights: "file:w.npy", width: 8, neurons: 2 }, "invalid-value", "weights"],
    [{ activationDigest: DIGEST }, "conflicting-fields", "activationDigest"],
    [{ layer: "linear", weightsDigest: DIGEST }, "conflicting-fields", "weightsDigest"],
    [
      { layer: "none", weights: "file:w.npy", weightsDigest: DIGEST, width: 8, neurons: 2 },
      "conflicting-fields",
      "neurons",
    ],
    [
      { weights: "file:w.npy", weightsDigest: DIGEST, width: 8, neurons: 2, alignment: 2 },
      "conflicting-fields",
      "alignment",
    ],
    [{ layer: "none", weights: "he" }, "conflicting-fields", "weights"],
    [{ weightMean: 0 }, "conflicting-fields", "weightMean"],
    [{ alignment: 0 }, "conflicting-fields", "alignment"],
    [{ layer: "linear", alignment: 4, weightMean: 0 }, "conflicting-fields", "weightMean"],
    [{ layer: "linear", weights: "constant", weightMean: 0 }, "conflicting-fields", "weightMean"],
    [{ layer: "linear", weights: "constant", alignment: 0 }, "conflicting-fields", "alignment"],
    [{ layer: "linear", alignment: 513 }, "invalid-value", "alignment"],
    [{ layer: "linear", width: 1, alignment: 0.5 }, "invalid-value", "alignment"],
    [{ layer: "linear", width: 2 ** 20, neurons: 17 }, "invalid-value", "neurons"],
    [{ samples: 1000, precision: 0.1 }, "conflicting-fields", "samples"],
    [{ samples: 1000, maxSamples: 2000 }, "conflicting-fields", "samples"],
    [{ samples: 256 }, "invalid-value", "samples"],
    [{ maxSamples: 256 }, "invalid-value", "maxSamples"],
    [{ mean: 1000.1 }, "invalid-value", "mean"],
    [{ mean: -1, variance: 9e-7 }, "invalid-value", "mean"],
    [{ activation: "relu", mean: -4.1 }, "invalid-value", "mean"],
    [{ activation: "lognormal", mean: 0 }, "invalid-value", "mean"],
    [{ activation: "lognormal", mean: -1 }, "invalid-value", "mean"],
    [{ activation: "lognormal", mean: 1, variance: 4.1 }, "invalid-value", "variance"],
    [{ rho: -0.002 }, "invalid-value", "rho"],
  ])("%o: %s of %s", (input, code, field) => {
    expect(() => completeScenario(input)).toThrow(VshiftError);
    expect(() => completeScenario(input)).toThrow(
      expect.objectContaining({
        code,
        field,
        problem: expect.stringMatching(/./),
        hint: expect.stringMatching(/[^.]$/),
      }),
    );
  });

  it.each<ScenarioInput>([
    { noise: "uout", keep: 0.75 },
    { layer: "linear", alignment: 512 },
    { layer: "linear", width: 1, alignment: 1 },
    { layer: "linear", width: 2 ** 20, neurons: 16 },
    { samples: 257 },
    { mean: 1000 },
    { activation: "relu", mean: -4 },
    { activation: "lognormal", mean: 1, variance: 4 },
  ])("%o is still right", (input) => {
    expect(defineScenario(input)).toMatchObject(input);
  });
});

describe("a complete scenario can be given back", () => {
  const ARRAYS = {
    "file:x": { shape: [3, 2], values: [1, 2, 3, 4, 5, 7] },
    "file:w": { shape: [1, 2], values: [1, -0.5] },
  };

  it.each<ScenarioInput>([
    { keep: 0.7 },
    { noise: "uout", beta: 0.3, precision: 0.01 },
    { noise: "spatial", drop: 0.2, width: 64 },
    { layer: "linear", alignment: 8, neurons: 3, width: 64 },
    { depth: 2, width: 8, norm: "group", batches: 8 },
    { network: "input(8) bn relu dropout($p) linear(8) bn", variables: "p=0.3" },
    { activation: "file:x", weights: "file:w" },
  ])("%o, and that of its record", async (input) => {
    const { scenario } = theory(input, { arrays: ARRAYS });
    const { arrays, scenario: complete } = scenarioWithArrays(input, ARRAYS);
    expect(defineScenario(complete)).toEqual(complete);
    expect(scenarioWithArrays(scenario, ARRAYS)).toEqual({ arrays, scenario: complete });
    // Records from before a field was there.
    const early = Object.fromEntries(
      Object.entries(scenario).filter(
        ([name]) => !LATER_FIELDS.includes(name as never) || scenario[name as keyof Scenario] !== null,
      ),
    );
    expect(defineScenario(early as ScenarioInput)).toEqual(complete);
  });

  it("with another seed, and not where a field no longer follows", () => {
    const complete = defineScenario({ keep: 0.7 });
    expect(defineScenario({ ...complete, seed: "b" })).toEqual({ ...complete, seed: "b" });
    expect(refusalOf(() => defineScenario({ ...complete, drop: 0.5 }))).toMatchObject({
      code: "conflicting-fields",
      field: "drop",
      problem: "0.5 does not follow from the other fields of this complete scenario, which make it 0.3",
    });
  });

  it("and says whether its arrays are those that it was made of", () => {
    const { scenario } = scenarioWithArrays({ activation: "file:x" }, ARRAYS);
    const others = { "file:x": { ...ARRAYS["file:x"], values: [1, 2, 3, 4, 5, 8] } };
    expect(refusalOf(() => scenarioWithArrays(scenario, others))).toMatchObject({ code: "conflicting-fields" });
  });

  it.each(DERIVED_FIELDS)("%s alone is an unknown field: it follows from a file", (name) => {
    const example = FIELDS[name].type === "number" ? 2 : FIELDS[name].example;
    expect(refusalOf(() => defineScenario({ [name]: example } as ScenarioInput))).toMatchObject({
      code: "unknown-field",
      field: name,
      hint: "leave it out: it follows from the files that the scenario names",
    });
  });
});
