import { describe, expect, it, test } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { type ArrayInput, scenarioWithArrays } from "../../src/scenario/array-input.ts";
import { scenarioId } from "../../src/scenario/canonical.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { inputOf } from "../../src/scenario/input-of.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";

const X: ArrayInput = { shape: [4, 2], values: [0, 1, 2, 1, 0, 3, 2, 3] };
const W: ArrayInput = { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] };
const BOTH: ScenarioInput = { activation: "file:x", weights: "file:w" };

const defined = (input: ScenarioInput, x: ArrayInput = X, w: ArrayInput = W) =>
  scenarioWithArrays(input, { "file:x": x, "file:w": w });

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof VshiftError) return error.message;
    throw error;
  }
  return "none";
}

it("a scenario has the averages of its file's units, and the sizes of both files", () => {
  // Units 0 2 0 2 and 1 1 3 3: means 1 and 2, variances 1 and 1, no covariance; every fourth moment 1.
  expect(defined(BOTH).scenario).toMatchObject({
    mean: 1.5,
    variance: 1,
    rho: 0,
    width: 2,
    activationKurtosis: 1,
    activationSpread: 0.25,
    layer: "linear",
    neurons: 3,
    weightMean: null,
    alignment: null,
  });
});

it.each([
  [[0, 0, 2, 2, 0, 0, 2, 2], 1],
  [[0, 2, 2, 0, 0, 2, 2, 0], -1],
])("ρ of %j is %d", (values, rho) => {
  expect(defined({ activation: "file:x" }, { shape: [4, 2], values }).scenario.rho).toBe(rho);
});

it("a kernel is a row a neuron, the rest of it flattened", () => {
  const { scenario, arrays } = defined({ weights: "file:w" }, X, { shape: [2, 2, 3], values: [...Array(12).keys()] });
  expect(scenario).toMatchObject({ width: 6, neurons: 2 });
  expect(arrays.get(scenario.weightsDigest ?? "")).toEqual({
    rows: 2,
    columns: 6,
    values: Float32Array.from(Array(12).keys()),
  });
});

it("is what its own input defines, without the file", () => {
  const { scenario } = defined({ ...BOTH, keep: 0.3, samples: 1000 });
  expect(defineScenario(inputOf(scenario))).toEqual(scenario);
});

describe("the identity is that of the numbers", () => {
  const id = (x: ArrayInput, name: `file:${string}` = "file:x") =>
    scenarioId(scenarioWithArrays({ activation: name }, { [name]: x }).scenario);

  test("whatever the file is called, and whichever type has the same numbers", () => {
    expect(id(X, "file:elsewhere/y.npz#a")).toBe(id(X));
    expect(id({ ...X, values: Float32Array.from(X.values as number[]) })).toBe(id(X));
  });

  test("but not in another shape or order", () => {
    const values = [0, 1, 1, 0];
    expect(id({ shape: [2, 2], values })).not.toBe(id({ shape: [4, 1], values }));
    expect(id({ shape: [4, 1], values })).not.toBe(id({ shape: [4, 1], values: [1, 0, 0, 1] }));
  });

  test("a seed that looks like a file's name is a seed", () => {
    expect(scenarioId(defineScenario({ seed: "file:a" }))).not.toBe(scenarioId(defineScenario({ seed: "file:b" })));
  });

  // SHA-256 of `vshift simulate`'s default scenario, from before there were files.
  test("of a scenario without files is what it was", () => {
    expect(scenarioId(defineScenario())).toBe(DEFAULT_ID);
  });
});

const DEFAULT_ID = "9925c44cc2ae316aec16dd8effc79a9a46b7657876286df5dfa5a62a38c71f8a";

describe("what a file says cannot be said otherwise", () => {
  test.each<[ScenarioInput, string]>([
    [{ ...BOTH, width: 3 }, "width: 3 cannot stand beside `weights` file:w, whose own is 2"],
    [{ ...BOTH, neurons: 4 }, "neurons: 4 cannot stand beside `weights` file:w, whose own is 3"],
    [{ ...BOTH, layer: "none" }, "layer: none cannot stand beside `weights` file:w"],
    [{ ...BOTH, mean: 0 }, "mean: 0 cannot stand beside `activation` file:x, whose own is 1.5"],
    [{ ...BOTH, variance: 2 }, "variance: 2 cannot stand beside `activation` file:x"],
    [{ ...BOTH, rho: 0.5 }, "rho: 0.5 cannot stand beside `activation` file:x"],
    [{ ...BOTH, weightMean: 1 }, "weightMean: 1 does not go with `weights` file:w"],
    [{ ...BOTH, alignment: 1 }, "alignment: 1 does not go with `weights` file:w"],
    [{ ...BOTH, activationDigest: "0".repeat(64) }, `activationDigest: ${"0".repeat(64)} cannot stand beside`],
  ])("%o", (input, message) => {
    expect(refusalOf(() => defined(input))).toContain(message);
  });

  test("the same again is fine", () => {
    expect(defined({ ...BOTH, width: 2, neurons: 3, mean: 1.5 })).toEqual(defined(BOTH));
  });

  test("both files must be of one width", () => {
    expect(refusalOf(() => defined(BOTH, X, { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }))).toContain(
      "weights: file:w has 3 inputs a neuron, and `activation` file:x 2 units",
    );
  });
});

describe("arrays that nothing can be made of are refused", () => {
  const constant = { shape: [3, 2], values: [1, 2, 1, 2, 1, 2] };
  test.each<[string, ArrayInput, string]>([
    ["a vector", { shape: [4], values: [1, 2, 3, 4] }, "has the shape [4], of one axis"],
    ["a number", { shape: [], values: [1] }, "has the shape [], of 0 axes"],
    ["three axes", { shape: [1, 2, 2], values: [1, 2, 3, 4] }, "has the shape [1, 2, 2], of 3 axes"],
    ["no rows", { shape: [0, 2], values: [] }, "has the shape [0, 2], and no numbers"],
    ["a number too few", { shape: [2, 2], values: [1, 2, 3] }, "has the shape [2, 2], and 3 numbers"],
    ["NaN", { shape: [2, 2], values: [1, 2, Number.NaN, 4] }, "has NaN at [1, 0], counted from 0"],
    ["infinity", { shape: [2, 2], values: [1, 2, 3, Number.NEGATIVE_INFINITY] }, "has -Infinity at [1, 1]"],
    ["too large a number", { shape: [2, 1], values: [1, 1e13] }, "has 10000000000000 at [1, 0]"],
    ["nothing that varies", constant, "has the same row throughout, and nothing in it varies"],
    ["one row", { shape: [1, 2], values: [1, 2] }, "has one row throughout, and nothing in it varies"],
    [
      "a mean that leaves no digits",
      { shape: [2, 1], values: [2e6, 2e6 + 1] },
      "more than 1000 of their standard deviations",
    ],
    ["means that leave no digits", { shape: [2, 2], values: [1e4, -1e4, 1e4 + 1, 1 - 1e4] }, "more than 1000 of their"],
  ])("as activations: %s", (_, array, message) => {
    expect(refusalOf(() => defined({ activation: "file:x" }, array))).toContain(
      `activation: file:x ${message.startsWith("more") ? "" : message}`,
    );
    expect(refusalOf(() => defined({ activation: "file:x" }, array))).toContain(message);
  });

  test.each<[string, ArrayInput, string]>([
    ["a vector", { shape: [4], values: [1, 2, 3, 4] }, "file:w has the shape [4], of one axis"],
    ["zeros", { shape: [2, 2], values: [0, 0, 0, 0] }, "file:w has no weight other than 0"],
    [
      "weights too small to square",
      { shape: [1, 2], values: [1e-13, 0] },
      "file:w has weights of magnitude 1.00e-13 at most",
    ],
    ["NaN", { shape: [1, 2], values: [Number.NaN, 1] }, "file:w has NaN at [0, 0]"],
  ])("as weights: %s", (_, array, message) => {
    expect(refusalOf(() => defined({ weights: "file:w" }, X, array))).toContain(`weights: ${message}`);
  });

  test("names that nothing was given for", () => {
    expect(refusalOf(() => scenarioWithArrays({ activation: "file:z" }, { "file:x": X }))).toContain(
      "activation: file:z names a file, and its numbers are not here",
    );
  });

  test.each(["file:", "file:a\nb", "File:x", "file"])("the name %j", (name) => {
    expect(refusalOf(() => defineScenario({ activation: name as `file:${string}` }))).toContain("is not one of normal");
  });
});

test("a unit that never varies is fine beside others", () => {
  expect(defined({ activation: "file:x" }, { shape: [2, 2], values: [1, 5, 3, 5] }).scenario).toMatchObject({
    mean: 3.5,
    variance: 0.5,
  });
});
