import { readFileSync } from "node:fs";
import { zipSync } from "fflate/browser";
import { median } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/model/diagnose.ts";
import type {
  BatchNormOfModel,
  ConvolutionOfModel,
  LinearOfModel,
  ModelGraph,
  ModelLayer,
} from "../../src/model/graph.ts";
import { readModel } from "../../src/model/read-model.ts";
import { meanOf } from "../../src/numeric/mean.ts";
import { ascii } from "../tensor/files.ts";
import { type Json, refusalOf, sketch } from "./archive.ts";
import { dropout, evenly } from "./graphs.ts";
import {
  arraysOf,
  functional,
  hdf5,
  json,
  keras,
  kfun,
  readKeras,
  type SmallArray,
  type SmallLayer,
  type SmallModel,
  vector,
} from "./keras-archive.ts";

interface Truth {
  readonly bn: Readonly<Record<string, TruthOfNorm>>;
}

interface TruthOfNorm {
  readonly running_mean: readonly number[];
  readonly running_var: readonly number[];
  /** Without noise, over test rows. */
  readonly eval_test: { readonly mean: readonly number[]; readonly var: readonly number[] };
}

/** What Keras itself measured. */
const TRUTH: Truth = JSON.parse(readFileSync("test/model/data/kfun-0.3.truth.json", "utf8"));

const ENDINGS = ["keras", "h5"] as const;

function trained(ending: "keras" | "h5"): Promise<ModelGraph> {
  return readModel({ file: `m.${ending}`, bytes: kfun(ending) });
}

function normsOf({ nodes }: ModelGraph): readonly BatchNormOfModel[] {
  return nodes.flatMap(({ layer }) => (layer.kind === "batch-norm" ? [layer] : []));
}

describe.each(ENDINGS)("a network that Keras saved as .%s", (ending) => {
  it("has the layers of its JSON, with channels before positions", async () => {
    const graph = await trained(ending);
    expect(sketch(graph)).toEqual([
      "1 convolution ← 0",
      "2 batch-norm ← 1",
      "3 relu ← 2",
      "4 dropout 0.3 by unit ← 3",
      "5 convolution ← 4",
      "6 batch-norm ← 5",
      "7 relu ← 6",
      "8 multiplied null by unit ← 7",
      "9 flatten ← 8",
      "10 linear ← 9",
      "11 batch-norm ← 10",
      "12 relu ← 11",
      "13 linear ← 12",
      "14 keras.softmax ← 13",
    ]);
    expect(graph.nodes.map(({ shape }) => shape.slice(1).join("×"))).toEqual([
      ...["1×14×14", "12×14×14", "12×14×14", "12×14×14", "12×14×14", "16×7×7", "16×7×7", "16×7×7", "16×7×7"],
      ...["784", "32", "32", "32", "10", "10"],
    ]);
    expect([graph.writer, graph.mode, graph.outputs]).toEqual(["keras 3.15.1", "evaluation", [14]]);
    expect(graph.nodes[0]?.layer).toEqual({ kind: "input", channels: "last" });
    expect(graph.nodes[9]?.layer).toEqual({ kind: "flatten", fastest: "channels" });
    expect(graph.nodes.map(({ module }) => module).slice(3, 6)).toEqual(["re_lu", "dropout_2", "conv2d_1"]);
  });

  it("has the moving statistics that Keras printed, to the last digit", async () => {
    const norms = normsOf(await trained(ending));
    expect(norms.map(({ name }) => name)).toEqual(Object.keys(TRUTH.bn));
    for (const { name, mean, variance, epsilon } of norms) {
      expect([...mean]).toEqual(TRUTH.bn[name]?.running_mean);
      expect([...variance]).toEqual(TRUTH.bn[name]?.running_var);
      expect(epsilon).toBe(0.001);
    }
  });

  it("has a convolution with stride 2 and `same` padding, whose odd zero is at the end", async () => {
    const { nodes } = await trained(ending);
    const layer = nodes[5]?.layer as ConvolutionOfModel;
    // 14 positions, windows of 3 at every second: 7 windows need 15.
    const padding = [1, 2].map(() => ({ before: 0, after: 1 }));
    expect(layer).toMatchObject({ groups: 1, stride: [2, 2], dilation: [1, 1], padding });
    expect(layer.weight.shape).toEqual([16, 12, 3, 3]);
  });

  it("has dropout of 0.3, and Gaussian dropout whose σ² is 0.3/0.7", async () => {
    const { nodes } = await trained(ending);
    expect(nodes[4]?.layer).toEqual(dropout(0.3));
    const gaussian = nodes[8]?.layer;
    if (gaussian?.kind !== "noise") throw new Error("no noise");
    expect(gaussian.variance).toBeCloseTo(0.3 / 0.7, 12);
    expect(gaussian.draws?.base).toEqual({ law: "normal" });
    expect(gaussian.draws?.offset).toBe(1);
  });
});

describe("the diagnosis of a network that Keras trained", () => {
  it("is the same from both formats", async () => {
    const [one, other] = await Promise.all(ENDINGS.map(async (ending) => diagnose(await trained(ending))));
    expect(one?.length).toBe(3);
    expect(one?.map(({ prediction }) => prediction)).toEqual(other?.map(({ prediction }) => prediction));
    // As docs/AUDIT.md has them.
    expect(one?.map(({ prediction: { ratio } }) => ratio?.toFixed(3))).toEqual(["1.000", "0.866", "0.831"]);
  });

  it("agrees with what Keras measured: the median error of ln Var_test is at most 0.07", async () => {
    const [control, ...found] = diagnose(await trained("keras"));
    const ratios = (name: string) => {
      const { eval_test: test, running_var: stored = [] } = TRUTH.bn[name] ?? {};
      return (test?.var ?? []).map((variance, at) => variance / (stored[at] as number));
    };
    // Test rows are not the rows of training: the norm before all noise shows how far their variance differs.
    const ofRows = meanOf(ratios(control?.norm.name ?? ""));
    const errors: number[] = [];
    const ofNoShift: number[] = [];
    for (const { norm, prediction } of found) {
      for (const [at, ratio] of ratios(norm.name).entries()) {
        errors.push(Math.abs(Math.log(((prediction.channels?.ratio[at] as number) * ofRows) / ratio)));
        ofNoShift.push(Math.abs(Math.log(ofRows / ratio)));
      }
    }
    expect(errors.length).toBe(48);
    expect(median(errors)).toBeLessThan(0.07);
    // Negative control: the stored variance itself is further away.
    expect(median(ofNoShift)).toBeGreaterThan(0.14);
  });
});

/** The nodes behind the input of a model of one layer. */
async function nodesOf(layer: SmallLayer, input: readonly (number | null)[] = [null, 4]) {
  return (await readKeras({ input, layers: [layer] })).nodes.slice(1);
}

/** The first of them, which is a convolution. */
async function convolutionOf(layer: SmallLayer, input: readonly (number | null)[]) {
  const [node] = await nodesOf(layer, input);
  if (node?.layer.kind !== "convolution") throw new Error(`${layer.class} is no convolution`);
  return { ...node.layer, shape: node.shape };
}

async function only(layer: SmallLayer, input?: readonly (number | null)[]): Promise<ModelLayer> {
  const nodes = await nodesOf(layer, input);
  expect(nodes.length).toBe(1);
  return nodes[0]?.layer as ModelLayer;
}

/** 0, 1, 2, … in the order of a file. */
function counted(...shape: readonly number[]): SmallArray {
  const count = shape.reduce((product, length) => product * length, 1);
  return { shape, values: Array.from({ length: count }, (_, index) => index) };
}

describe("weights are turned to outputs first", () => {
  it("Dense: inputs × outputs", async () => {
    const dense = { class: "Dense", variables: [counted(2, 3), vector(7, 8, 9)] };
    const layer = (await only(dense, [null, 2])) as LinearOfModel;
    expect([layer.weight.shape, [...layer.weight.values()]]).toEqual([
      [3, 2],
      [0, 3, 1, 4, 2, 5],
    ]);
    expect([...(layer.bias?.values() ?? [])]).toEqual([7, 8, 9]);
  });

  it("Dense over the channels at each of several positions is a convolution of size 1", async () => {
    const dense = { class: "Dense", config: { use_bias: false }, variables: [counted(2, 3)] };
    const { weight, bias, shape } = await convolutionOf(dense, [null, 5, 2]);
    expect([shape, weight.shape, bias]).toEqual([[null, 3, 5], [3, 2, 1], null]);
    expect([...weight.values()]).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it("Conv2D: positions × inputs × outputs", async () => {
    const conv = { class: "Conv2D", config: { use_bias: false }, variables: [counted(1, 2, 2, 3)] };
    const { weight, shape } = await convolutionOf(conv, [null, 4, 4, 2]);
    expect([shape, weight.shape]).toEqual([
      [null, 3, 4, 3],
      [3, 2, 1, 2],
    ]);
    // Output o, input i, tap k stands at 6k + 3i + o.
    expect([...weight.values()]).toEqual([0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11]);
  });

  it("DepthwiseConv2D: the outputs of an input stand together, and an input is a group", async () => {
    const conv = { class: "DepthwiseConv2D", config: { use_bias: false }, variables: [counted(1, 2, 3, 2)] };
    const { weight, groups, shape } = await convolutionOf(conv, [null, 4, 4, 3]);
    expect([shape, groups, weight.shape]).toEqual([[null, 6, 4, 3], 3, [6, 1, 1, 2]]);
    // Input i, its output m, tap k stands at 6k + 2i + m, and is output 2i + m.
    expect([...weight.values()]).toEqual([0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11]);
  });

  it("SeparableConv2D is two convolutions, of which the second has the bias", async () => {
    const variables = [counted(3, 3, 2, 1), counted(1, 1, 2, 5), vector(1, 2, 3, 4, 5)];
    const config = { strides: [2, 2], padding: "same" };
    const nodes = await nodesOf({ class: "SeparableConv2D", config, variables }, [null, 7, 7, 2]);
    const [own, mixing] = nodes.map(({ layer }) => layer as ConvolutionOfModel);
    expect(nodes.map(({ shape }) => shape)).toEqual([
      [null, 2, 4, 4],
      [null, 5, 4, 4],
    ]);
    expect([own?.groups, own?.stride, own?.bias]).toEqual([2, [2, 2], null]);
    expect([mixing?.weight.shape, mixing?.stride]).toEqual([
      [5, 2, 1, 1],
      [1, 1],
    ]);
    expect([...(mixing?.bias?.values() ?? [])]).toEqual([1, 2, 3, 4, 5]);
  });

  it("BatchNormalization: γ, β, mean and variance in this order, without those that it does not have", async () => {
    const [mean, variance] = [vector(1, 2), vector(3, 4)];
    const whole = await only(
      { class: "BatchNormalization", name: "bn", variables: [vector(5, 6), vector(7, 8), mean, variance] },
      [null, 2],
    );
    expect(whole).toEqual({
      ...{ kind: "batch-norm", name: "bn", epsilon: 0.001 },
      arrays: { mean: "layers/batch_normalization/vars/2", variance: "layers/batch_normalization/vars/3" },
      gain: Float64Array.of(5, 6),
      bias: Float64Array.of(7, 8),
      mean: Float64Array.of(1, 2),
      variance: Float64Array.of(3, 4),
    });
    const config = { scale: false, epsilon: 0.5 };
    const centred = await only({ class: "BatchNormalization", config, variables: [vector(7, 8), mean, variance] }, [
      null,
      2,
    ]);
    expect(centred).toMatchObject({
      gain: null,
      bias: Float64Array.of(7, 8),
      mean: Float64Array.of(1, 2),
      epsilon: 0.5,
    });
  });

  // Their superblocks are of different versions, that of h5py's files being 0, and so are the headers of their objects.
  it.each([
    ["v108", 2],
    ["v200", 3],
  ] as const)("from a file of HDF5 as of %s", async (version, superblock) => {
    const layers = [{ class: "Dense", config: { use_bias: false }, variables: [counted(2, 3)] }];
    const weights = await hdf5({ arrays: arraysOf(layers), version });
    expect(weights[8]).toBe(superblock);
    const { nodes } = await readKeras({ layers, members: { "model.weights.h5": weights } });
    const layer = nodes[1]?.layer as LinearOfModel;
    expect([...layer.weight.values()]).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it("in double precision, and in that of bfloat16 where the file says so", async () => {
    const config = { use_bias: false };
    const double = { class: "Dense", config, variables: [{ shape: [1, 2], values: Float64Array.of(0.1, 0.2) }] };
    expect([...((await only(double, [null, 1])) as LinearOfModel).weight.values()]).toEqual([0.1, 0.2]);
    // The upper halves of 1 and −2 in single precision.
    const layers = [{ class: "Dense", config, variables: [{ shape: [1, 2], values: Uint16Array.of(0x3f80, 0xc000) }] }];
    const arrays = arraysOf(layers);
    const attributes = Object.fromEntries(Object.keys(arrays).map((path) => [path, { dtype: "bfloat16" }]));
    const members = { "model.weights.h5": await hdf5({ arrays, attributes }) };
    const { nodes } = await readKeras({ input: [null, 1], layers, members });
    const layer = nodes[1]?.layer as LinearOfModel;
    expect([...layer.weight.values()]).toEqual([1, -2]);
  });
});

const relu = ["relu"] as const;

describe("activations have the definitions and defaults of Keras 3", () => {
  it.each<readonly [name: string, expected: readonly [string, ...number[]]]>([
    ["relu", relu],
    ["relu6", ["hardtanh", 0, 6]],
    ["leaky_relu", ["leaky_relu", 0.2]],
    ["elu", ["elu", 1]],
    ["gelu", ["gelu"]],
    ["silu", ["silu"]],
    ["swish", ["silu"]],
    ["tanh", ["tanh"]],
    ["sigmoid", ["sigmoid"]],
    ["hard_sigmoid", ["hardsigmoid"]],
    ["hard_silu", ["hardswish"]],
    ["hard_swish", ["hardswish"]],
  ])("%s", async (activation, [name, ...parameters]) => {
    const expected = { kind: "activation", activation: { name, parameters } };
    expect(await only({ class: "Activation", config: { activation } })).toEqual(expected);
    const config = { activation, use_bias: false };
    const [, behind] = await nodesOf({ class: "Dense", config, variables: [counted(4, 3)] });
    expect(behind?.layer).toEqual(expected);
  });

  it.each<readonly [className: string, config: SmallLayer["config"], expected: readonly [string, ...number[]]]>([
    ["ReLU", {}, relu],
    ["ReLU", { max_value: null, negative_slope: 0, threshold: 0 }, relu],
    ["ReLU", { max_value: 6 }, ["hardtanh", 0, 6]],
    ["ReLU", { negative_slope: 0.1 }, ["leaky_relu", 0.1]],
    ["LeakyReLU", {}, ["leaky_relu", 0.3]],
    ["LeakyReLU", { negative_slope: 0.05 }, ["leaky_relu", 0.05]],
    ["LeakyReLU", { alpha: 0.1 }, ["leaky_relu", 0.1]],
    ["ELU", { alpha: 0.5 }, ["elu", 0.5]],
  ])("%s %j", async (className, config = {}, [name, ...parameters]) => {
    expect(await only({ class: className, config })).toEqual({ kind: "activation", activation: { name, parameters } });
  });

  it.each<readonly [string, SmallLayer["config"], string]>([
    ["ReLU", { threshold: 1 }, "keras.ReLU"],
    ["PReLU", {}, "keras.PReLU"],
    ["Activation", { activation: "selu" }, "keras.selu"],
    ["Activation", { activation: { module: "builtins", class_name: "function", config: "mine>f" } }, "keras.mine>f"],
  ])("%s %j is opaque", async (className, config = {}, operation) => {
    expect(await only({ class: className, config })).toEqual({ kind: "opaque", operation, computes: null });
  });

  it("a layer may be the activation of another", async () => {
    const activation = { module: "keras.layers", class_name: "LeakyReLU", config: { negative_slope: 0.07 } };
    const [, behind] = await nodesOf({
      class: "Dense",
      config: { activation, use_bias: false },
      variables: [counted(4, 3)],
    });
    expect(behind?.layer).toEqual({ kind: "activation", activation: { name: "leaky_relu", parameters: [0.07] } });
  });

  it("softmax is over the channels, which are the last axis of Keras and the second of the graph", async () => {
    const computes = { name: "softmax", axis: 1, isLogarithm: false };
    const [node] = await nodesOf({ class: "Softmax" }, [null, 5, 6, 3]);
    expect(node).toMatchObject({ layer: { kind: "opaque", computes }, shape: [null, 3, 5, 6] });
  });

  it("linear is nothing at all", async () => {
    expect(await nodesOf({ class: "Activation", config: { activation: "linear" } })).toEqual([]);
  });
});

describe("noise", () => {
  const maps = [null, 6, 5, 4] as const;

  it.each<readonly [string, SmallLayer["config"], ReturnType<typeof dropout>]>([
    ["Dropout", { rate: 0.3 }, dropout(0.3)],
    ["Dropout", { rate: 0.3, noise_shape: null }, dropout(0.3)],
    ["Dropout", { rate: 0.3, noise_shape: [null, 1, 1, null] }, dropout(0.3, "channel")],
    ["Dropout", { rate: 0.3, noise_shape: [null, 1, 1, 4] }, dropout(0.3, "channel")],
    ["Dropout", { rate: 0.3, noise_shape: [null, 1, 1, 1] }, dropout(0.3, "sample")],
    ["SpatialDropout2D", { rate: 0.4 }, dropout(0.4, "channel")],
    ["SpatialDropout2D", { rate: 0.4, data_format: "channels_last" }, dropout(0.4, "channel")],
  ])("%s %j", async (className, config = {}, expected) => {
    expect(await only({ class: className, config }, maps)).toEqual(expected);
  });

  it.each([
    ["SpatialDropout1D", [null, 5, 4]],
    ["SpatialDropout3D", [null, 3, 3, 3, 4]],
  ] as const)("%s", async (className, input) => {
    expect(await only({ class: className, config: { rate: 0.2 } }, input)).toEqual(dropout(0.2, "channel"));
  });

  it("with a mask that samples share, or that is of another shape, is unknown", async () => {
    for (const noise_shape of [
      [1, 1, 1, 4],
      [null, 6, 1, 4],
      [null, 4],
    ]) {
      const layer = await only({ class: "Dropout", config: { rate: 0.3, noise_shape } }, maps);
      expect(layer).toMatchObject({ kind: "noise", noise: "unknown", variance: null });
    }
  });

  it("Gaussian noise adds a normal of this standard deviation, and alpha dropout is that of SELU", async () => {
    const draws = { base: { law: "normal" }, offset: 0, factor: 0.5 };
    const added = { kind: "noise", noise: "added", shares: "unit", drop: null, variance: 0.25, draws };
    expect(await only({ class: "GaussianNoise", config: { stddev: 0.5 } })).toEqual(added);
    const alpha = { kind: "noise", noise: "alpha-dropout", shares: "unit", drop: 0.2, variance: null, draws: null };
    expect(await only({ class: "AlphaDropout", config: { rate: 0.2 } })).toEqual(alpha);
  });

  it.each([
    ["Dropout", { rate: 0 }],
    ["GaussianDropout", { rate: 0 }],
    ["GaussianNoise", { stddev: 0 }],
  ])("%s %j does nothing", async (className, config) => {
    expect(await nodesOf({ class: className, config })).toEqual([]);
  });

  it("that stays on at test time is no noise of training alone", async () => {
    const layer = await only({ class: "Dropout", config: { rate: 0.3 }, training: true });
    expect(layer).toEqual({ kind: "opaque", operation: "keras.Dropout", computes: null });
    expect(await only({ class: "Dropout", config: { rate: 0.3 }, training: false })).toEqual(dropout(0.3));
  });

  it.each<readonly [SmallLayer]>([
    [{ class: "LSTM", config: { units: 4, dropout: 0.2, recurrent_dropout: 0 } }],
    [{ class: "DropPath", module: "mine" }],
    [{ class: "TimeDistributed", config: { layer: { class_name: "Dropout", config: { rate: 0.2 } } } }],
  ])("inside a layer that vshift does not know is unknown: $class", async (layer) => {
    const nodes = await nodesOf(layer, [null, 5, 4]);
    expect(nodes.map((node) => node.layer.kind)).toEqual(["opaque", "noise"]);
    expect(nodes[1]?.layer).toMatchObject({ noise: "unknown" });
  });
});

describe("pools", () => {
  const input = [null, 9, 8, 3] as const;

  it.each<readonly [string, SmallLayer["config"], readonly number[], object]>([
    ["MaxPooling2D", { pool_size: [2, 2] }, [3, 4, 4], { size: [2, 2], stride: [2, 2], padding: evenly(0, 0) }],
    [
      "MaxPooling2D",
      { pool_size: [3, 3], strides: [2, 2], padding: "same" },
      [3, 5, 4],
      // 9 positions: 5 windows need 11; 8: 4 windows need 9.
      {
        size: [3, 3],
        stride: [2, 2],
        padding: [
          { before: 1, after: 1 },
          { before: 0, after: 1 },
        ],
      },
    ],
    ["AveragePooling2D", { pool_size: [2, 4] }, [3, 4, 2], { size: [2, 4], divisor: "inside" }],
  ])("%s %j", async (className, config = {}, shape, window) => {
    const [node] = await nodesOf({ class: className, config }, input);
    expect(node).toMatchObject({ shape: [null, ...shape], layer: { kind: "pool", window } });
  });

  it("of all positions, which keep axes of 1 only if they are asked to", async () => {
    const [node] = await nodesOf({ class: "GlobalAveragePooling2D" }, input);
    expect(node).toMatchObject({
      shape: [null, 3],
      layer: { pool: "average", window: { kind: "adaptive", to: [1, 1] } },
    });
    const [kept] = await nodesOf({ class: "GlobalMaxPooling2D", config: { keepdims: true } }, input);
    expect(kept).toMatchObject({ shape: [null, 3, 1, 1], layer: { pool: "max" } });
  });
});

describe("axes", () => {
  const input = [null, 4, 6, 3] as const;
  async function behind(layer: SmallLayer) {
    const nodes = await nodesOf(layer, input);
    return nodes.map(({ layer: one, shape }) => [
      one.kind === "opaque" ? (one.computes?.name ?? one.operation) : one.kind,
      shape.slice(1).join("×"),
    ]);
  }

  it.each<readonly [string, SmallLayer["config"], readonly (readonly [string, string])[]]>([
    ["Flatten", {}, [["flatten", "72"]]],
    ["Reshape", { target_shape: [-1] }, [["flatten", "72"]]],
    ["Reshape", { target_shape: [24, 3] }, [["reshape", "3×24"]]],
    [
      "Reshape",
      { target_shape: [12, -1] },
      [
        ["permute", "4×6×3"],
        ["rearrange", "12×6"],
        ["permute", "6×12"],
      ],
    ],
    ["Permute", { dims: [2, 1, 3] }, [["permute", "3×6×4"]]],
    [
      "ZeroPadding2D",
      {
        padding: [
          [1, 2],
          [0, 3],
        ],
      },
      [["pad", "3×7×9"]],
    ],
    ["UpSampling2D", { size: [2, 3], interpolation: "nearest" }, [["upsample", "3×8×18"]]],
    ["UpSampling2D", { size: [2, 3], interpolation: "bilinear" }, [["keras.UpSampling2D", "××"]]],
    ["RandomFlip", { mode: "horizontal" }, []],
  ])("%s %j", async (className, config = {}, expected) => {
    expect(await behind({ class: className, config })).toEqual(expected);
  });

  it("Permute moves axes of Keras, which are counted behind the samples", async () => {
    // Keras: [4, 6, 3] becomes [6, 3, 4], so the channels are what were the rows.
    const layer = await only({ class: "Permute", config: { dims: [2, 3, 1] } }, input);
    expect(layer).toMatchObject({ computes: { name: "permute", axes: [0, 2, 3, 1] } });
  });

  it("LayerNormalization of the channels is one of the last axis, between permutations", async () => {
    const nodes = await nodesOf({ class: "LayerNormalization", variables: [vector(1, 2, 3), vector(4, 5, 6)] }, input);
    expect(nodes.map(({ layer }) => (layer.kind === "opaque" ? layer.computes : null))).toMatchObject([
      { name: "permute", axes: [0, 2, 3, 1] },
      { name: "layer-norm", axes: 1, affine: { epsilon: 0.001, gain: { shape: [3] } } },
      { name: "permute", axes: [0, 3, 1, 2] },
    ]);
    expect(nodes.at(-1)?.shape).toEqual([null, 3, 4, 6]);
  });

  it("GroupNormalization is over channels in groups, −1 for each by itself", async () => {
    const variables = [vector(1, 2, 3), vector(4, 5, 6)];
    const config = { groups: -1 };
    expect(await only({ class: "GroupNormalization", config, variables }, input)).toMatchObject({
      computes: { name: "group-norm", groups: 3 },
    });
  });

  it("Rescaling is a product and a sum; Normalization by the channel", async () => {
    const nodes = await nodesOf({ class: "Rescaling", config: { scale: 0.5, offset: -1 } }, input);
    expect(nodes.map(({ layer }) => layer.kind)).toEqual(["scale", "constant", "add"]);
    const adapted = { class: "Normalization", config: { axis: [-1] }, variables: [vector(1, 2), vector(4, 25)] };
    const constants = (await nodesOf(adapted, [null, 2])).flatMap(({ layer }) =>
      layer.kind === "constant" ? [[...(layer.value?.values() ?? [])]] : [],
    );
    expect(constants).toEqual([
      [-1, -2],
      [1 / 2, 1 / 5],
    ]);
  });
});

describe("models whose channels are first", () => {
  const first = { data_format: "channels_first" };

  it("keep their axes", async () => {
    const layers = [
      { class: "Conv2D", config: { ...first, use_bias: false }, variables: [counted(3, 3, 2, 4)] },
      {
        class: "BatchNormalization",
        config: { axis: 1 },
        variables: [1, 1, 0, 1].map((one) => vector(one, one, one, one)),
      },
      { class: "SpatialDropout2D", config: { ...first, rate: 0.2 } },
      { class: "Flatten", config: { data_format: "channels_last" } },
    ];
    const graph = await readKeras({ input: [null, 2, 7, 6], layers });
    expect(sketch(graph).map((line) => line.replace(/^\d+ | ←.*$/g, ""))).toEqual([
      "convolution",
      "batch-norm",
      "dropout 0.2 by channel",
      "flatten",
    ]);
    expect(graph.nodes[0]?.layer).toEqual({ kind: "input", channels: "first" });
    expect(graph.nodes.map(({ shape }) => shape.slice(1).join("×"))).toEqual([
      "2×7×6",
      "4×5×4",
      "4×5×4",
      "4×5×4",
      "80",
    ]);
    expect(graph.nodes[4]?.layer).toEqual({ kind: "flatten", fastest: "positions" });
  });

  it("flatten with the channels last if they are told that they are first, as Keras does", async () => {
    const layers = [
      { class: "MaxPooling2D", config: { ...first, pool_size: 2 } },
      { class: "Flatten", config: first },
    ];
    const { nodes } = await readKeras({ input: [null, 2, 4, 4], layers });
    expect(nodes[2]?.layer).toEqual({ kind: "flatten", fastest: "channels" });
  });

  it("a layer that has them elsewhere than the rest is opaque", async () => {
    const layers = [
      { class: "MaxPooling2D", config: { ...first, pool_size: 2 } },
      { class: "AveragePooling2D", config: { pool_size: 2, data_format: "channels_last" } },
    ];
    expect(sketch(await readKeras({ input: [null, 2, 4, 4], layers })).at(-1)).toBe("2 keras.AveragePooling2D ← 1");
  });
});

describe("values that are merged", () => {
  const conv = (name: string, outputs: number): SmallLayer => ({
    ...{ class: "Conv1D", name, config: { use_bias: false, padding: "same" }, reads: ["x"] },
    variables: [counted(1, 3, outputs)],
  });
  async function of(layer: SmallLayer, others = [conv("a", 3), conv("b", 3)]) {
    const graph = await readKeras({ input: [null, 5, 3], layers: [...others, layer] });
    return { lines: sketch(graph).slice(others.length), shape: graph.nodes.at(-1)?.shape };
  }

  it.each<readonly [SmallLayer, readonly string[]]>([
    [{ class: "Add", reads: ["a", "b", "x"] }, ["3 add ← 1 2 0"]],
    [{ class: "Subtract", reads: ["a", "b"] }, ["3 scale -1 ← 2", "4 add ← 1 3"]],
    [{ class: "Multiply", reads: ["a", "b", "x"] }, ["3 multiply ← 1 2", "4 multiply ← 3 0"]],
    [{ class: "Average", reads: ["a", "b"] }, ["3 add ← 1 2", "4 scale 0.5 ← 3"]],
    [{ class: "Concatenate", reads: ["a", "b"] }, ["3 concat ← 1 2"]],
    [{ class: "Concatenate", reads: ["a", "b"], config: { axis: 1 } }, ["3 keras.Concatenate ← 1 2"]],
    [{ class: "Maximum", reads: ["a", "b"] }, ["3 keras.Maximum ← 1 2"]],
  ])("$class $config", async (layer, lines) => {
    expect((await of(layer)).lines).toEqual(lines);
  });

  it("lengths are those of a sum, and of parts one after the other", async () => {
    const others = [conv("a", 3), conv("b", 4)];
    expect((await of({ class: "Concatenate", reads: ["a", "b"] }, others)).shape).toEqual([null, 7, 5]);
    expect((await of({ class: "Concatenate", reads: ["a", "x"], config: { axis: 1 } })).shape).toEqual([null, 3, 10]);
    // Different channels cannot be added, and the layer is not known.
    expect((await of({ class: "Add", reads: ["a", "b"] }, others)).lines).toEqual(["3 keras.Add ← 1 2"]);
  });

  it("a value for each channel has axes of 1 for the positions, as Keras makes them", async () => {
    const squeeze = { class: "GlobalAveragePooling1D", name: "s", reads: ["x"] };
    const { lines, shape } = await of({ class: "Multiply", reads: ["x", "s"] }, [squeeze]);
    expect([lines, shape]).toEqual([
      ["2 reshape ← 1", "3 multiply ← 0 2"],
      [null, 3, 5],
    ]);
  });

  it.each<readonly [string, readonly (number | null)[], readonly string[]]>([
    ["Multiply", [2, null], ["1 scale 2 ← 0"]],
    ["Multiply", [null, 0.5], ["1 scale 0.5 ← 0"]],
    ["Add", [null, 3], ["1 constant ←", "2 add ← 0 1"]],
    ["Subtract", [2, null], ["1 constant ←", "2 scale -1 ← 0", "3 add ← 1 2"]],
    ["TrueDivide", [null, 4], ["1 scale 0.25 ← 0"]],
    ["TrueDivide", [1, null], ["1 keras.ops.TrueDivide ← 0"]],
    ["Negative", [null], ["1 scale -1 ← 0"]],
    ["Exp", [null], ["1 keras.ops.Exp ← 0"]],
  ])("by functions such as that of x + y: %s of %j", async (className, operands, lines) => {
    const layer = { class: className, module: "keras.src.ops.numpy", reads: ["x"], operands };
    expect(sketch(await readKeras({ layers: [layer] })).map((line) => line.trim())).toEqual(lines);
  });
});

describe("what vshift does not know is opaque, and never run", () => {
  it.each<readonly [SmallLayer, string]>([
    [
      { class: "Lambda", config: { function: { class_name: "__lambda__", config: { code: "4wEAAAA=" } } } },
      "keras.Lambda",
    ],
    [{ class: "Conv2DTranspose" }, "keras.Conv2DTranspose"],
    [{ class: "Mine>Dense" }, "keras.Dense"],
    [{ class: "Dense", module: "mine.layers" }, "keras.Dense"],
  ])("$class", async (layer, operation) => {
    expect(await only(layer)).toEqual({ kind: "opaque", operation, computes: null });
  });

  it("a quantized kernel is not taken for the numbers that it stands for", async () => {
    const variables = [{ shape: [4, 3], values: new Int32Array(12) }];
    expect(await only({ class: "Dense", config: { use_bias: false }, variables })).toMatchObject({ kind: "opaque" });
  });

  it("its outputs are as many as are read", async () => {
    const layers: SmallLayer[] = [
      { class: "LSTM", name: "l" },
      {
        class: "Add",
        reads: [
          ["l", 0, 1],
          ["l", 0, 2],
        ],
      },
    ];
    expect(sketch(await readKeras({ input: [null, 5, 4], layers }))).toEqual([
      "1 keras.LSTM ← 0",
      "2 keras.LSTM ← 0",
      "3 keras.LSTM ← 0",
      "4 add ← 2 3",
    ]);
  });
});

describe("models in models", () => {
  const bn = { class_name: "BatchNormalization", module: "keras.layers", config: { name: "bn" } };
  const drop = { class_name: "Dropout", module: "keras.layers", config: { name: "drop", rate: 0.5 } };
  const block: Json = { class_name: "Sequential", module: "keras", config: { name: "block", layers: [drop, bn] } };
  const at = (path: string) =>
    Object.fromEntries([1, 0, 0, 1].map((one, index) => [`${path}/vars/${index}`, vector(one, one)]));

  /** A model that calls a block twice, with its second output as its own. */
  function twice(calls: readonly Json[], outputs: Json): Json {
    const [input] = (functional({ layers: [] }) as { config: { layers: Json[] } }).config.layers;
    const nested = { ...(block as object), inbound_nodes: calls };
    return {
      class_name: "Functional",
      config: { layers: [input as Json, nested], input_layers: [["x", 0, 0]], output_layers: outputs },
    };
  }
  const reads = (layer: string, call: number) => ({
    args: [{ class_name: "__keras_tensor__", config: { keras_history: [layer, call, 0] } }],
    kwargs: {},
  });

  it("are there in place of the layer, at each call, with names that begin with the model's", async () => {
    const members = {
      "config.json": json(twice([reads("x", 0), reads("block", 0)], [["block", 1, 0]])),
      "model.weights.h5": await hdf5({ arrays: at("layers/sequential/layers/batch_normalization") }),
    };
    const graph = await readKeras({ layers: [], members });
    expect(sketch(graph)).toEqual([
      "1 dropout 0.5 by unit ← 0",
      "2 batch-norm ← 1",
      "3 dropout 0.5 by unit ← 2",
      "4 batch-norm ← 3",
    ]);
    expect(normsOf(graph).map(({ name, arrays }) => [name, arrays.mean])).toEqual([
      ["block/bn", "layers/sequential/layers/batch_normalization/vars/2"],
      ["block/bn", "layers/sequential/layers/batch_normalization/vars/2"],
    ]);
    expect(graph.outputs).toEqual([4]);
  });

  it("of Keras 2 count their calls from 1, and have their arrays by name", async () => {
    const model_config = twice([[["x", 0, 0, {}]], [["block", 1, 0, {}]]], [["block", 2, 0]]);
    const names = ["gamma", "beta", "moving_mean", "moving_variance"];
    const arrays = Object.fromEntries(
      names.map((name, index) => [`model_weights/block/bn/${name}:0`, vector(index === 0 || index === 3 ? 1 : 0, 1)]),
    );
    const attributes = { "/": { model_config: JSON.stringify(model_config), keras_version: "2.15.0" } };
    const graph = await readModel({ file: "m.h5", bytes: await hdf5({ arrays, attributes }) });
    expect(sketch(graph).length).toBe(4);
    expect([graph.writer, graph.outputs]).toEqual(["keras 2.15.0", [4]]);
    expect(normsOf(graph)[0]).toMatchObject({
      name: "block/bn",
      arrays: { mean: "model_weights/block/bn/moving_mean:0", variance: "model_weights/block/bn/moving_variance:0" },
    });
  });

  it("that Keras made of a list alone are chains; hard_sigmoid is another function in Keras 2", async () => {
    const layers = [
      { class_name: "Dropout", config: { name: "d", trainable: true, batch_input_shape: [null, 3], rate: 0.5 } },
      { class_name: "Activation", config: { name: "a", trainable: true, activation: "hard_sigmoid" } },
    ];
    const model_config = JSON.stringify({ class_name: "Sequential", config: layers });
    const bytes = await hdf5({ attributes: { "/": { model_config, keras_version: "2.2.0" } } });
    const graph = await readModel({ file: "m.hdf5", bytes });
    expect(sketch(graph)).toEqual(["1 dropout 0.5 by unit ← 0", "2 keras.hard_sigmoid ← 1"]);
    expect(graph.nodes[0]?.shape).toEqual([null, 3]);
  });

  it("that are called with training=True have noise that stays on", async () => {
    const calls = [{ ...reads("x", 0), kwargs: { training: true } }];
    const members = { "config.json": json(twice(calls, [["block", 0, 0]])) };
    const graph = await readKeras({ layers: [], members });
    expect(sketch(graph)).toEqual(["1 keras.Dropout ← 0", "2 keras.BatchNormalization ← 1"]);
  });

  it("that call each other without end in number are refused before they fill the memory", async () => {
    // Each calls the one in it twice: 2²⁰ layers from 20 models.
    let model: Json = { class_name: "ReLU", module: "keras.layers", config: { name: "m0" } };
    for (let depth = 1; depth <= 20; depth++) {
      const [input] = (functional({ layers: [] }) as { config: { layers: Json[] } }).config.layers;
      const name = `m${depth - 1}`;
      const inside: Json = {
        ...(model as object),
        inbound_nodes: [[["x", 0, 0, {}]], [[name, depth === 1 ? 0 : 1, 0, {}]]],
      };
      const output = [[name, depth === 1 ? 1 : 2, 0]];
      model = {
        ...{ class_name: "Functional", module: "keras" },
        config: {
          name: `m${depth}`,
          layers: [input as Json, inside],
          input_layers: [["x", 0, 0]],
          output_layers: output,
        },
      };
    }
    const bytes = await keras({ layers: [], members: { "config.json": json(model) } });
    expect(await refusalOf(bytes, "m.keras")).toMatch(/^m\.keras: has more than 100000 layers/);
  });
});

describe("files that are not what they say are one line", () => {
  const small: SmallModel = { layers: [{ class: "Dense", name: "d", variables: [counted(2, 3), vector(0, 0, 0)] }] };
  const made = (members: SmallModel["members"]) => keras({ ...small, members: members ?? {} });
  const model_config = JSON.stringify(functional(small));

  it.each<readonly [string, () => Uint8Array | Promise<Uint8Array>, RegExp]>([
    ["nothing", () => ascii(""), /^m\.keras: is empty;/],
    ["text", () => ascii("no archive"), /^m\.keras: is not a zip archive/],
    [
      "another archive",
      () => zipSync({ "readme.txt": ascii("x") }),
      /is a zip archive without a Keras model; save a Keras/,
    ],
    [
      "weights in shards",
      () => zipSync({ "config.json": ascii("{}"), "model.weights.json": ascii("{}") }),
      /has its weights in model\.weights\.json, and vshift reads them from model\.weights\.h5/,
    ],
    ["JSON that is cut short", () => made({ "config.json": ascii("{") }), /^m\.keras: config\.json: is not JSON/],
    ["a list", () => made({ "config.json": ascii("[]") }), /the model is not a JSON object/],
    [
      "a model whose layers are code",
      () => made({ "config.json": json({ class_name: "MyModel", config: {} }) }),
      /is of the class MyModel, which has its layers in code; make it a Functional or Sequential model/,
    ],
    [
      "weights that are no HDF5",
      () => made({ "model.weights.h5": ascii("x") }),
      /model\.weights\.h5: is not an HDF5 file/,
    ],
    [
      "HDF5 that is cut short",
      async () => made({ "model.weights.h5": (await hdf5({ arrays: arraysOf(small.layers) })).subarray(0, 700) }),
      /model\.weights\.h5: is not an HDF5 file/,
    ],
    [
      "no kernel",
      async () => made({ "model.weights.h5": await hdf5({}) }),
      /^m\.keras: d has no kernel among the weights/,
    ],
    [
      "a kernel of other inputs",
      () => keras({ ...small, input: [null, 5] }),
      /^m\.keras: d has 2 inputs, but reads 5; save it again/,
    ],
    [
      "a bias of another length",
      () => keras({ layers: [{ class: "Dense", name: "d", variables: [counted(2, 3), vector(0)] }] }),
      /d has layers\/dense\/vars\/1 of shape \[1\], not \[3\]/,
    ],
    [
      "arrays in chunks",
      () => keras({ layers: [{ class: "Dense", variables: [{ ...counted(2, 3), chunks: [1, 3] }, vector(0, 0, 0)] }] }),
      /layers\/dense\/vars\/0: is stored in chunks or compressed, and Keras stores arrays as they are/,
    ],
    [
      "weights of another layer",
      async () =>
        made({
          "model.weights.h5": await hdf5({
            arrays: arraysOf(small.layers),
            attributes: { "layers/dense/vars": { name: "other" } },
          }),
        }),
      /layers\/dense\/vars: belongs to layer other, and not to d/,
    ],
    ["no shape", () => keras({ ...small, input: [null] }), /an input has no shape of a mini-batch/],
    [
      "a layer that nothing calls",
      () => keras({ layers: [{ class: "ReLU", reads: ["y"] }] }),
      /^m\.keras: y is read, but not called/,
    ],
    [
      "a circle",
      () =>
        keras({
          layers: [
            { class: "ReLU", name: "a", reads: ["b"] },
            { class: "ReLU", name: "b", reads: ["a"] },
          ],
        }),
      /(a|b) reads its own output/,
    ],
    ["an output that is not there", () => keras({ ...small, outputs: [["d", 0, 7]] }), /output 7 of d is read/],
    [
      "a negative variance",
      () =>
        keras({
          layers: [{ class: "BatchNormalization", name: "bn", variables: [1, 0, 0, -1].map((one) => vector(one, 1)) }],
        }),
      /bn has the moving variance -1, which must be 0 or more/,
    ],
    [
      "a rate above 1",
      () => keras({ layers: [{ class: "Dropout", name: "d", config: { rate: 2 } }] }),
      /d has rate 2, which must be in/,
    ],
    [
      "a window wider than the map",
      () => keras({ input: [null, 2, 3], layers: [{ class: "MaxPooling1D", name: "p", config: { pool_size: 4 } }] }),
      /p reads 2 positions, fewer than its window/,
    ],
    [
      "statistics that are not finite",
      () =>
        keras({
          layers: [{ class: "BatchNormalization", variables: [1, 0, 0, Number.NaN].map((one) => vector(one, 1)) }],
        }),
      /layers\/batch_normalization\/vars\/3: has NaN at index \[0\]/,
    ],
    [
      "HDF5 of weights alone",
      async () => hdf5({ arrays: arraysOf(small.layers) }),
      /^m\.keras: has weights, but not the layers/,
    ],
    [
      "HDF5 with a model that is no JSON",
      async () => hdf5({ attributes: { "/": { model_config: model_config.slice(9) } } }),
      /^m\.keras: model_config: is not JSON/,
    ],
  ])("%s", async (_, content, message) => {
    const refusal = await refusalOf(await content(), "m.keras");
    expect(refusal).toMatch(message);
    expect(refusal).not.toContain("\n");
  });

  it("an archive may be compressed", async () => {
    expect(sketch(await readKeras({ ...small, level: 9 }))).toEqual(["1 linear ← 0"]);
  });

  it("a chain of 20,000 layers in the wrong order takes no stack", async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `r${index}`);
    const layers = names.map((name, index) => ({ class: "ReLU", name, reads: [names[index + 1] ?? "x"] }));
    const graph = await readKeras({ layers, outputs: [["r0", 0, 0]] });
    expect(graph.nodes.length).toBe(20_001);
    expect(graph.outputs).toEqual([20_000]);
  });

  it("the ending does not matter where the content is of the other format", async () => {
    expect((await readModel({ file: "m.h5", bytes: kfun("keras") })).nodes.length).toBe(15);
    expect((await readModel({ file: "m.keras", bytes: kfun("h5") })).nodes.length).toBe(15);
  });
});
