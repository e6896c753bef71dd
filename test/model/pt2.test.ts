import { zipSync } from "fflate/browser";
import { describe, expect, it } from "vitest";
import type { BatchNormOfModel, ConvolutionOfModel, LinearOfModel, ModelGraph } from "../../src/model/graph.ts";
import { readModel } from "../../src/model/read-model.ts";
import { TRAINED, trained, truthOf } from "../check/trained.ts";
import { networkOf } from "../passes/networks.ts";
import { ascii, bytes, float32 } from "../tensor/files.ts";
import {
  type Json,
  type Program,
  pt2,
  read,
  refusalOf,
  type SmallCall,
  type SmallModel,
  type SmallWeight,
  sketch,
  stored,
  tensor,
  tensors,
} from "./archive.ts";
import { dropout, evenly } from "./graphs.ts";

/** As they were printed. */
function sixDigits(value: number): string {
  return value.toPrecision(6);
}

/** The layer of the only node behind the input. */
function only<Layer>({ nodes }: ModelGraph): Layer {
  expect(nodes.length).toBe(2);
  return nodes[1]?.layer as Layer;
}

function layersOf<Kind extends string>({ nodes }: ModelGraph, kind: Kind) {
  return nodes.flatMap((node) => (node.layer.kind === kind ? [node] : []));
}

const x = tensor("x");

describe("networks that torch exported", () => {
  it.each(TRAINED)("%s has the norms and running statistics that torch printed", async (name) => {
    const graph = await readModel({ file: "m.pt2", bytes: trained(name) });
    const norms = layersOf(graph, "batch-norm").map(({ layer }) => layer as BatchNormOfModel);
    const truth = truthOf(name).bn;
    expect(norms.map((norm) => norm.name).toSorted()).toEqual(Object.keys(truth).toSorted());
    for (const norm of norms) {
      const { running_mean, running_var, eps } = truth[norm.name] ?? {};
      expect([...norm.mean].map(sixDigits)).toEqual(running_mean?.map(sixDigits));
      expect([...norm.variance].map(sixDigits)).toEqual(running_var?.map(sixDigits));
      expect(norm.epsilon).toBe(eps);
      expect([norm.gain?.length, norm.bias?.length]).toEqual([norm.mean.length, norm.mean.length]);
    }
    expect([graph.writer, graph.mode]).toEqual(["torch 2.15.0", "evaluation"]);
  });

  it.each([
    // nn.Sequential: Flatten 0, then Linear, BatchNorm1d, ReLU and Dropout four by four.
    [
      "mlp",
      [
        ["4", null],
        ["8", null],
        ["12", null],
      ],
    ],
    [
      "tab",
      [
        ["4", null],
        ["8", null],
        ["12", null],
      ],
    ],
    [
      "cnnel",
      [
        ["3", null],
        ["8", null],
        ["12", null],
      ],
    ],
    // drops.i in the one line of Dense.forward that loops, and d in Head.forward.
    ["dense", [0, 1, 2, 3].map((index) => [`drops.${index}`, "nets.py:68"])],
    ["pointnet", [["d", "nets.py:83"]]],
  ] as const)("%s has the dropout of 0.5 at these modules and lines", async (name, places) => {
    const graph = await readModel({ file: "m.pt2", bytes: trained(name) });
    const noise = layersOf(graph, "noise");
    expect(noise.map(({ module, source }) => [module, source])).toEqual(places);
    for (const { layer } of noise) {
      expect(layer).toEqual(dropout(0.5));
    }
  });

  it("dense is convolutions whose outputs are concatenated to what they read", async () => {
    const graph = await readModel({ file: "m.pt2", bytes: trained("dense") });
    const block = ["batch-norm", "relu", "convolution", "dropout 0.5 by unit", "concat"];
    expect(sketch(graph).map((line) => line.replace(/^\d+ | ←.*$/g, ""))).toEqual([
      ...["convolution", ...block, ...block, ...block, ...block],
      ...["batch-norm", "relu", "average to 1×1", "linear"],
    ]);
    expect(layersOf(graph, "concat").map(({ from, shape }) => [from, shape])).toEqual([
      [
        [1, 5],
        [null, 22, 7, 7],
      ],
      [
        [6, 10],
        [null, 32, 7, 7],
      ],
      [
        [11, 15],
        [null, 42, 7, 7],
      ],
      [
        [16, 20],
        [null, 52, 7, 7],
      ],
    ]);
    expect(graph.nodes[1]).toMatchObject({
      layer: { groups: 1, stride: [2, 2], padding: evenly(1, 1), dilation: [1, 1] },
    });
  });

  it("the weights of tab are the bytes of the archive", async () => {
    const archive = trained("tab");
    const graph = await readModel({ file: "m.pt2", bytes: archive });
    const [first, , , last] = layersOf(graph, "linear").map(({ layer }) => layer as LinearOfModel);
    expect([first?.weight.shape, last?.weight.shape, last?.bias?.shape]).toEqual([[64, 26], [1, 64], [1]]);
    // Members are stored: the first weight's bytes stand in the file as they are.
    expect(Buffer.from(archive).includes(Buffer.from(float32(...(first?.weight.values() ?? []))))).toBe(true);
  });
});

describe("stored tensors", () => {
  const linear = {
    name: "y",
    operation: "linear.default",
    inputs: { input: x, weight: tensor("w") },
    shape: [null, 2],
  };
  async function weight(w: SmallWeight): Promise<readonly number[]> {
    return [...only<LinearOfModel>(await read({ weights: { w }, calls: [linear] })).weight.values()];
  }

  it.each<readonly [string, Omit<SmallWeight, "shape">, readonly number[]]>([
    ["float64", { dtype: 8, bytes: new Uint8Array(Float64Array.of(0.1, -2, 3, 4).buffer) }, [0.1, -2, 3, 4]],
    ["float32", { dtype: 7, bytes: float32(1, -2, 3, 0.5) }, [1, -2, 3, 0.5]],
    // 1, −2, 0.5 and 65504 by IEEE 754 binary16.
    ["float16", { dtype: 6, bytes: bytes(0, 0x3c, 0, 0xc0, 0, 0x38, 0xff, 0x7b) }, [1, -2, 0.5, 65504]],
    // The upper halves of 1, −2, 0.5 and 3 in single precision.
    ["bfloat16", { dtype: 13, bytes: bytes(0x80, 0x3f, 0, 0xc0, 0, 0x3f, 0x40, 0x40) }, [1, -2, 0.5, 3]],
    ["int64", { dtype: 5, bytes: new Uint8Array(BigInt64Array.of(1n, -2n, 3n, 4n).buffer) }, [1, -2, 3, 4]],
    ["a transposed matrix", { bytes: float32(1, 2, 3, 4), strides: [1, 2] }, [1, 3, 2, 4]],
    ["a part of a larger one", { bytes: float32(0, 1, 2, 3, 4, 5, 6, 7, 8), strides: [3, 1], offset: 4 }, [4, 5, 7, 8]],
    ["every second column", { bytes: float32(0, 1, 2, 3, 4, 5, 6, 7), strides: [4, 2], offset: 1 }, [1, 3, 5, 7]],
  ])("%s is read in the order of its shape", async (_, stored, values) => {
    expect(await weight({ ...stored, shape: [2, 2] })).toEqual(values);
  });

  it("three axes with strides of their own are read in the order of the shape", async () => {
    const w = { shape: [2, 2, 3], strides: [1, 2, 4], bytes: float32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) };
    const conv = { name: "y", operation: "conv1d.default", inputs: { input: x, weight: tensor("w") } };
    const graph = await read({ input: [null, 2, 5], weights: { w }, calls: [{ ...conv, shape: [null, 2, 3] }] });
    expect([...only<ConvolutionOfModel>(graph).weight.values()]).toEqual([0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11]);
  });

  it("bytes of a machine that begins with the highest are read as such", async () => {
    const w = { shape: [2, 2], bytes: bytes(0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x40, 0, 0) };
    const graph = await read({ weights: { w }, calls: [linear], members: { byteorder: ascii("big") } });
    expect([...only<LinearOfModel>(graph).weight.values()]).toEqual([1, -2, 0, 3]);
  });

  it("a constant that is no parameter lies in a folder of its own", async () => {
    expect(await weight({ ...stored([2, 2], 1, 2, 3, 4), kind: "tensor_constant" })).toEqual([1, 2, 3, 4]);
  });

  it.each<readonly [string, SmallWeight, RegExp]>([
    [
      "fewer bytes than its shape",
      stored([2, 2], 1, 2, 3),
      /^m\.pt2: w: is of shape \[2, 2\] .* but 12 bytes are stored/,
    ],
    ["an end behind its bytes", { ...stored([2, 2], 1, 2, 3, 4), offset: 1 }, /from 1, but 16 bytes/],
    ["strides beyond its bytes", { ...stored([2, 2], 1, 2, 3, 4), strides: [2, 2] }, /strides \[2, 2\]/],
    ["elements that share bytes", { ...stored([2, 2], 1), strides: [0, 0] }, /but 4 bytes are stored/],
    ["far more elements than bytes", { ...stored([2 ** 40, 2 ** 12], 1), strides: [0, 0] }, /but 4 bytes are stored/],
    ["a negative stride", { ...stored([2, 2], 1, 2, 3, 4), strides: [-2, 1] }, /other than whole numbers/],
    ["a length that is no length", { ...stored([2.5, 2], 1, 2, 3, 4), strides: [2, 1] }, /other than whole numbers/],
    ["complex elements", { ...stored([2, 2], 1, 2, 3, 4), dtype: 9 }, /has elements of type 9 .*; export .* float32/],
    [
      "a pickle",
      { ...stored([2, 2], 1, 2, 3, 4), pickled: true },
      /^m\.pt2: w: is stored as a pickle, which can run code/,
    ],
    ["NaN", stored([2, 2], 1, 2, Number.NaN, 4), /^m\.pt2: w: has NaN at index \[1, 0\]/],
  ])("%s is refused by one line", async (_, w, message) => {
    expect(await refusalOf(pt2({ weights: { w }, calls: [linear] }))).toMatch(message);
  });

  it.each<readonly [string, SmallModel["members"], RegExp]>([
    ["no list of weights", { "data/weights/model_weights_config.json": ascii("{}") }, /config is not a JSON object/],
    ["a list without it", { "data/weights/model_weights_config.json": ascii('{"config":{}}') }, /w is not among the w/],
    ["an order of bytes that is none", { byteorder: ascii("middle") }, /byteorder: is "middle", and must be little or/],
  ])("%s is refused by one line", async (_, members, message) => {
    const weights = { w: stored([2, 2], 1, 2, 3, 4) };
    expect(await refusalOf(pt2({ weights, calls: [linear], members: members ?? {} }))).toMatch(message);
  });

  it("compressed members are refused, since torch stores them as they are", async () => {
    const weights = { w: { shape: [2, 2], bytes: new Uint8Array(400) } };
    expect(await refusalOf(pt2({ weights, calls: [linear], level: 9 }))).toMatch(/^m\.pt2: m\/[^ ]*: is compressed/);
  });
});

/** What one call of an operation on x of shape [N, 4, 6] becomes, the shape of the output that of x unless it is given. */
async function made(operation: string, inputs: SmallCall["inputs"] = {}, change: Partial<SmallCall & SmallModel> = {}) {
  const { input = [null, 4, 6], weights, ...call } = change;
  const calls = [{ name: "y", operation, inputs: { self: x, ...inputs }, shape: input, ...call }];
  return sketch(await read({ input, calls, ...(weights && { weights }) }));
}

const int = (value: number): Json => ({ as_int: value });
const ints = (...values: readonly number[]): Json => ({ as_ints: values });
const floats = (...values: readonly number[]): Json => ({ as_floats: values });
const float = (value: number): Json => ({ as_float: value });
const C = stored([4, 1], 1, 2, 3, 4);
const ONE = stored([], 3);

describe("operations become layers; aten's defaults stand for arguments that are left out", () => {
  it.each<readonly [string, SmallCall["inputs"], Partial<SmallCall & SmallModel>, readonly string[]]>([
    ["relu.default", {}, {}, ["1 relu ← 0"]],
    ["relu_.default", {}, {}, ["1 relu ← 0"]],
    ["leaky_relu.default", {}, {}, ["1 leaky_relu 0.01 ← 0"]],
    ["leaky_relu_.default", { negative_slope: float(0.2) }, {}, ["1 leaky_relu 0.2 ← 0"]],
    ["elu.default", {}, {}, ["1 elu 1 ← 0"]],
    ["elu.default", { scale: float(1.05) }, {}, ["1 aten.elu.default ← 0"]],
    ["hardtanh.default", {}, {}, ["1 hardtanh -1 1 ← 0"]],
    ["hardtanh_.default", { min_val: float(0), max_val: float(6) }, {}, ["1 hardtanh 0 6 ← 0"]],
    ["relu6.default", {}, {}, ["1 hardtanh 0 6 ← 0"]],
    ["clamp.default", { min: int(-2), max: int(2) }, {}, ["1 hardtanh -2 2 ← 0"]],
    ["clamp.default", { min: int(0), max: { as_none: true } }, {}, ["1 aten.clamp.default ← 0"]],
    ["hardswish.default", {}, {}, ["1 hardswish ← 0"]],
    ["hardsigmoid.default", {}, {}, ["1 hardsigmoid ← 0"]],
    ["sigmoid.default", {}, {}, ["1 sigmoid ← 0"]],
    ["silu_.default", {}, {}, ["1 silu ← 0"]],
    ["tanh.default", {}, {}, ["1 tanh ← 0"]],
    ["gelu.default", {}, {}, ["1 gelu ← 0"]],
    ["gelu.default", { approximate: { as_string: "tanh" } }, {}, ["1 gelu_tanh ← 0"]],
    ["softmax.int", { dim: int(1) }, {}, ["1 aten.softmax.int ← 0"]],
    ["custom.scope.relu", {}, {}, ["1 custom.scope.relu ← 0"]],
    ["feature_dropout.default", { p: float(0.2) }, {}, ["1 dropout 0.2 by channel ← 0"]],
    ["alpha_dropout.default", { p: float(0.2) }, {}, ["1 alpha-dropout 0.2 by unit ← 0"]],
    ["feature_alpha_dropout_.default", { p: float(0.2) }, {}, ["1 alpha-dropout 0.2 by channel ← 0"]],
    ["native_dropout.default", { p: float(0.2) }, { more: ["mask"] }, ["1 dropout 0.2 by unit ← 0"]],
    ["dropout.default", { p: float(0) }, {}, []],
    ["dropout.default", { p: int(1) }, {}, ["1 unknown null by unit ← 0"]],
    ["max_pool1d.default", { kernel_size: ints(2) }, { shape: [null, 4, 3] }, ["1 max 2 ← 0"]],
    ["avg_pool1d.default", { kernel_size: int(3) }, { shape: [null, 4, 2] }, ["1 average 3 ← 0"]],
    ["adaptive_avg_pool1d.default", { output_size: ints(2) }, { shape: [null, 4, 2] }, ["1 average to 2 ← 0"]],
    ["adaptive_avg_pool1d.default", { output_size: ints(4) }, { shape: [null, 4, 4] }, ["1 average to 4 ← 0"]],
    ["mean.dim", { dim: ints(-1) }, { shape: [null, 4] }, ["1 average to 1 ← 0"]],
    ["mean.dim", { dim: ints(1) }, { shape: [null, 6] }, ["1 aten.mean.dim ← 0"]],
    ["mean.dim", { dim: ints(2, 3) }, { input: [null, 4, 6, null], shape: [null, 4] }, ["1 average to 1×1 ← 0"]],
    ["flatten.using_ints", { start_dim: int(1) }, { shape: [null, 24] }, ["1 flatten ← 0"]],
    ["view.default", { size: ints(-1, 24) }, { shape: [null, 24] }, ["1 flatten ← 0"]],
    ["view.default", {}, { shape: [null, 4, 1, 6] }, ["1 reshape ← 0"]],
    ["view.default", {}, { shape: [null, 2, 12] }, ["1 aten.view.default ← 0"]],
    ["view.default", {}, { input: [3, 4, 6], shape: [6, 12] }, ["1 aten.view.default ← 0"]],
    ["unsqueeze.default", { dim: int(-1) }, { shape: [null, 4, 6, 1] }, ["1 reshape ← 0"]],
    ["permute.default", { dims: ints(0, 2, 1) }, { shape: [null, 6, 4] }, ["1 aten.permute.default ← 0"]],
    ["contiguous.default", {}, {}, []],
    ["to.dtype", {}, { dtype: 6 }, []],
    ["to.dtype", {}, { dtype: 5 }, ["1 aten.to.dtype ← 0"]],
    ["cat.default", { tensors: tensors("x", "x"), dim: int(1) }, { shape: [null, 8, 6] }, ["1 concat ← 0 0"]],
    ["cat.default", { tensors: tensors("x", "x"), dim: int(-2) }, { shape: [null, 8, 6] }, ["1 concat ← 0 0"]],
    [
      "cat.default",
      { tensors: tensors("x", "x"), dim: int(2) },
      { shape: [null, 4, 12] },
      ["1 aten.cat.default ← 0 0"],
    ],
    ["add.Tensor", { other: x }, {}, ["1 add ← 0 0"]],
    ["add_.Tensor", { other: tensor("w") }, { weights: { w: C } }, ["1 constant ←", "2 add ← 0 1"]],
    ["add.Tensor", { other: float(2) }, {}, ["1 constant ←", "2 add ← 0 1"]],
    ["sub.Tensor", { other: x }, {}, ["1 scale -1 ← 0", "2 add ← 0 1"]],
    ["sub.Tensor", { other: x, alpha: int(2) }, {}, ["1 scale -2 ← 0", "2 add ← 0 1"]],
    ["rsub.Scalar", { other: int(1) }, {}, ["1 constant ←", "2 scale -1 ← 0", "3 add ← 1 2"]],
    ["mul.Tensor", { other: float(0.5) }, {}, ["1 scale 0.5 ← 0"]],
    ["mul.Tensor", { other: x }, {}, ["1 multiply ← 0 0"]],
    ["mul.Tensor", { other: tensor("w") }, { weights: { w: C } }, ["1 constant ←", "2 multiply ← 0 1"]],
    ["mul.Tensor", { other: tensor("w") }, { weights: { w: ONE } }, ["1 scale 3 ← 0"]],
    ["div.Tensor", { other: int(4) }, {}, ["1 scale 0.25 ← 0"]],
    ["div.Tensor", { other: int(0) }, {}, ["1 aten.div.Tensor ← 0"]],
    ["neg.default", {}, {}, ["1 scale -1 ← 0"]],
    ["rand_like.default", {}, {}, []],
    ["relu.default", { self: tensor("w") }, { weights: { w: C } }, []],
    ["bernoulli.p", { self: tensor("w"), p: float(0.5) }, { weights: { w: C } }, []],
  ])("%s %j", async (operation, inputs, change, nodes) => {
    expect((await made(operation, inputs, change)).map((line) => line.trim())).toEqual(
      nodes.map((line) => line.trim()),
    );
  });

  it.each([
    ["whole factors", { scale_factors: floats(2) }, [null, 4, 12], "upsample"],
    ["lengths", { output_size: ints(8) }, [null, 4, 8], "upsample"],
    // Rounded down: positions are those of the factor, and not of the lengths.
    ["a factor that does not give whole lengths", { scale_factors: floats(1.4) }, [null, 4, 8], undefined],
  ])("upsampling by %s", async (_, inputs, shape, name) => {
    const call = { name: "y", operation: "upsample_nearest1d.vec", inputs: { input: x, ...inputs }, shape };
    const { nodes } = await read({ input: [null, 4, 6], calls: [call] });
    expect(nodes[1]?.layer).toMatchObject({ computes: name === undefined ? null : { name } });
  });

  it("a window that is larger than the map is the only one of a pool that rounds up", async () => {
    const inputs = { kernel_size: ints(7), stride: ints(2), ceil_mode: { as_bool: true } };
    expect(await made("max_pool1d.default", inputs, { shape: [null, 4, 1] })).toEqual(["1 max 7 ← 0"]);
  });

  const w = stored([4, 2, 3], ...Array.from({ length: 24 }, (_, index) => index));
  const conv = { name: "y", operation: "conv1d.default", shape: [null, 4, 4] };

  it("a convolution without arguments has stride 1, no padding, dilation 1 and one group", async () => {
    const inputs = { input: x, weight: tensor("w") };
    const { nodes } = await read({ input: [null, 2, 6], weights: { w }, calls: [{ ...conv, inputs }] });
    expect(nodes[1]?.layer).toMatchObject({ bias: null, groups: 1, stride: [1], padding: evenly(0), dilation: [1] });
  });

  it("a convolution with arguments has them, padding by name too", async () => {
    const inputs = { input: x, weight: tensor("w"), groups: int(2), dilation: ints(2), stride: ints(1) };
    const byName = { ...inputs, padding: { as_string: "same" } };
    const call = { ...conv, shape: [null, 4, 6], operation: "conv1d.padding", inputs: byName };
    const { nodes } = await read({ input: [null, 4, 6], weights: { w }, calls: [call] });
    expect(nodes[1]?.layer).toMatchObject({ groups: 2, stride: [1], padding: evenly(2), dilation: [2] });
  });

  it.each([
    ["channels", { shape: [null, 4, 4], input: [null, 3, 6] }, /aten\.conv1d\.default has 3 channels, not 2/],
    ["outputs", { shape: [null, 5, 4], input: [null, 2, 6] }, /has 5 outputs, not 4/],
    ["positions", { shape: [null, 4, 5], input: [null, 2, 6] }, /has 5 positions, not 4/],
  ])("a convolution with other %s than its weight's is refused", async (_, { shape, input }, message) => {
    const calls = [{ ...conv, shape, inputs: { input: x, weight: tensor("w") } }];
    expect(await refusalOf(pt2({ input, weights: { w }, calls }))).toMatch(message);
  });

  it("products with a matrix are linear, its transpose the weight", async () => {
    const weights = { w: stored([2, 3], 1, 2, 3, 4, 5, 6), b: stored([3], 7, 8, 9) };
    const inputs = { self: tensor("b"), mat1: x, mat2: tensor("w") };
    const { nodes } = await read({
      weights,
      calls: [
        { name: "y", operation: "addmm.default", inputs, shape: [null, 3] },
        { name: "t", operation: "t.default", inputs: { self: tensor("w") }, shape: [3, 2] },
        { name: "z", operation: "mm.default", inputs: { self: tensor("y"), mat2: tensor("t") }, shape: [null, 2] },
      ],
    });
    const [, first, second] = nodes.map(({ layer }) => layer as LinearOfModel);
    expect([...(first?.weight.values() ?? [])]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...(first?.bias?.values() ?? [])]).toEqual([7, 8, 9]);
    expect([second?.weight.shape, [...(second?.weight.values() ?? [])]]).toEqual([
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ]);
  });

  it("what an operation did in place is what its argument's name stands for afterwards", async () => {
    const shape = [null, 2];
    const graph = await read({
      calls: [
        { name: "y", operation: "relu_.default", inputs: { self: x }, shape },
        { name: "z", operation: "add.Tensor", inputs: { self: x, other: tensor("y") }, shape },
      ],
    });
    expect(sketch(graph)).toEqual(["1 relu ← 0", "2 add ← 1 1"]);
  });

  it("a further output of an operation is opaque, and a node only where it is read", async () => {
    const call = {
      name: "y",
      operation: "max_pool1d_with_indices.default",
      more: ["i", "unread"],
      shape: [null, 4, 3],
    };
    const graph = await read({
      input: [null, 4, 6],
      calls: [
        { ...call, inputs: { self: x, kernel_size: ints(2) } },
        { name: "z", operation: "relu.default", inputs: { self: tensor("i") }, shape: [null, 4, 3] },
      ],
    });
    expect(sketch(graph)).toEqual(["1 max 2 ← 0", `2 aten.${call.operation} ← 0`, "3 relu ← 2"]);
  });

  it("dropout of everything is noise of which nothing is known", async () => {
    expect(await made("dropout.default", { p: int(1) })).toEqual(["1 unknown null by unit ← 0"]);
  });
});

describe("noise that is written by hand", () => {
  const MAP = [null, 4, 3, 3];
  const draw = (name: string, operation: string, shape: readonly (number | null)[], inputs = {}) => ({
    ...{ name, operation, shape },
    inputs: { self: x, ...inputs },
  });
  const on = (operation: string, other: Json, self: Json = x) => ({
    ...{ name: "y", operation, shape: MAP },
    inputs: { self, other },
  });
  const from = (name: string, operation: string, of: string, inputs = {}, shape: readonly (number | null)[] = MAP) => ({
    ...{ name, operation, shape },
    inputs: { self: tensor(of), ...inputs },
  });
  const noiseIn = async (...calls: Parameters<typeof read>[0]["calls"]) => {
    const { nodes } = await read({ input: MAP, calls });
    return nodes.slice(1).map(({ layer, from: of }) => {
      if (layer.kind !== "noise") return layer.kind;
      const { noise, shares, drop, variance } = layer;
      const short = (value: number | null) => (value === null ? null : Number(value.toPrecision(6)));
      return { noise, shares, drop: short(drop), variance: short(variance), from: of };
    });
  };

  it.each([
    ["sample", [null, 1, 1, 1]],
    ["channel", [null, 4, 1, 1]],
    ["unit", MAP],
  ])("a mask divided by its keep probability is dropout by %s", async (shares, shape) => {
    const noise = await noiseIn(
      draw("e", "new_empty.default", shape),
      from("m", "bernoulli_.float", "e", { p: float(0.8) }, shape),
      from("d", "div_.Scalar", "m", { other: float(0.8) }, shape),
      on("mul.Tensor", tensor("m")),
    );
    expect(noise).toEqual([{ noise: "dropout", shares, drop: 0.2, variance: 0.25, from: [0] }]);
  });

  it("the value may be divided in place of the mask, and the mask be the floor of keep + u", async () => {
    const noise = await noiseIn(
      draw("u", "rand.default", [null, 1, 1, 1]),
      from("k", "add.Tensor", "u", { other: float(0.8) }, [null, 1, 1, 1]),
      from("m", "floor_.default", "k", {}, [null, 1, 1, 1]),
      on("div.Tensor", float(0.8)),
      { ...on("mul.Tensor", tensor("k"), tensor("y")), name: "z" },
    );
    // What was divided is no input of the mask, which stands for both.
    expect(noise).toEqual(["scale", { noise: "dropout", shares: "sample", drop: 0.2, variance: 0.25, from: [0] }]);
  });

  it.each([
    ["lt.Scalar", 0.7],
    ["ge.Scalar", 0.3],
  ])("a comparison, %s %f, is a mask", async (operation, limit) => {
    const noise = await noiseIn(
      draw("u", "rand_like.default", MAP),
      from("c", operation, "u", { other: float(limit) }),
      from("f", "_to_copy.default", "c"),
      from("d", "div.Tensor", "f", { other: float(0.7) }),
      on("mul.Tensor", x, tensor("d")),
    );
    expect(noise).toEqual([{ noise: "dropout", shares: "unit", drop: 0.3, variance: 0.428571, from: [0] }]);
  });

  it("1 + β(2u − 1) multiplies with variance β²/3, and 1 + s·g with s²", async () => {
    const uout = await noiseIn(
      draw("u", "rand_like.default", MAP),
      from("t", "mul.Tensor", "u", { other: float(2) }),
      from("c", "sub.Tensor", "t", { other: int(1) }),
      from("b", "mul.Tensor", "c", { other: float(0.3) }),
      from("m", "add.Tensor", "b", { other: int(1) }),
      on("mul.Tensor", tensor("m")),
    );
    expect(uout).toEqual([{ noise: "multiplied", shares: "unit", drop: null, variance: 0.03, from: [0] }]);
    const gaussian = await noiseIn(
      draw("g", "randn_like.default", MAP),
      from("s", "mul.Tensor", "g", { other: float(0.5) }),
      from("m", "rsub.Scalar", "s", { other: int(1) }),
      on("mul.Tensor", tensor("m")),
    );
    expect(gaussian).toEqual([{ noise: "multiplied", shares: "unit", drop: null, variance: 0.25, from: [0] }]);
  });

  it("draws of mean 0 may be added, with their own factor", async () => {
    const noise = await noiseIn(draw("g", "randn_like.default", MAP), {
      ...{ name: "y", operation: "add.Tensor", shape: MAP },
      inputs: { self: x, other: tensor("g"), alpha: float(0.5) },
    });
    expect(noise).toEqual([{ noise: "added", shares: "unit", drop: null, variance: 0.25, from: [0] }]);
  });

  const unknown = (...of: readonly number[]) => ({
    ...{ noise: "unknown", shares: "unit", drop: null, variance: null },
    from: of,
  });

  it.each([
    [
      "a mask that is not scaled",
      [from("m", "bernoulli.p", "u", { p: float(0.8) }), on("mul.Tensor", tensor("m"))],
      [unknown(0)],
    ],
    ["draws with a mean that are added", [on("add.Tensor", tensor("u"))], [unknown(0)]],
    [
      "a condition",
      [{ name: "y", operation: "where.self", shape: MAP, inputs: { condition: tensor("u"), self: x, other: x } }],
      [unknown(0, 0)],
    ],
    [
      "a product of draws",
      [from("p", "mul.Tensor", "u", { other: tensor("u") }), on("mul.Tensor", tensor("p"))],
      [unknown(0)],
    ],
    [
      "draws that depend on the value",
      [{ name: "y", operation: "bernoulli.default", shape: MAP, inputs: { self: x } }],
      [unknown(0)],
    ],
    [
      "a mask for the whole mini-batch",
      [
        draw("r", "rand.default", [1, 4, 3, 3]),
        from("m", "mul.Tensor", "r", { other: int(2) }, [1, 4, 3, 3]),
        on("mul.Tensor", tensor("m")),
      ],
      [unknown(0)],
    ],
    [
      "draws beside a value",
      [
        {
          name: "y",
          operation: "cat.default",
          shape: [null, 8, 3, 3],
          inputs: { tensors: tensors("x", "u"), dim: int(1) },
        },
      ],
      [unknown(), "concat"],
    ],
  ])("%s is noise of which nothing is known", async (_, calls, nodes) => {
    expect(await noiseIn(draw("u", "rand_like.default", MAP), ...calls)).toEqual(nodes);
  });

  it("a mask that keeps all changes nothing", async () => {
    const noise = await noiseIn(
      draw("u", "rand_like.default", MAP),
      from("m", "bernoulli.p", "u", { p: int(1) }),
      on("mul.Tensor", tensor("m")),
    );
    expect(noise).toEqual([]);
  });
});

describe("Batch Normalization", () => {
  const weights = {
    "a.running_mean": { ...stored([2], 1, 2), kind: "buffer" },
    "a.running_var": { ...stored([2], 3, 0), kind: "buffer" },
  } as const;
  const inputs = {
    input: x,
    running_mean: tensor("a.running_mean"),
    running_var: tensor("a.running_var"),
    eps: float(0.001),
  };
  const call = { name: "y", operation: "batch_norm.default", inputs, shape: [null, 2] };

  it("without gain and bias has none, and is named by its statistics", async () => {
    const { nodes, mode } = await read({ weights, calls: [call] });
    expect(nodes[1]?.layer).toEqual({
      ...{ kind: "batch-norm", name: "a", gain: null, bias: null, epsilon: 0.001 },
      arrays: { mean: "a.running_mean", variance: "a.running_var" },
      ...{ mean: Float64Array.of(1, 2), variance: Float64Array.of(3, 0) },
    });
    expect(mode).toBe("evaluation");
  });

  it.each(["training", "train"])("with the flag %s makes it an export in training mode", async (flag) => {
    const { mode } = await read({ weights, calls: [{ ...call, inputs: { ...inputs, [flag]: { as_bool: true } } }] });
    expect(mode).toBe("training");
  });

  it("without running statistics is opaque", async () => {
    const none = { ...inputs, running_mean: { as_none: true }, running_var: { as_none: true } };
    expect(sketch(await read({ calls: [{ ...call, inputs: none }] }))).toEqual(["1 aten.batch_norm.default ← 0"]);
  });

  it.each<readonly [string, SmallWeight, RegExp]>([
    [
      "a negative variance",
      stored([2], 1, -0.5),
      /aten\.batch_norm\.default has the running variance -0\.5, which must be/,
    ],
    ["a variance that is no number", stored([2], 1, Number.NaN), /a\.running_var: has NaN at index \[1\]/],
    ["variances of other channels", stored([3], 1, 1, 1), /has running_var of shape \[3\], not \[2\]/],
  ])("with %s is refused", async (_, variance, message) => {
    const changed = { ...weights, "a.running_var": { ...variance, kind: "buffer" as const } };
    expect(await refusalOf(pt2({ weights: changed, calls: [call] }))).toMatch(message);
  });

  it("with statistics that all lie in the same bytes is refused beyond the limit", async () => {
    const channels = 2 ** 16;
    const bytes = new Uint8Array(4 * channels);
    const names = Array.from({ length: 258 }, (_, index) => `s${index}`);
    const shared = Object.fromEntries(names.map((name) => [name, { shape: [channels], bytes } as SmallWeight]));
    const calls = names.slice(1).map((name, index) => ({
      ...{ name: `y${index}`, operation: "batch_norm.default", shape: [null, channels] },
      inputs: { ...inputs, running_mean: tensor(name), running_var: tensor("s0") },
    }));
    expect(await refusalOf(pt2({ input: [null, channels], weights: shared, calls }))).toMatch(
      /more than 16777216 stat/,
    );
  });
});

describe("modules and lines of a call", () => {
  const place = async (metadata: NonNullable<SmallCall["metadata"]>) => {
    const call = { name: "y", operation: "relu.default", inputs: { self: x }, shape: [null, 2] };
    const { module, source } = (await read({ calls: [{ ...call, metadata }] })).nodes[1] ?? {};
    return [module, source];
  };

  it.each([
    ["L__self__,,net.Net;L__self___features_3,features.3,torch.nn.modules.activation.ReLU", "features.3"],
    ["L__self__,,net.Net", ""],
    ["L__self__,,net.Net;L__self___a.slice(1, None, None),a.slice(1, None, None),net.A", "a.slice(1, None, None)"],
    ["L__self___fc@1,fc@1,torch.nn.modules.linear.Linear", "fc"],
    ["no stack", ""],
    ["", ""],
  ])("%s is %j", async (stack, module) => {
    expect(await place({ nn_module_stack: stack })).toEqual([module, null]);
  });

  it.each([
    ['  File "/home/me/project/nets.py", line 7, in forward\n    x = self.a(x)\n', "project/nets.py:7"],
    ['  File "C:\\me\\nets.py", line 7, in forward', "me/nets.py:7"],
    ['File "nets.py", line 7, in forward\n  File "/x/site-packages/torch/nn/relu.py", line 9, in f', "nets.py:7"],
    ['File "nets.py", line 7, in forward\nFile "blocks.py", line 8, in forward', "blocks.py:8"],
    ['File "torch/nn/modules/linear.py", line 134, in forward', null],
    ['File "/me/torch/train.py", line 3, in f', "torch/train.py:3"],
    ['File "nets.py", line x', null],
    ['File "nets.py', null],
  ])("%j is %j", async (trace, source) => {
    expect(await place({ stack_trace: trace })).toEqual(["", source]);
  });
});

describe("a program that contradicts itself is refused by one line", () => {
  const call = { name: "y", operation: "relu.default", inputs: { self: x }, shape: [null, 2] };
  const node = ({ graph_module }: Program) => graph_module.graph.nodes[0] as Record<string, unknown>;
  it.each<readonly [string, NonNullable<SmallModel["edit"]>, RegExp]>([
    ["a list instead of it", () => [], /it is not a JSON object/],
    ["null instead of it", () => null, /it is not a JSON object/],
    ["no graph", (p) => ({ ...p, graph_module: {} }), /graph_module\.graph is not a JSON object/],
    ["no call of an operation", (p) => edit(p, { target: 3 }), /target is/],
    ["inputs that are no list", (p) => edit(p, { inputs: {} }), /nodes\[0\]\.inputs is not a list/],
    ["outputs that are no list", (p) => edit(p, { outputs: "y" }), /nodes\[0\]\.outputs is not a list/],
    ["an argument that is null", (p) => edit(p, { inputs: [{ name: "self", arg: null }] }), /nodes\[0\] is not a JSON/],
    ["an argument of two kinds", (p) => edit(p, { inputs: [{ name: "a", arg: { as_int: 1, b: 2 } }] }), /not have one/],
    [
      "a tensor without a name",
      (p) => edit(p, { inputs: [{ name: "self", arg: { as_tensor: {} } }] }),
      /name is not a/,
    ],
    [
      "a tensor that is never made",
      (p) => edit(p, { inputs: [{ name: "self", arg: tensor("z") }] }),
      /z is read before/,
    ],
    [
      "a tensor that reads itself",
      (p) => edit(p, { inputs: [{ name: "self", arg: tensor("y") }] }),
      /y is read before/,
    ],
    [
      "names of JavaScript",
      (p) => edit(p, { inputs: [{ name: "self", arg: tensor("__proto__") }] }),
      /__proto__ is read/,
    ],
    ["a tensor that is made twice", (p) => edit(p, { outputs: [tensor("x")] }), /x is made twice/],
    ["a tensor without a shape", (p) => edit(p, { outputs: [tensor("toString")] }), /toString is not in tensor_values/],
    [
      "more axes than there can be",
      (p) =>
        values(
          p,
          Array.from({ length: 65 }, () => ({ as_int: 1 })),
        ),
      /dtype or sizes/,
    ],
    ["a shape above any memory", (p) => values(p, [{ as_int: 2 ** 50 }, { as_int: 2 ** 50 }]), /dtype or sizes/],
    ["sizes that are no list", (p) => values(p, "ab"), /tensor_values\.y\.sizes is not a list/],
  ])("%s", async (_, change, message) => {
    const refusal = await refusalOf(pt2({ calls: [call], edit: change }));
    expect(refusal).toMatch(message);
    expect(refusal).toMatch(/^m\.pt2: models\/model\.json: [^\n]*; export it again with torch\.export\.save/);
  });

  function edit(program: Program, changes: object): Program {
    Object.assign(node(program), changes);
    return program;
  }

  function values(program: Program, sizes: unknown): Program {
    program.graph_module.graph.tensor_values.y = { dtype: 7, sizes };
    return program;
  }

  it.each<readonly [string, SmallCall["inputs"], RegExp]>([
    ["dropout.default", { p: float(1.5) }, /aten\.dropout\.default has p 1\.5, which must be in \[0, 1\]/],
    ["max_pool1d.default", { kernel_size: ints(0) }, /has kernel_size 0, which must be a whole number from 1/],
    ["max_pool1d.default", { kernel_size: ints(2.5) }, /has kernel_size 2\.5/],
    ["cat.default", { tensors: tensors("x", "x"), dim: int(1) }, /has 4 channels, not 8/],
  ])("%s %j", async (operation, inputs, message) => {
    const shape = [null, 4, 6];
    const calls = [{ name: "y", operation, inputs: { self: x, ...inputs }, shape }];
    expect(await refusalOf(pt2({ input: shape, calls }))).toMatch(message);
  });
});

it("a member that is there twice is refused", async () => {
  const archive = zipSync({ "m/models/model.json": ascii("{}"), "m/models/model.jsoo": ascii("{}") });
  for (const at of archive.keys()) {
    if (Buffer.from(archive.subarray(at, at + 4)).toString() === "jsoo") archive[at + 3] = "n".charCodeAt(0);
  }
  expect(await refusalOf(archive)).toMatch(/models\/model\.json: is there twice/);
});

it("a network of the size of DenseNet-121 is read, none of its weights before they are asked for", async () => {
  const channels = 260;
  const statistics = ["running_mean", "running_var"].map((name) => [name, "buffer"] as const);
  const layers = Array.from({ length: 120 }, (_, index) => index);
  const weights = Object.fromEntries(
    layers.flatMap((index) => [
      [`${index}.conv`, { shape: [channels, channels, 1, 1], bytes: new Uint8Array(4 * channels * channels) }],
      ...statistics.map(([name, kind]) => [`${index}.${name}`, { shape: [channels], bytes: ONES, kind }]),
    ]),
  ) as Record<string, SmallWeight>;
  const shape = [null, channels, 7, 7];
  const trace = `  File "net.py", line 3, in forward\n${'  File "a/site-packages/torch/nn.py", line 1, in f\n'.repeat(20)}`;
  const graph = await read({
    input: shape,
    weights,
    calls: layers.flatMap((index): SmallCall[] => {
      const previous = tensor(index === 0 ? "x" : `d${index - 1}`);
      const names = [`${index}.running_mean`, `${index}.running_var`].map(tensor) as [Json, Json];
      const norm = { input: previous, running_mean: names[0], running_var: names[1], eps: float(1e-5) };
      const place = { shape, metadata: { stack_trace: trace } };
      return [
        { name: `n${index}`, operation: "batch_norm.default", inputs: norm, ...place },
        { name: `r${index}`, operation: "relu.default", inputs: { self: tensor(`n${index}`) }, ...place },
        {
          ...{ name: `c${index}`, operation: "conv2d.default", ...place },
          inputs: { input: tensor(`r${index}`), weight: tensor(`${index}.conv`) },
        },
        {
          ...{ name: `d${index}`, operation: "dropout.default", ...place },
          inputs: { input: tensor(`c${index}`), p: float(0.2) },
        },
      ];
    }),
  });
  expect(graph.nodes.length).toBe(481);
  expect(new Set(layersOf(graph, "noise").map(({ source }) => source))).toEqual(new Set(["net.py:3"]));
});

const ONES = float32(...Array.from({ length: 260 }, () => 1));

it("a constant for each sample, such as a class token, is in front of the tokens of each", async () => {
  const graph = await read({
    input: [null, 2, 3],
    weights: { cls: stored([1, 1, 3], 7, 8, 9) },
    calls: [
      {
        ...{ name: "c", operation: "expand.default", shape: [null, 1, 3] },
        inputs: { self: tensor("cls"), size: ints(-1, -1, -1) },
      },
      {
        ...{ name: "y", operation: "cat.default", shape: [null, 3, 3] },
        inputs: { tensors: tensors("c", "x"), dim: int(1) },
      },
    ],
  });
  expect(sketch(graph)).toEqual(["1 constant ←", "2 concat ← 1 0"]);
  const network = networkOf(graph, [2, 3], { output: 2 });
  const x = Float32Array.from({ length: 12 }, (_, at) => at);
  expect([...network.run({ x, inputs: 2, firstInput: 0, masks: null })]).toEqual([
    ...[7, 8, 9, 0, 1, 2, 3, 4, 5],
    ...[7, 8, 9, 6, 7, 8, 9, 10, 11],
  ]);
});
