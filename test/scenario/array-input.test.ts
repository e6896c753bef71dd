import { describe, expect, it, test } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { type ArrayInput, scenarioWithArrays } from "../../src/scenario/array-input.ts";
import { scenarioId } from "../../src/scenario/canonical.ts";
import { completeScenario } from "../../src/scenario/complete.ts";
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
  expect(completeScenario(inputOf(scenario))).toEqual(scenario);
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
    expect(scenarioId(completeScenario({ seed: "file:a" }))).not.toBe(scenarioId(completeScenario({ seed: "file:b" })));
  });

  // SHA-256 of `vshift simulate`'s default scenario, from before there were files.
  test("of a scenario without files is what it was", () => {
    expect(scenarioId(completeScenario({}))).toBe(DEFAULT_ID);
  });
});

const DEFAULT_ID = "9925c44cc2ae316aec16dd8effc79a9a46b7657876286df5dfa5a62a38c71f8a";

describe("what a file says cannot be said otherwise", () => {
  test.each<[ScenarioInput, string]>([
    [{ ...BOTH, width: 3 }, "width: 3 contradicts `weights` file:w, which has 2"],
    [{ ...BOTH, neurons: 4 }, "neurons: 4 contradicts `weights` file:w, which has 3"],
    [{ ...BOTH, layer: "none" }, "layer: none contradicts `weights` file:w, which has linear"],
    [{ ...BOTH, mean: 0 }, "mean: 0 contradicts `activation` file:x, which has 1.5"],
    [{ ...BOTH, variance: 2 }, "variance: 2 contradicts `activation` file:x, which has 1"],
    [{ ...BOTH, rho: 0.5 }, "rho: 0.5 contradicts `activation` file:x, which has 0"],
    [{ ...BOTH, weightMean: 1 }, "weightMean: 1 cannot be combined with `weights` file:w"],
    [{ ...BOTH, alignment: 1 }, "alignment: 1 cannot be combined with `weights` file:w"],
    [{ ...BOTH, activationDigest: "0".repeat(64) } as ScenarioInput, "activationDigest: is not a field of a scenario"],
  ])("%o", (input, message) => {
    expect(refusalOf(() => defined(input))).toContain(message);
  });

  test("the same again is fine", () => {
    expect(defined({ ...BOTH, width: 2, neurons: 3, mean: 1.5 })).toEqual(defined(BOTH));
  });

  test("both files must be of one width", () => {
    expect(refusalOf(() => defined(BOTH, X, { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }))).toContain(
      "weights: file:w has 3 inputs per neuron, but `activation` file:x has 2 units",
    );
  });
});

describe("arrays that nothing can be made of are refused", () => {
  const constant = { shape: [3, 2], values: [1, 2, 1, 2, 1, 2] };
  test.each<[string, ArrayInput, string]>([
    ["a vector", { shape: [4], values: [1, 2, 3, 4] }, "has the shape [4]; at least 2 axes are needed"],
    ["a number", { shape: [], values: [1] }, "has the shape []; at least 2 axes are needed"],
    ["no rows", { shape: [0, 2], values: [] }, "has the shape [0, 2], which is empty"],
    ["a number too few", { shape: [2, 2], values: [1, 2, 3] }, "has the shape [2, 2], but 3 numbers"],
    [
      "NaN",
      { shape: [2, 2], values: [1, 2, Number.NaN, 4] },
      "has NaN at index [1, 0], and every number must be from −1e12 to 1e12",
    ],
    ["infinity", { shape: [2, 2], values: [1, 2, 3, Number.NEGATIVE_INFINITY] }, "has -Infinity at index [1, 1]"],
    ["too large a number", { shape: [2, 1], values: [1, 1e13] }, "has 1e13 at index [1, 0]"],
    ["nothing that varies", constant, "has the same row throughout, so nothing varies"],
    ["one row", { shape: [1, 2], values: [1, 2] }, "has only one row, so nothing varies"],
    [
      "a mean that leaves no digits",
      { shape: [2, 1], values: [2e6, 2e6 + 1] },
      "has unit means of about 2.00e+6, more than 1000 standard deviations (0.500)",
    ],
    [
      "means that leave no digits",
      { shape: [2, 2], values: [1e4, -1e4, 1e4 + 1, 1 - 1e4] },
      "has unit means of about 1.00e+4, more than 1000 standard deviations (0.500)",
    ],
  ])("as activations: %s", (_, array, message) => {
    expect(refusalOf(() => defined({ activation: "file:x" }, array))).toContain(
      `activation: file:x ${message.startsWith("more") ? "" : message}`,
    );
    expect(refusalOf(() => defined({ activation: "file:x" }, array))).toContain(message);
  });

  test.each<[string, ArrayInput, string]>([
    ["a vector", { shape: [4], values: [1, 2, 3, 4] }, "file:w has the shape [4]; at least 2 axes are needed"],
    ["zeros", { shape: [2, 2], values: [0, 0, 0, 0] }, "file:w has only weights of 0"],
    [
      "weights too small to square",
      { shape: [1, 2], values: [1e-13, 0] },
      "file:w has weights of up to 1.00e-13, and the largest must be from 1e-12 to 1e12",
    ],
    ["NaN", { shape: [1, 2], values: [Number.NaN, 1] }, "file:w has NaN at index [0, 0]"],
  ])("as weights: %s", (_, array, message) => {
    expect(refusalOf(() => defined({ weights: "file:w" }, X, array))).toContain(`weights: ${message}`);
  });

  test("names that nothing was given for", () => {
    expect(refusalOf(() => scenarioWithArrays({ activation: "file:z" }, { "file:x": X }))).toContain(
      "activation: file:z names a file, and its numbers are missing",
    );
  });

  test.each(["file:", "file:a\nb", "File:x", "file"])("the name %j", (name) => {
    expect(refusalOf(() => completeScenario({ activation: name as `file:${string}` }))).toContain(
      "is not one of normal",
    );
  });
});

/** Numbers that no sum of others is likely to give. */
const counted = (shape: readonly number[], channels: "first" | "last" = "first"): ArrayInput => ({
  shape,
  values: Array.from({ length: shape.reduce((product, length) => product * length, 1) }, (_, at) => (at * at) % 101),
  channels,
});

describe("feature maps", () => {
  const MAPS = counted([5, 4, 3, 2]);
  const mapped = (input: ScenarioInput, maps: ArrayInput = MAPS, weights: ArrayInput = W) =>
    scenarioWithArrays(
      { activation: "file:maps", ...input },
      {
        "file:maps": maps,
        "file:w": weights,
        "file:eval": counted([2, 4, 3, 2]),
        "file:other": counted([5, 3, 3, 2]),
        "file:larger": counted([2, 4, 5, 6]),
      },
    );
  const rowsOf = ({ scenario, arrays }: ReturnType<typeof mapped>) => arrays.get(scenario.activationDigest ?? "");

  test.each<[string, ScenarioInput, ArrayInput, object, [rows: number, columns: number]]>([
    ["without a layer: a row a position, a column a channel", {}, W, { stride: null, padding: null }, [30, 4]],
    ["and a kernel: a row a patch", { weights: "file:w" }, counted([6, 4, 2, 2]), { stride: 1, padding: 0 }, [10, 16]],
    [
      "and a kernel, with stride and padding",
      { weights: "file:w", stride: 2, padding: 1 },
      counted([6, 4, 3, 3]),
      { neurons: 6, stride: 2, padding: 1 },
      // ⌊(3 + 2 − 3)/2⌋ + 1 = 2 by ⌊(2 + 2 − 3)/2⌋ + 1 = 1 positions.
      [10, 36],
    ],
    ["and a matrix of their channels: the same at each position", { weights: "file:w" }, counted([6, 4]), {}, [30, 4]],
    ["and a matrix of all their units: flattened", { weights: "file:w" }, counted([6, 24]), {}, [5, 24]],
  ])("%s", (_, input, weights, fields, [rows, columns]) => {
    const made = mapped(input, MAPS, weights);
    expect(made.scenario).toMatchObject({ ...fields, width: columns });
    expect(rowsOf(made)).toMatchObject({ rows, columns });
    expect(completeScenario(inputOf(made.scenario))).toEqual(made.scenario);
  });

  test.each<[string, ArrayInput, number]>([
    ["a convolution", counted([6, 4, 3, 2]), 6],
    ["a flattened map", counted([6, 24]), 6],
    ["a matrix of channels", counted([6, 4]), 1],
  ])("spatial dropout drops what a row of %s has of a channel", (_, weights, channelSize) => {
    const { scenario } = mapped({ noise: "spatial", weights: "file:w" }, MAPS, weights);
    expect(scenario.channelSize).toBe(channelSize);
  });

  test("with their channels last make the same scenario as with their channels first", () => {
    const swapped = ({ shape: [rows = 0, channels = 0, ...size], values }: ArrayInput): ArrayInput => {
      const places = size.reduce((product, length) => product * length, 1);
      const out = Array.from({ length: values.length }, (_, at) => {
        const [row, place, channel] = [
          Math.floor(at / places / channels),
          Math.floor(at / channels) % places,
          at % channels,
        ];
        return values[(row * channels + channel) * places + place] as number;
      });
      return { shape: [rows, ...size, channels], values: out, channels: "last" };
    };
    const kernel = counted([6, 4, 2, 2]);
    const input: ScenarioInput = { weights: "file:w", padding: 1 };
    expect(mapped(input, swapped(MAPS), swapped(kernel))).toEqual(mapped(input, MAPS, kernel));
    const matrix = counted([6, 24]);
    const { values } = swapped({ ...matrix, shape: [6, 4, 3, 2] });
    const flattened = { shape: [6, 24], values, channels: "last" } as const;
    expect(mapped({ weights: "file:w" }, swapped(MAPS), flattened)).toEqual(
      mapped({ weights: "file:w" }, MAPS, matrix),
    );
    expect(mapped({}, swapped(MAPS))).toEqual(mapped({}));
  });

  test("may have rows of evaluation of their own, as many as there are", () => {
    const { scenario, arrays } = mapped({ testActivation: "file:eval" });
    expect(arrays.get(scenario.testActivationDigest ?? "")).toMatchObject({ rows: 12, columns: 4 });
    expect(scenarioId(scenario)).not.toBe(scenarioId(mapped({}).scenario));
  });

  test("may be of another size in evaluation, where they are not flattened", () => {
    const input: ScenarioInput = { testActivation: "file:larger", weights: "file:w" };
    const { scenario, arrays } = mapped(input, MAPS, counted([6, 4, 2, 2]));
    // 4 by 5 positions of a kernel of 2 by 2, of two samples.
    expect(arrays.get(scenario.testActivationDigest ?? "")).toMatchObject({ rows: 40, columns: 16 });
    expect(refusalOf(() => mapped(input, MAPS, counted([6, 24])))).toContain(
      "testActivation: file:larger has the shape [2, 4, 5, 6], but `activation` file:maps has [5, 4, 3, 2]",
    );
  });

  test.each<[string, ScenarioInput, ArrayInput, string]>([
    [
      "a kernel of other channels",
      { weights: "file:w" },
      counted([6, 3, 2, 2]),
      "weights: file:w of shape [6, 3, 2, 2] has 3 input channels, but `activation` file:maps of shape [5, 4, 3, 2] has 4",
    ],
    [
      "a grouped kernel",
      { weights: "file:w" },
      counted([6, 2, 2, 2]),
      "file:w of shape [6, 2, 2, 2] has 2 input channels, but `activation` file:maps of shape [5, 4, 3, 2] has 4",
    ],
    [
      "a kernel of a sequence",
      { weights: "file:w" },
      counted([6, 4, 2]),
      "file:w of shape [6, 4, 2] has one axis of positions, but `activation` file:maps of shape [5, 4, 3, 2] has 2",
    ],
    ["a kernel larger than the map", { weights: "file:w" }, counted([6, 4, 4, 4]), "use a larger `padding`"],
    [
      "a matrix of another width",
      { weights: "file:w" },
      counted([6, 5]),
      "weights: file:w has 5 inputs per neuron, but `activation` file:maps of shape [5, 4, 3, 2] has 4 channels, or 24 units when flattened",
    ],
    ["drawn weights", { layer: "linear" }, W, "layer: linear needs weights of its own for `activation`"],
    [
      "the stride of a matrix",
      { weights: "file:w", stride: 2 },
      counted([6, 4]),
      "stride: 2 is only for a convolution, and `weights` file:w is not a kernel over `activation` file:maps",
    ],
    [
      "padding without a layer",
      { padding: 1 },
      W,
      "padding: 1 is only for a kernel over feature maps, both read from files",
    ],
    [
      "another channel size than the kernel's",
      { weights: "file:w", noise: "spatial", channelSize: 3 },
      counted([6, 4, 2, 2]),
      "channelSize: 3 contradicts `weights` file:w, which has 4",
    ],
    [
      "alpha dropout before padding",
      { weights: "file:w", noise: "alpha", padding: 1 },
      counted([6, 4, 2, 2]),
      "padding: 1 adds zeros that alpha dropout leaves unchanged, which the closed form does not cover",
    ],
    [
      "more patches than memory",
      { weights: "file:w", padding: 1_000_000 },
      counted([6, 4, 2, 2]),
      "file:maps unfolds to 20000030000010 patches of 16 numbers, 1.28e+6 GB, above the limit of 1.07 GB",
    ],
    [
      "evaluation rows of other channels",
      { testActivation: "file:other" },
      W,
      "testActivation: file:other has the shape [5, 3, 3, 2], but `activation` file:maps has [5, 4, 3, 2]",
    ],
    [
      "evaluation rows of a law",
      { testActivation: "file:eval", activation: "normal" },
      W,
      "testActivation: file:eval is the input at test time, and the input during training is not a file but normal",
    ],
  ])("are refused with %s", (_, input, weights, message) => {
    expect(refusalOf(() => mapped(input, MAPS, weights))).toContain(message);
  });
});

test("a unit that never varies is fine beside others", () => {
  expect(defined({ activation: "file:x" }, { shape: [2, 2], values: [1, 5, 3, 5] }).scenario).toMatchObject({
    mean: 3.5,
    variance: 0.5,
  });
});
