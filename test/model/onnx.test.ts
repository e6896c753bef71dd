import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import type {
  BatchNormOfModel,
  ConvolutionOfModel,
  LinearOfModel,
  ModelGraph,
  ModelLayer,
} from "../../src/model/graph.ts";
import { ModelSchema } from "../../src/model/onnx_pb.ts";
import { readModel } from "../../src/model/read-model.ts";
import { trained, truthOf } from "../check/trained.ts";
import { bytes, float32 } from "../tensor/files.ts";
import { refusalOf, sketch } from "./archive.ts";
import { dropout, evenly } from "./graphs.ts";
import {
  exported,
  floats,
  ints,
  onnx,
  readOnnx,
  type SmallAttribute,
  type SmallNode,
  type SmallOnnx,
  type SmallTensor,
} from "./onnx-models.ts";

const NETWORKS = ["cnnel", "dense", "tab"] as const;

/** The only layer behind the input. */
function only<Layer>({ nodes }: ModelGraph): Layer {
  expect(nodes.length).toBe(2);
  return nodes[1]?.layer as Layer;
}

/** With the numbers of its weights, and without what only names them. */
function withNumbers(layer: ModelLayer): unknown {
  switch (layer.kind) {
    case "linear":
    case "convolution":
      return { ...layer, weight: numbersOf(layer.weight), bias: layer.bias && numbersOf(layer.bias) };
    default:
      return layer;
  }
}

function numbersOf({ shape, values }: LinearOfModel["weight"]) {
  return { shape, values: [...values()] };
}

describe("networks that torch exported to ONNX in evaluation mode", () => {
  it.each(NETWORKS)("%s has the layers, weights and shapes of its .pt2, except the dropout", async (name) => {
    const graph = await readModel({ file: "m.onnx", bytes: exported(name) });
    const { nodes } = await readModel({ file: "m.pt2", bytes: trained(name) });
    const quiet = nodes.filter(({ layer }) => layer.kind !== "noise");
    expect(quiet.length).toBeLessThan(nodes.length);
    expect(graph.nodes.map(({ layer }) => withNumbers(layer))).toEqual(quiet.map(({ layer }) => withNumbers(layer)));
    expect(graph.nodes.map(({ shape }) => shape)).toEqual(quiet.map(({ shape }) => shape));
    expect(graph.nodes.map(({ module }) => module)).toEqual(quiet.map(({ module }) => module));
    expect([graph.format, graph.writer, graph.mode]).toEqual(["onnx", "pytorch 2.15.0 (ONNX)", "evaluation"]);
    expect(graph.outputs).toEqual([graph.nodes.length - 1]);
  });

  it("dense reads the values that are concatenated where its .pt2 does", async () => {
    const { nodes } = await readModel({ file: "m.onnx", bytes: exported("dense") });
    const concats = nodes.flatMap(({ layer, from }) => (layer.kind === "concat" ? [from] : []));
    expect(concats).toEqual([
      [1, 4],
      [5, 8],
      [9, 12],
      [13, 16],
    ]);
  });
});

it("an export in training mode is refused, because it has moved the statistics", async () => {
  const { bn } = truthOf("tab");
  // The first statistics in the file, in single precision, are not those of training.
  const first = float32(...bn["2"].running_mean.slice(0, 1));
  expect(Buffer.from(exported("tab", "train")).includes(Buffer.from(first))).toBe(false);
  expect(await refusalOf(exported("tab", "train"), "m.onnx")).toMatch(
    /^m\.onnx: is an ONNX export in training mode, which ran one training step .* statistics; save it with torch\.export/,
  );
});

const W = Array.from({ length: 24 }, (_, at) => at);
const TENSORS: { readonly [name: string]: SmallTensor } = {
  one: floats([], 1),
  two: floats([], 2),
  half: floats([], 0.5),
  third: floats([], 1 / 3),
  root2: floats([], Math.SQRT2),
  six: floats([], 6),
  zero: floats([], 0),
  channels: floats([1, 4, 1], 1, 2, 3, 4),
  row: floats([6], 1, 2, 3, 4, 5, 6),
  matrix: floats([6, 2], ...W.slice(0, 12)),
  kernel: floats([4, 2, 3], ...W),
  "-1": ints(-1),
  "2": ints(2),
  "[1]": ints(1),
  "[1, 2]": ints(1, 2),
  "[1, 3]": ints(1, 3),
  "[0, -1]": ints(0, -1),
  "[-1, 24]": ints(-1, 24),
  "[-1, 2, 12]": ints(-1, 2, 12),
  "[0, 0, 2, 3]": ints(0, 0, 2, 3),
  "[0, 2, -1]": ints(0, 2, -1),
  end: ints(Number.MAX_SAFE_INTEGER),
  pads: ints(0, 0, 1, 0, 0, 2),
  scales: floats([3], 1, 1, 2),
  uneven: floats([3], 1, 1, 1.5),
  index: { lengths: [], type: 7, raw: new Uint8Array(BigInt64Array.of(-1n).buffer) },
};

/** What one operation on x of shape [N, 4, 6] becomes, with the shape of the output. */
async function made(
  operation: string,
  { inputs = [], ...attributes }: { readonly inputs?: readonly string[]; readonly [name: string]: unknown },
  change: Partial<SmallOnnx> = {},
) {
  const node: SmallNode = {
    operation,
    inputs: ["x", ...inputs],
    attributes: attributes as { readonly [name: string]: SmallAttribute },
  };
  const graph = await readOnnx({ input: [null, 4, 6], tensors: TENSORS, nodes: [node], ...change });
  const shape = graph.nodes[graph.outputs[0] ?? -1]?.shape ?? [];
  return [...sketch(graph).map((line) => line.trim()), `[${shape.map((length) => length ?? "N").join(" ")}]`];
}

const SAME = "[N 4 6]";

describe("operations become layers; the defaults of ONNX stand for attributes that are left out", () => {
  it.each<readonly [string, Parameters<typeof made>[1], Partial<SmallOnnx>, readonly string[]]>([
    ["Relu", {}, {}, ["1 relu ← 0", SAME]],
    ["LeakyRelu", {}, {}, ["1 leaky_relu 0.01 ← 0", SAME]],
    ["LeakyRelu", { alpha: 0.2 }, {}, ["1 leaky_relu 0.2 ← 0", SAME]],
    ["Elu", {}, {}, ["1 elu 1 ← 0", SAME]],
    ["Sigmoid", {}, {}, ["1 sigmoid ← 0", SAME]],
    ["Tanh", {}, {}, ["1 tanh ← 0", SAME]],
    ["Gelu", {}, {}, ["1 gelu ← 0", SAME]],
    ["Gelu", { approximate: "tanh" }, {}, ["1 gelu_tanh ← 0", SAME]],
    ["HardSwish", {}, {}, ["1 hardswish ← 0", SAME]],
    ["HardSigmoid", { alpha: 1 / 6 }, {}, ["1 hardsigmoid ← 0", SAME]],
    ["HardSigmoid", {}, {}, ["1 onnx.HardSigmoid ← 0", SAME]],
    ["Clip", { inputs: ["zero", "six"] }, {}, ["1 hardtanh 0 6 ← 0", SAME]],
    ["Clip", { min: -1, max: 1 }, { version: 10 }, ["1 hardtanh -1 1 ← 0", SAME]],
    ["Clip", { inputs: ["zero"] }, {}, ["1 onnx.Clip ← 0", SAME]],
    ["Selu", {}, {}, ["1 onnx.Selu ← 0", SAME]],
    ["Einsum", {}, { shapes: { y: [null, 4] } }, ["1 onnx.Einsum ← 0", "[N 4]"]],
    ["Dropout", {}, {}, ["1 dropout 0.5 by unit ← 0", SAME]],
    ["Dropout", { inputs: ["third"] }, {}, ["1 dropout 0.33333334 by unit ← 0", SAME]],
    ["Dropout", { ratio: 0.1 }, { version: 11 }, ["1 dropout 0.1 by unit ← 0", SAME]],
    ["Dropout", { inputs: ["zero"] }, {}, [SAME]],
    ["Dropout", { inputs: ["one"] }, {}, ["1 unknown null by unit ← 0", SAME]],
    ["RandomNormalLike", {}, {}, ["1 unknown null by unit ←", SAME]],
    ["Bernoulli", {}, {}, ["1 unknown null by unit ← 0", SAME]],
    ["MaxPool", { kernel_shape: [2], strides: [2] }, {}, ["1 max 2 ← 0", "[N 4 3]"]],
    ["MaxPool", { kernel_shape: [2] }, {}, ["1 max 2 ← 0", "[N 4 5]"]],
    ["MaxPool", { kernel_shape: [4], strides: [4], ceil_mode: { int: 1 } }, {}, ["1 max 4 ← 0", "[N 4 2]"]],
    ["AveragePool", { kernel_shape: [3], pads: [1, 1] }, {}, ["1 average 3 ← 0", SAME]],
    ["AveragePool", { kernel_shape: [4], strides: [4], auto_pad: "SAME_UPPER" }, {}, ["1 average 4 ← 0", "[N 4 2]"]],
    ["AveragePool", { kernel_shape: [4], auto_pad: "VALID" }, {}, ["1 average 4 ← 0", "[N 4 3]"]],
    ["GlobalAveragePool", {}, {}, ["1 average to 1 ← 0", "[N 4 1]"]],
    ["GlobalMaxPool", {}, {}, ["1 max to 1 ← 0", "[N 4 1]"]],
    ["ReduceMean", { inputs: ["-1"], keepdims: { int: 0 } }, {}, ["1 average to 1 ← 0", "[N 4]"]],
    ["ReduceMean", { axes: [2] }, { version: 13 }, ["1 average to 1 ← 0", "[N 4 1]"]],
    ["ReduceMean", { inputs: ["[1]"] }, {}, ["1 onnx.ReduceMean ← 0", "[N 1 6]"]],
    ["ReduceMean", {}, {}, ["1 onnx.ReduceMean ← 0", "[]"]],
    ["ReduceMax", { inputs: ["2"] }, {}, ["1 max to 1 ← 0", "[N 4 1]"]],
    ["Flatten", {}, {}, ["1 flatten ← 0", "[N 24]"]],
    ["Flatten", { axis: { int: 2 } }, {}, ["1 onnx.Flatten ← 0", "[]"]],
    ["Reshape", { inputs: ["[0, -1]"] }, {}, ["1 flatten ← 0", "[N 24]"]],
    ["Reshape", { inputs: ["[-1, 24]"] }, {}, ["1 flatten ← 0", "[N 24]"]],
    ["Reshape", { inputs: ["[0, 0, 2, 3]"] }, {}, ["1 reshape ← 0", "[N 4 2 3]"]],
    ["Reshape", { inputs: ["[-1, 2, 12]"] }, {}, ["1 onnx.Reshape ← 0", "[N 2 12]"]],
    ["Reshape", { inputs: ["[0, 2, -1]"] }, {}, ["1 onnx.Reshape ← 0", "[N 2 12]"]],
    ["Reshape", { inputs: ["[1, 2]"] }, {}, ["1 onnx.Reshape ← 0", "[]"]],
    ["Unsqueeze", { inputs: ["-1"] }, {}, ["1 reshape ← 0", "[N 4 6 1]"]],
    ["Unsqueeze", { axes: [1] }, { version: 11 }, ["1 onnx.Unsqueeze ← 0", "[N 1 4 6]"]],
    ["Squeeze", { inputs: ["2"] }, { input: [null, 4, 1] }, ["1 reshape ← 0", "[N 4]"]],
    ["Squeeze", {}, { input: [2, 4, 1] }, ["1 reshape ← 0", "[2 4]"]],
    ["Squeeze", {}, { input: [null, 4, null] }, ["1 onnx.Squeeze ← 0", "[]"]],
    ["Transpose", { perm: [0, 2, 1] }, {}, ["1 onnx.Transpose ← 0", "[N 6 4]"]],
    ["Transpose", { perm: [0, 1, 2] }, {}, [SAME]],
    ["Transpose", {}, {}, ["1 onnx.Transpose ← 0", "[]"]],
    ["Identity", {}, {}, [SAME]],
    ["Cast", { to: { int: 10 } }, {}, [SAME]],
    ["Cast", { to: { int: 7 } }, {}, ["1 onnx.Cast ← 0", "[]"]],
    ["Softmax", {}, {}, ["1 onnx.Softmax ← 0", SAME]],
    ["Softmax", {}, { version: 11 }, ["1 onnx.Softmax ← 0", SAME]],
    ["LayerNormalization", { inputs: ["row"] }, {}, ["1 onnx.LayerNormalization ← 0", SAME]],
    ["Concat", { inputs: ["x"], axis: { int: 1 } }, {}, ["1 concat ← 0 0", "[N 8 6]"]],
    ["Concat", { inputs: ["x"], axis: { int: -1 } }, {}, ["1 onnx.Concat ← 0 0", "[N 4 12]"]],
    ["Slice", { inputs: ["[1]", "end", "2"] }, {}, ["1 onnx.Slice ← 0", "[N 4 5]"]],
    [
      "Slice",
      { starts: [0, 1], ends: [2, -1], axes: [1, 2] },
      { version: 9 },
      ["1 onnx.Slice ← 0", "2 onnx.Slice ← 1", "[N 2 4]"],
    ],
    ["Gather", { inputs: ["index"], axis: { int: 1 } }, {}, ["1 onnx.Gather ← 0", "2 onnx.Gather ← 1", "[N 6]"]],
    ["Pad", { inputs: ["pads"] }, {}, ["1 onnx.Pad ← 0", "[N 4 9]"]],
    ["Resize", { inputs: ["", "scales"], mode: "nearest" }, {}, ["1 onnx.Resize ← 0", "[N 4 12]"]],
    ["Resize", { inputs: ["", "uneven"], mode: "nearest" }, {}, ["1 onnx.Resize ← 0", "[]"]],
    ["Add", { inputs: ["x"] }, {}, ["1 add ← 0 0", SAME]],
    ["Add", { inputs: ["channels"] }, {}, ["1 constant ←", "2 add ← 0 1", SAME]],
    ["Sub", { inputs: ["x"] }, {}, ["1 scale -1 ← 0", "2 add ← 0 1", SAME]],
    ["Mul", { inputs: ["x"] }, {}, ["1 multiply ← 0 0", SAME]],
    ["Mul", { inputs: ["half"] }, {}, ["1 scale 0.5 ← 0", SAME]],
    ["Mul", { inputs: ["row"] }, {}, ["1 constant ←", "2 multiply ← 0 1", SAME]],
    ["Div", { inputs: ["two"] }, {}, ["1 scale 0.5 ← 0", SAME]],
    ["Div", { inputs: ["zero"] }, {}, ["1 onnx.Div ← 0", "[]"]],
    ["Div", { inputs: ["row"] }, {}, ["1 constant ←", "2 onnx.Div ← 0 1", SAME]],
    ["Neg", {}, {}, ["1 scale -1 ← 0", SAME]],
    ["MatMul", { inputs: ["matrix"] }, {}, ["1 linear ← 0", "[N 4 2]"]],
    ["MatMul", { inputs: ["x"] }, { input: [null, 6, 6] }, ["1 onnx.MatMul ← 0 0", "[N 6 6]"]],
    ["Gemm", { inputs: ["matrix", "row"], transA: { int: 1 } }, { input: [6, 6] }, ["1 onnx.Gemm ← 0", "[]"]],
    ["Conv", { inputs: ["kernel"] }, { input: [null, 2, 6] }, ["1 convolution ← 0", "[N 4 4]"]],
    ["Conv", { inputs: ["kernel"] }, { input: [] }, ["1 convolution ← 0", "[N 4 N]"]],
    ["Einsum", {}, {}, ["1 onnx.Einsum ← 0", "[]"]],
  ])("%s %j", async (operation, given, change, expected) => {
    expect(await made(operation, given, change)).toEqual(expected);
  });

  it("an operation of another domain keeps its name", async () => {
    const nodes = [{ operation: "Relu", domain: "com.example", inputs: ["x"] }];
    expect(sketch(await readOnnx({ nodes }))).toEqual(["1 com.example.Relu ← 0"]);
  });

  it("a convolution has its attributes", async () => {
    const attributes = { group: { int: 2 }, strides: [2], dilations: [2], pads: [1, 3] };
    const nodes = [{ operation: "Conv", inputs: ["x", "w", "b"], attributes }];
    const tensors = { w: TENSORS.kernel as SmallTensor, b: floats([4], 1, 2, 3, 4) };
    const graph = await readOnnx({ input: [null, 4, 6], tensors, nodes });
    const { weight, bias, ...settings } = only<ConvolutionOfModel>(graph);
    expect([...weight.values()]).toEqual(W);
    expect([...(bias?.values() ?? [])]).toEqual([1, 2, 3, 4]);
    const padding = [{ before: 1, after: 3 }];
    expect(settings).toEqual({ kind: "convolution", groups: 2, stride: [2], dilation: [2], padding });
    // ⌊(6 + 4 − 2·2 − 1)/2⌋ + 1
    expect(graph.nodes[1]?.shape).toEqual([null, 4, 3]);
  });

  it.each([
    // Of 6 positions in steps of 2, kernel 3: 3 windows reach over 7, one more than there are.
    ["SAME_UPPER", { before: 0, after: 1 }],
    ["SAME_LOWER", { before: 1, after: 0 }],
  ])("padding %s puts the odd zero there", async (auto_pad, padding) => {
    const nodes = [{ operation: "Conv", inputs: ["x", "kernel"], attributes: { auto_pad, strides: [2] } }];
    const graph = await readOnnx({ input: [null, 2, 6], tensors: TENSORS, nodes });
    expect(only<ConvolutionOfModel>(graph).padding).toEqual([padding]);
    expect(graph.nodes[1]?.shape).toEqual([null, 4, 3]);
  });

  it.each<readonly [string, { readonly [name: string]: SmallAttribute }, readonly number[], readonly number[]]>([
    ["as it is", { transB: { int: 1 } }, [1, 2, 3, 4, 5, 6], [1, 2, 3]],
    ["transposed", {}, [1, 3, 5, 2, 4, 6], [1, 2, 3]],
    ["times α, and the bias times β", { transB: { int: 1 }, alpha: 2, beta: 0.5 }, [2, 4, 6, 8, 10, 12], [0.5, 1, 1.5]],
  ])("Gemm has its matrix %s", async (_, attributes, weight, bias) => {
    const shape = "transB" in attributes ? [3, 2] : [2, 3];
    const tensors = { w: floats(shape, 1, 2, 3, 4, 5, 6), b: floats([1, 3], 1, 2, 3) };
    const numbers = "transB" in attributes ? weight : [1, 4, 2, 5, 3, 6];
    const layer = only<LinearOfModel>(
      await readOnnx({ tensors, nodes: [{ operation: "Gemm", inputs: ["x", "w", "b"], attributes }] }),
    );
    expect(layer.weight.shape).toEqual([3, 2]);
    expect([...layer.weight.values()]).toEqual(numbers);
    expect([layer.bias?.shape, [...(layer.bias?.values() ?? [])]]).toEqual([[3], bias]);
  });

  it("pools count the padding where they say so", async () => {
    const divisorOf = async (attributes: { readonly [name: string]: SmallAttribute }) => {
      const nodes = [
        { operation: "AveragePool", inputs: ["x"], attributes: { kernel_shape: [3], pads: [1, 1], ...attributes } },
      ];
      return only(await readOnnx({ input: [null, 4, 6], nodes }));
    };
    expect(await divisorOf({})).toMatchObject({ window: { divisor: "inside", padding: evenly(1) } });
    expect(await divisorOf({ count_include_pad: { int: 1 } })).toMatchObject({ window: { divisor: "padded" } });
  });

  it("what is run has what running it needs", async () => {
    const computes = async (operation: string, given: Parameters<typeof made>[1], change: Partial<SmallOnnx> = {}) => {
      const { inputs = [], ...attributes } = given;
      const node = { operation, inputs: ["x", ...inputs], attributes: (attributes as SmallNode["attributes"]) ?? {} };
      return only<{ readonly computes: unknown }>(
        await readOnnx({ input: [null, 4, 6], tensors: TENSORS, nodes: [node], ...change }),
      ).computes;
    };
    expect(await computes("Softmax", { axis: { int: 1 } })).toEqual({ name: "softmax", axis: 1, isLogarithm: false });
    expect(await computes("LogSoftmax", {})).toEqual({ name: "softmax", axis: 2, isLogarithm: true });
    expect(await computes("Transpose", { perm: [0, 2, 1] })).toEqual({ name: "permute", axes: [0, 2, 1] });
    expect(await computes("Slice", { starts: [1], ends: [6], axes: [2] }, { version: 9 })).toEqual({
      name: "slice",
      axis: 2,
      start: 1,
      step: 1,
    });
    expect(await computes("Pad", { inputs: ["pads", "two"] })).toEqual({
      ...{ name: "pad", value: 2 },
      padding: [...evenly(0), { before: 1, after: 2 }],
    });
    expect(await computes("ReduceMean", { inputs: ["[1]"] })).toEqual({ name: "mean", axes: [1] });
    expect(await computes("LayerNormalization", { inputs: ["row"], epsilon: 1e-6 })).toMatchObject({
      ...{ name: "layer-norm", axes: 1 },
      affine: { bias: null, epsilon: 1e-6 },
    });
    expect(await computes("Selu", {})).toBeNull();
  });

  it("the parts of a split are slices one after another", async () => {
    const nodes = [
      { operation: "Split", inputs: ["x", "s"], outputs: ["a", "b"], attributes: { axis: { int: 1 } } },
      { operation: "Add", inputs: ["b", "b"] },
    ];
    const {
      nodes: [, part],
    } = await readOnnx({ input: [null, 4, 6], tensors: { s: ints(3, 1) }, nodes });
    expect(part).toMatchObject({
      layer: { computes: { name: "slice", axis: 1, start: 3, step: 1 } },
      shape: [null, 1, 6],
    });
  });
});

describe("what exporters write out in several operations is one layer", () => {
  const chain = (...nodes: readonly (readonly [string, ...string[]])[]) =>
    nodes.map(
      ([operation, ...inputs], at): SmallNode => ({
        operation,
        inputs,
        outputs: [at === nodes.length - 1 ? "y" : String.fromCharCode(97 + at)],
      }),
    );

  it.each<readonly [string, readonly SmallNode[], readonly string[]]>([
    ["x·sigmoid(x)", chain(["Sigmoid", "x"], ["Mul", "x", "a"]), ["1 silu ← 0"]],
    ["sigmoid(x)·x", chain(["Sigmoid", "x"], ["Mul", "a", "x"]), ["1 silu ← 0"]],
    [
      "½·(x·(1 + erf(x/√2)))",
      chain(["Div", "x", "root2"], ["Erf", "a"], ["Add", "b", "one"], ["Mul", "x", "c"], ["Mul", "d", "half"]),
      ["1 gelu ← 0"],
    ],
    [
      "(½·x)·(1 + erf(x/√2))",
      chain(["Mul", "half", "x"], ["Div", "x", "root2"], ["Erf", "b"], ["Add", "c", "one"], ["Mul", "a", "d"]),
      ["1 gelu ← 0"],
    ],
    [
      "what is like it with another number is not GELU",
      chain(["Div", "x", "two"], ["Erf", "a"], ["Add", "b", "one"], ["Mul", "x", "c"], ["Mul", "d", "half"]),
      ["1 scale 0.5 ← 0", "2 onnx.Erf ← 1", "3 constant ←", "4 add ← 2 3", "5 multiply ← 0 4", "6 scale 0.5 ← 5"],
    ],
    ["x·W + b", chain(["MatMul", "x", "matrix"], ["Add", "pair", "a"]), ["1 linear ← 0"]],
    [
      "x·W + 1, which is no bias of two",
      chain(["MatMul", "x", "matrix"], ["Add", "a", "one"]),
      ["1 linear ← 0", "2 constant ←", "3 add ← 1 2"],
    ],
    [
      "the shape of x, the rest of it gathered",
      chain(
        ["Shape", "x"],
        ["Gather", "a", "first"],
        ["Unsqueeze", "b", "axis"],
        ["Concat", "c", "-1"],
        ["Reshape", "x", "d"],
      ),
      ["1 flatten ← 0"],
    ],
    ["a transposed weight", chain(["Transpose", "transposed"], ["MatMul", "x", "a"]), ["1 linear ← 0"]],
    [
      "dropout of a parameter, which is noise all the same",
      chain(["Dropout", "channels"], ["Add", "x", "a"]),
      ["1 constant ←", "2 dropout 0.5 by unit ← 1", "3 onnx.Add ← 0 2"],
    ],
    ["a value that nothing reads", chain(["Relu", "x"], ["Tanh", "x"], ["Sigmoid", "x"]), ["1 sigmoid ← 0"]],
  ])("%s", async (_, nodes, expected) => {
    const tensors = {
      ...TENSORS,
      pair: floats([2], 1, 2),
      first: { lengths: [], type: 7, raw: new Uint8Array(8) },
      axis: ints(0),
      transposed: floats([2, 6], ...W.slice(0, 12)),
    };
    const withAxis = nodes.map((node) =>
      node.operation === "Concat" ? { ...node, attributes: { axis: { int: 0 } } } : node,
    );
    const graph = await readOnnx({ input: [null, 4, 6], tensors, nodes: withAxis, shapes: { b: [null, 4, 6] } });
    expect(sketch(graph).map((line) => line.trim())).toEqual(expected);
    if (expected[0] === "1 linear ← 0") expect(graph.nodes[1]?.shape).toEqual([null, 4, 2]);
  });
});

describe("stored tensors", () => {
  async function weight(tensor: SmallTensor): Promise<readonly number[]> {
    const nodes = [{ operation: "Gemm", inputs: ["x", "w"], attributes: { transB: { int: 1 } } }];
    const graph = await readOnnx({ tensors: { w: { lengths: [2, 2], ...tensor } }, nodes });
    return [...only<LinearOfModel>(graph).weight.values()];
  }

  it.each<readonly [string, SmallTensor, readonly number[]]>([
    ["float32", { type: 1, raw: float32(1, -2, 3, 0.5) }, [1, -2, 3, 0.5]],
    ["float32 as a list", { type: 1, floats: float32(1, -2, 3, 0.5) }, [1, -2, 3, 0.5]],
    ["float64", { type: 11, raw: new Uint8Array(Float64Array.of(0.1, -2, 3, 4).buffer) }, [0.1, -2, 3, 4]],
    [
      "float64 as a list",
      { type: 11, doubles: new Uint8Array(Float64Array.of(0.1, -2, 3, 4).buffer) },
      [0.1, -2, 3, 4],
    ],
    // 1, −2, 0.5 and 65504 by IEEE 754 binary16.
    ["float16", { type: 10, raw: bytes(0, 0x3c, 0, 0xc0, 0, 0x38, 0xff, 0x7b) }, [1, -2, 0.5, 65504]],
    // The same bits as whole numbers of 7 bits a byte: 0x3c00, 0xc000, 0x3800, 0x7bff.
    [
      "float16 as a list",
      { type: 10, int32s: bytes(0x80, 0x78, 0x80, 0x80, 0x03, 0x80, 0x70, 0xff, 0xf7, 0x01) },
      [1, -2, 0.5, 65504],
    ],
    ["bfloat16", { type: 16, raw: bytes(0x80, 0x3f, 0, 0xc0, 0, 0x3f, 0x40, 0x40) }, [1, -2, 0.5, 3]],
    // −2 has ten bytes.
    [
      "int64 as a list",
      { type: 7, int64s: bytes(1, 0xfe, ...Array.from({ length: 8 }, () => 0xff), 1, 3, 0xac, 2) },
      [1, -2, 3, 300],
    ],
    ["uint8 as a list", { type: 2, int32s: bytes(1, 0xff, 1, 3, 4) }, [1, 255, 3, 4]],
  ])("of %s are read", async (_, tensor, values) => {
    expect(await weight(tensor)).toEqual(values);
  });

  it.each<readonly [string, SmallTensor, RegExp]>([
    [
      "in another file",
      { type: 1, location: 1 },
      /^m\.onnx: w: is stored in another file.*; save it as one with onnx\.save/,
    ],
    [
      "of fewer bytes than their shape",
      { type: 1, raw: float32(1, 2, 3) },
      /w: is of shape \[2, 2\], but 12 bytes are stored/,
    ],
    [
      "of fewer whole numbers than their shape",
      { type: 7, int64s: bytes(1, 2, 3) },
      /w: is of shape \[2, 2\], but 24 bytes/,
    ],
    ["of a shape that is none", { type: 1, lengths: [-1, 2] }, /w: has a shape that no tensor has/],
    ["of a shape above any memory", { type: 1, lengths: [2 ** 40, 2 ** 40] }, /w: has a shape that no tensor has/],
    ["with NaN", { type: 1, raw: float32(1, 2, Number.NaN, 4) }, /^m\.onnx: w: has NaN at index \[1, 0\]/],
    [
      "of whole numbers without end",
      { type: 7, int64s: bytes(...Array.from({ length: 12 }, () => 0xff), 1, 1, 1, 1) },
      /w: has a whole number of more than 64 bits/,
    ],
  ])("%s are refused by one line", async (_, tensor, message) => {
    const nodes = [{ operation: "Gemm", inputs: ["x", "w"], attributes: { transB: { int: 1 } } }];
    expect(await refusalOf(onnx({ tensors: { w: { lengths: [2, 2], ...tensor } }, nodes }), "m.onnx")).toMatch(message);
  });
});

describe("a batch norm", () => {
  const STATISTICS = {
    g: floats([2], 1, 2),
    b: floats([2], 3, 4),
    "stem.1.running_mean": floats([2], 5, 6),
    v: floats([2], 7, 8),
  };
  const norm = (mean: string, more: Partial<SmallNode> = {}): SmallNode => ({
    ...{ operation: "BatchNormalization", inputs: ["x", "g", "b", mean, "v"] },
    ...more,
  });
  const read = async (node: SmallNode, tensors: SmallOnnx["tensors"] = {}, before: readonly SmallNode[] = []) =>
    only<BatchNormOfModel>(await readOnnx({ tensors: { ...STATISTICS, ...tensors }, nodes: [...before, node] }));

  it("has its statistics, and the names that lead to them", async () => {
    expect(await read(norm("stem.1.running_mean", { attributes: { epsilon: 0.001 } }))).toEqual({
      ...{ kind: "batch-norm", name: "stem.1", arrays: { mean: "stem.1.running_mean", variance: "v" } },
      ...{ gain: Float64Array.of(1, 2), bias: Float64Array.of(3, 4) },
      ...{ mean: Float64Array.of(5, 6), variance: Float64Array.of(7, 8), epsilon: 0.001 },
    });
  });

  it.each([
    ["stem.2.running_mean", "", "stem.2"],
    ["model/bn/moving_mean", "", "model/bn"],
    ["onnx::BatchNormalization_7", "/layer1/layer1.0/bn1/BatchNormalization", "layer1.0.bn1"],
    ["onnx::BatchNormalization_7", "BatchNormalization_3", "BatchNormalization_3"],
    ["onnx::BatchNormalization_7", "", "onnx::BatchNormalization_7"],
  ])("with the mean %s in the node %j is called by %s", async (mean, name, expected) => {
    expect((await read(norm(mean, { name }), { [mean]: floats([2], 5, 6) })).name).toBe(expected);
  });

  it("whose mean an Identity passes on has the name of what it reads, and the array of what is stored", async () => {
    const identity = { operation: "Identity", inputs: ["stem.1.running_mean"], outputs: ["stem.4.running_mean"] };
    const { name, arrays } = await read(norm("stem.4.running_mean"), {}, [identity]);
    expect([name, arrays.mean]).toEqual(["stem.4", "stem.1.running_mean"]);
  });

  it.each<readonly [string, SmallOnnx["tensors"], RegExp]>([
    ["a negative variance", { v: floats([2], 1, -1) }, /has the running variance -1, which must be 0 or more/],
    ["other channels", { "stem.1.running_mean": floats([3], 1, 1, 1) }, /has input 1 of shape \[2\], not \[3\]/],
    ["infinite statistics", { v: floats([2], 1, Number.POSITIVE_INFINITY) }, /^m\.onnx: v: has Infinity at index/],
  ])("with %s is refused by one line", async (_, tensors, message) => {
    const nodes = [norm("stem.1.running_mean")];
    expect(await refusalOf(onnx({ tensors: { ...STATISTICS, ...tensors }, nodes }), "m.onnx")).toMatch(message);
  });

  it("with new statistics among its outputs was exported in training mode by old versions", async () => {
    const nodes = [norm("stem.1.running_mean", { outputs: ["y", "mean", "variance"] })];
    expect(await refusalOf(onnx({ tensors: STATISTICS, nodes, version: 9 }), "m.onnx")).toMatch(/in training mode/);
  });
});

it("dropout that is on when the file is run makes it an export in training mode", async () => {
  const on = { lengths: [], type: 9, raw: bytes(1) };
  const nodes = [{ operation: "Dropout", inputs: ["x", "r", "on"], outputs: ["y", "mask"] }];
  const {
    mode,
    nodes: [, noise],
  } = await readOnnx({ tensors: { r: floats([], 0.25), on }, nodes });
  expect([mode, noise?.layer]).toEqual(["training", dropout(0.25)]);
});

describe("a file that cannot be audited is one line with the next step", () => {
  const relu: SmallNode = { operation: "Relu", inputs: ["x"] };
  const graph = (...nodes: readonly SmallNode[]) => onnx({ nodes });

  it.each<readonly [string, Uint8Array, RegExp]>([
    [
      "no norm",
      onnx({ nodes: [relu], isBare: true }),
      /removes Dropout and folds Batch Normalization.*; save it with torch\.ex/,
    ],
    ["nothing", new Uint8Array(), /^m\.onnx: is empty; export or copy it again/],
    ["text", bytes("no model at all, but text"), /^m\.onnx: is not an ONNX model that vshift can read; export or/],
    ["no graph", bytes(0x12, 1, "x"), /^m\.onnx: contains no graph/],
    ["an end before its time", exported("tab").subarray(0, 20_000), /is not an ONNX model that vshift can read/],
    ["local functions", onnx({ nodes: [relu], functions: [bytes(1)] }), /local functions; inline them with onnx\.inl/],
    ["a value that is never made", graph({ ...relu, inputs: ["z"] }), /z is read before it is made/],
    ["a value that reads itself", graph({ ...relu, inputs: ["y"] }), /y is read before it is made/],
    ["names of JavaScript", graph({ ...relu, inputs: ["__proto__"] }), /__proto__ is read before/],
    ["a value that is made twice", graph(relu, relu), /y is made twice/],
    ["an output that is never made", onnx({ nodes: [relu], outputs: ["z"] }), /z is read before it is made/],
    [
      "weights of another width",
      onnx({ tensors: { w: floats([3, 1], 1, 2, 3) }, nodes: [{ operation: "Gemm", inputs: ["x", "w"], name: "fc" }] }),
      /fc has 2 inputs, not 3/,
    ],
    [
      "a drop rate that is none",
      onnx({ tensors: { r: floats([], 1.5) }, nodes: [{ operation: "Dropout", inputs: ["x", "r"] }] }),
      /Dropout has the ratio 1\.5, which must be in \[0, 1\]/,
    ],
    [
      "a stride that is none",
      onnx({
        tensors: { w: TENSORS.kernel as SmallTensor },
        input: [1, 2, 6],
        nodes: [{ operation: "Conv", inputs: ["x", "w"], attributes: { strides: [0] } }],
      }),
      /Conv has strides 0, which must be a whole number from 1/,
    ],
  ])("%s", async (_, content, message) => {
    const refusal = await refusalOf(content, "m.onnx");
    expect(refusal).toMatch(message);
    expect(refusal).not.toContain("\n");
  });

  it("control flow, since a branch reads values that its operation does not name", async () => {
    const graph = { name: "then_branch", graph: bytes(0x0a, 0) };
    const model = create(ModelSchema, {
      graph: {
        inputs: [{ name: "x" }],
        outputs: [{ name: "y" }],
        nodes: [
          { operation: "If", inputs: ["x"], outputs: ["y"], attributes: [graph] },
          { operation: "BatchNormalization", inputs: ["y"], outputs: ["z"] },
        ],
      },
    });
    expect(await refusalOf(toBinary(ModelSchema, model), "m.onnx")).toMatch(
      /^m\.onnx: has the operation onnx\.If with graphs of its own, which vshift does not read; export/,
    );
  });

  it.each([
    ["empty messages", graphOf(new Uint8Array(2 ** 22).map((_, at) => (at % 2 === 0 ? 0x0a : 0)))],
    // A tensor whose shape has so many axes.
    [
      "elements of a list",
      graphOf(bytes(0x2a, ...varint(2 ** 22 + 5), 0x0a, ...varint(2 ** 22)), new Uint8Array(2 ** 22)),
    ],
  ])("more %s than any model has, before they take memory", async (_, content) => {
    expect(await refusalOf(content, "m.onnx")).toMatch(/has more than 1048576 fields/);
  });
});

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [0x80 | (value & 0x7f), ...varint(Math.floor(value / 0x80))];
}

/** A model whose graph has this content. */
function graphOf(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([bytes(0x3a, ...varint(Buffer.concat(parts).length)), ...parts]);
}
