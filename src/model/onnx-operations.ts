import type { PointwiseName } from "../activations/pointwise.ts";
import { elementCount } from "../tensor/shape.ts";
import { stridedTensor, transposed } from "../tensor/strided.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { dropout, UNKNOWN_NOISE } from "./draws.ts";
import type { ModelLayer, ModelNode } from "./graph.ts";
import { isKnown, joined, parted, permuted, picked, reshaped, sliced, unchanged } from "./onnx-axes.ts";
import type { Call, Term, Value } from "./onnx-call.ts";
import { convolution, globalPool, padded, pool, reduction, resized } from "./onnx-windows.ts";
import { isSame, type Live, type Shape, Unlike } from "./term.ts";

/** What the outputs of an operation are in terms of layers, the first at least; undefined for one without an entry. */
export function layersOf(call: Call): readonly Term[] | undefined {
  if (!call.isOwn) return undefined;
  if (call.base === "Split") return parted(call);
  const term = RULES.get(call.base)?.(call);
  return term && [term];
}

type Rule = (call: Call) => Term;

function activation(name: PointwiseName, parameters: (call: Call) => readonly number[] = () => []): Rule {
  return (call) => {
    const input = call.live();
    return call.made({ kind: "activation", activation: { name, parameters: parameters(call) } }, input.shape, input);
  };
}

function gelu(call: Call): Term {
  const approximation = call.text("approximate", "none");
  if (approximation !== "none" && approximation !== "tanh") throw new Unlike();
  return activation(approximation === "none" ? "gelu" : "gelu_tanh")(call);
}

/** PyTorch's has a slope of 1/6; the default of ONNX is Keras's. */
function hardSigmoid(call: Call): Term {
  const isTorch = isNear(call.number("alpha", 0.2), 1 / 6) && isNear(call.number("beta", 0.5), 0.5);
  if (!isTorch) throw new Unlike();
  return activation("hardsigmoid")(call);
}

/** Limits from attributes, or from inputs in later versions. */
function clip(call: Call): Term {
  const limit = (name: string, input: number) => (call.hasAttribute(name) ? call.number(name, 0) : call.single(input));
  const range = [limit("min", 1), limit("max", 2)] as const;
  if (range[0] > range[1]) throw new Unlike();
  return activation("hardtanh", () => range)(call);
}

/** Its ratio is an attribute, or an input in later versions; whether it drops when the file is run does not matter. */
function noise(call: Call): Term {
  const input = call.value(0);
  const drop = call.version < 12 ? call.number("ratio", 0.5) : call.single(1, 0.5);
  if (drop < 0 || drop > 1) call.refuse(`has the ratio ${drop}, which must be in [0, 1]`);
  if (drop === 0) return input;
  // What drops everything does not multiply by noise of mean 1.
  return call.made(drop === 1 ? UNKNOWN_NOISE : dropout(drop, "unit"), input.shape, input);
}

/** Random numbers, of which nothing more is known; those of a shape alone have no input. */
function drawn(call: Call): Term {
  const [value] = call.values();
  const isOfShape = call.base.endsWith("Like");
  const from = value === undefined || value.kind === "constant" || isOfShape ? [] : [value];
  return call.made(UNKNOWN_NOISE, value?.shape ?? call.list("shape") ?? [], ...from);
}

function batchNorm(call: Call): Term {
  const input = call.live();
  const [mean, variance] = [call.strided(3), call.strided(4)];
  const channels = mean.shape[0] ?? 0;
  const vector = (at: number) => call.vector(at, channels);
  const [gain, bias, means, variances] = [vector(1), vector(2), vector(3), vector(4)];
  if (means === null || variances === null || call.integer("spatial", 1) !== 1) throw new Unlike();
  if (input.shape.length > 0) call.requireLength(input.shape[1], { is: channels, what: "channels" });
  const negative = variances.find((value) => value < 0);
  if (negative !== undefined) call.refuse(`has the running variance ${negative}, which must be 0 or more`);
  const epsilon = call.number("epsilon", 1e-5);
  if (!(epsilon >= 0)) call.refuse(`has epsilon ${epsilon}, which must be 0 or more`);
  const layer = {
    ...({ kind: "batch-norm", name: nameOfNorm(call) } as const),
    ...{ arrays: { mean: mean.name, variance: variance.name }, gain, bias, mean: means, variance: variances, epsilon },
  };
  return call.made(layer, input.shape, input);
}

/** The module that has the statistics, by the name of its mean, which PyTorch and Keras end in their own ways. */
function nameOfNorm(call: Call): string {
  const [, module] = /^(.+)[./](?:running|moving)_mean/.exec(call.nameOf(3)) ?? [];
  return module ?? (call.module || call.name || call.nameOf(3));
}

/** α·x·W + β·b; the factors go into the weights. */
function gemm(call: Call): Term {
  const input = call.live();
  const stored = call.strided(1);
  if (call.integer("transA", 0) !== 0 || stored.shape.length !== 2) throw new Unlike();
  if (input.shape.length !== 2 && input.shape.length > 0) throw new Unlike();
  const weight = call.integer("transB", 0) === 0 ? transposed(stored) : stored;
  const [outputs, inputs] = weight.shape as readonly [number, number];
  const [samples = null, given = null] = input.shape;
  call.requireLength(given, { is: inputs, what: "inputs" });
  const bias = call.has(2) ? biasOf(call.value(2), outputs) : null;
  return call.made(
    {
      kind: "linear",
      weight: scaledTensor(stridedTensor(weight), call.number("alpha", 1)),
      bias: bias && scaledTensor(bias, call.number("beta", 1)),
    },
    [samples, outputs],
    input,
  );
}

function scaledTensor(tensor: Tensor, factor: number): Tensor {
  return factor === 1 ? tensor : { ...tensor, values: () => tensor.values().map((value) => value * factor) };
}

/** A stored vector of this length, which may have axes of length 1 before it. */
function biasOf(value: Value, length: number): Tensor {
  if (value.kind !== "constant" || value.stored === null) throw new Unlike();
  const { shape } = value;
  if (shape.at(-1) !== length || shape.slice(0, -1).some((one) => one !== 1)) throw new Unlike();
  return { ...stridedTensor(value.stored), shape: [length] };
}

/** With a stored matrix it is a linear layer. */
function matrixProduct(call: Call): Term {
  const [one, other] = [call.live(0), call.value(1)];
  const rank = one.shape.length;
  if (other.kind !== "constant") {
    const outer = one.shape.slice(0, -2);
    const isOfMany = rank >= 3 && other.shape.length === rank && isSame(outer, other.shape.slice(0, -2));
    if (!isOfMany) throw new Unlike();
    const after = [...outer, one.shape.at(-2) ?? null, other.shape.at(-1) ?? null];
    return call.opaque({ name: "matrix-product" }, after, one, other);
  }
  const stored = call.strided(1);
  const [inputs, outputs] = stored.shape;
  if (stored.shape.length !== 2 || inputs === undefined || outputs === undefined || rank < 2) throw new Unlike();
  call.requireLength(one.shape.at(-1), { is: inputs, what: "inputs" });
  const weight = stridedTensor(transposed(stored));
  return call.made({ kind: "linear", weight, bias: null }, one.shape.with(-1, outputs), one);
}

/** The sum of two terms; a vector that is added to the output of a linear layer is its bias. */
function sum(sign: 1 | -1): Rule {
  return (call) => {
    const [first, second] = [call.value(0), call.value(1)];
    const after = shapeOfBoth(first, second);
    const withBias = sign === 1 ? (biased(call, first, second) ?? biased(call, second, first)) : undefined;
    if (withBias !== undefined) return withBias;
    const negative = call.made({ kind: "scale", factor: -1 }, second.shape, second);
    return call.made({ kind: "add" }, after, first, sign === 1 ? second : negative);
  };
}

function biased(call: Call, value: Value, bias: Value): Term | undefined {
  const { layer, from: [before] = [] } = call.nodeOf(value) ?? {};
  if (layer?.kind !== "linear" || layer.bias !== null || before === undefined || bias.kind !== "constant")
    return undefined;
  const [outputs] = layer.weight.shape as readonly [number];
  const isVector = bias.stored !== null && bias.shape.at(-1) === outputs && bias.shape.length <= value.shape.length;
  if (!isVector || bias.shape.slice(0, -1).some((length) => length !== 1)) return undefined;
  return call.made({ ...layer, bias: biasOf(bias, outputs) }, value.shape, nodeValue(call, before));
}

/** Of two values of which one at least is live, whose samples are those of the output: no sum or product of such mixes samples. */
function shapeOfBoth(one: Value, other: Value): Shape {
  const rank = Math.max(one.shape.length, other.shape.length);
  const live = [one, other].filter(({ kind }) => kind !== "constant");
  const lengthAt = ({ shape }: Value, axis: number) => {
    const at = axis - rank + shape.length;
    return at < 0 ? 1 : (shape[at] ?? null);
  };
  const [samples] = live[0]?.shape ?? [];
  const isAligned = live.every(({ shape }) => shape.length === rank && shape[0] === samples);
  const isWhole = [one, other].every((value) => value.kind !== "constant" || lengthAt(value, 0) === 1);
  if (live.length === 0 || rank === 0 || !isAligned || !isWhole) throw new Unlike();
  return Array.from({ length: rank }, (_, axis) => {
    if (axis === 0) return samples ?? null;
    const [a, b] = [lengthAt(one, axis), lengthAt(other, axis)];
    if (a === b || b === 1) return a;
    if (a === 1 || a === null) return b;
    if (b !== null) throw new Unlike();
    return a;
  });
}

function multiplied(call: Call): Term {
  const [one, other] = [call.value(0), call.value(1)];
  const gate =
    gated(call, one, other) ?? gated(call, other, one) ?? geluOf(call, one, other) ?? geluOf(call, other, one);
  if (gate !== undefined) return gate;
  const after = shapeOfBoth(one, other);
  const factor = call.singleOf(one) ?? call.singleOf(other);
  if (factor === undefined) return call.made({ kind: "multiply" }, after, one, other);
  return scaled(call, one.kind === "constant" ? other : one, { by: factor, after });
}

function divided(call: Call): Term {
  const [value, other] = [call.value(0), call.value(1)];
  const after = shapeOfBoth(value, other);
  const divisor = call.singleOf(other);
  if (divisor !== undefined) return scaled(call, value, { by: 1 / divisor, after });
  return call.opaque({ name: "quotient" }, after, value, other);
}

function scaled(call: Call, value: Value, { by: factor, after }: { readonly by: number; readonly after: Shape }): Term {
  if (!Number.isFinite(factor) || !isSame(value.shape, after)) throw new Unlike();
  return factor === 1 ? value : call.made({ kind: "scale", factor }, after, value);
}

/** x times a function of x that is a function of the list. */
function gated(call: Call, value: Value, gate: Value): Term | undefined {
  const { layer, from } = call.nodeOf(gate) ?? {};
  if (layer?.kind !== "activation" || value.kind !== "live" || from?.[0] !== value.node) return undefined;
  const name = GATED[layer.activation.name];
  return name && call.made({ kind: "activation", activation: { name, parameters: [] } }, value.shape, value);
}

const GATED: { readonly [Name in PointwiseName]?: PointwiseName } = { sigmoid: "silu", hardsigmoid: "hardswish" };

/** ½·(x·(1 + erf(x/√2))), or (½·x)·(1 + erf(x/√2)): GELU, as it is written out where there is no operator of that name. */
function geluOf(call: Call, one: Value, other: Value): Term | undefined {
  const [outer, before] = [call.nodeOf(one), call.nodeOf(other)];
  if (outer?.layer.kind === "multiply" && isNear(call.singleOf(other), 0.5)) {
    const [a, b] = outer.from as readonly [number, number];
    const x = isErrorFunction(call, b, a) ? a : isErrorFunction(call, a, b) ? b : undefined;
    return x === undefined ? undefined : geluAt(call, x);
  }
  if (before?.layer.kind !== "scale" || !isNear(before.layer.factor, 0.5) || one.kind !== "live") return undefined;
  const [x] = before.from as readonly [number];
  return isErrorFunction(call, one.node, x) ? geluAt(call, x) : undefined;
}

function geluAt(call: Call, node: number): Term {
  const value = nodeValue(call, node);
  return call.made({ kind: "activation", activation: { name: "gelu", parameters: [] } }, value.shape, value);
}

/** Whether a node is 1 + erf(x/√2). */
function isErrorFunction(call: Call, node: number, x: number): boolean {
  const [value, one] = inputsOf(call, node, "add");
  const [inner] = value?.layer.kind === "opaque" && value.layer.operation === "onnx.Erf" ? value.from : [];
  if (inner === undefined || one?.layer.kind !== "constant" || elementCount(one.shape) !== 1) return false;
  const { layer, from } = call.nodeAt(inner);
  const isScaled = layer.kind === "scale" && isNear(layer.factor, Math.SQRT1_2) && from[0] === x;
  return isScaled && one.layer.value?.values()[0] === 1;
}

/** The nodes that one of this kind reads. */
function inputsOf(call: Call, node: number, kind: ModelLayer["kind"]): readonly ModelNode[] {
  const { layer, from } = call.nodeAt(node);
  return layer.kind === kind ? from.map((at) => call.nodeAt(at)) : [];
}

function nodeValue(call: Call, node: number): Live {
  return { kind: "live", node, shape: call.nodeAt(node).shape };
}

/** Numbers in the file are in single precision. */
function isNear(number: number | undefined, expected: number): boolean {
  return number !== undefined && Math.abs(number - expected) <= 1e-6 * expected;
}

/** Before version 13 it is of all axes from one on, which is the same for the last. */
function softmax(isLogarithm: boolean): Rule {
  return (call) => {
    const input = call.live();
    const rank = input.shape.length;
    const axis = call.axis("axis", call.version < 13 ? 1 : -1, rank);
    if (axis === 0 || (call.version < 13 && axis !== rank - 1)) throw new Unlike();
    return call.opaque({ name: "softmax", axis, isLogarithm }, input.shape, input);
  };
}

function layerNorm(call: Call): Term {
  const input = call.live();
  const from = call.axis("axis", -1, input.shape.length);
  const shape = input.shape.slice(from);
  if (from === 0 || !isKnown(shape)) throw new Unlike();
  const affine = { gain: call.bias(1, shape), bias: call.bias(2, shape), epsilon: call.number("epsilon", 1e-5) };
  return call.opaque({ name: "layer-norm", axes: shape.length, affine }, input.shape, input);
}

/** Operators of ONNX: what layer each is. One that is not here is opaque. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["Gemm", gemm],
  ["MatMul", matrixProduct],
  ["Conv", convolution],
  ["BatchNormalization", batchNorm],
  ["Dropout", noise],
  ["RandomNormal", drawn],
  ["RandomNormalLike", drawn],
  ["RandomUniform", drawn],
  ["RandomUniformLike", drawn],
  ["Bernoulli", drawn],
  ["Multinomial", drawn],
  ["Relu", activation("relu")],
  ["LeakyRelu", activation("leaky_relu", (call) => [call.number("alpha", 0.01)])],
  ["Elu", activation("elu", (call) => [call.number("alpha", 1)])],
  ["Sigmoid", activation("sigmoid")],
  ["Tanh", activation("tanh")],
  ["Gelu", gelu],
  ["HardSigmoid", hardSigmoid],
  ["HardSwish", activation("hardswish")],
  ["Clip", clip],
  ["MaxPool", pool("max")],
  ["AveragePool", pool("average")],
  ["GlobalAveragePool", globalPool("average")],
  ["GlobalMaxPool", globalPool("max")],
  ["ReduceMean", reduction("average")],
  ["ReduceMax", reduction("max")],
  ["Add", sum(1)],
  ["Sub", sum(-1)],
  ["Mul", multiplied],
  ["Div", divided],
  ["Neg", (call) => scaled(call, call.live(), { by: -1, after: call.live().shape })],
  ["Concat", joined],
  ["Flatten", reshaped],
  ["Reshape", reshaped],
  ["Squeeze", reshaped],
  ["Unsqueeze", reshaped],
  ["Transpose", permuted],
  ["Identity", unchanged],
  ["Cast", unchanged],
  ["CastLike", unchanged],
  ["Expand", unchanged],
  ["Softmax", softmax(false)],
  ["LogSoftmax", softmax(true)],
  ["LayerNormalization", layerNorm],
  ["Slice", sliced],
  ["Gather", picked],
  ["Pad", padded],
  ["Resize", resized],
  ["Upsample", resized],
]);
