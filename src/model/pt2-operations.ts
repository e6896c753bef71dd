import type { NoiseOfModel } from "./graph.ts";
import type { PointwiseName } from "./pointwise.ts";
import { type Call, isSame, type Shape, type Term, Unlike, type Value } from "./pt2-call.ts";
import { drawsLayerOf } from "./pt2-draws.ts";
import { FLOATING, type StridedTensor, tensorOf, transposed } from "./pt2-tensors.ts";

/** What a call gives in terms of layers; undefined for an operation without an entry. */
export function layerOf(call: Call): Term | undefined {
  if (!call.isAten) return undefined;
  const ofDraws = call.isRandom() ? drawsLayerOf(call) : undefined;
  return ofDraws ?? RULES.get(call.base)?.(call);
}

type Rule = (call: Call) => Term;

/** The value in the shape of the output. */
function same(call: Call, value: Value): Value {
  return { ...value, shape: call.shape };
}

function activation(name: PointwiseName, parameters: (call: Call) => readonly number[] = () => []): Rule {
  return (call) => {
    const subject = call.subject();
    return call.made({ kind: "activation", activation: { name, parameters: parameters(call) } }, subject);
  };
}

/** Limits from two arguments, or of numbers that the function has by itself. */
function limits(low: string, high: string, fallback?: readonly [number, number]): (call: Call) => readonly number[] {
  return (call) => {
    const range = [call.number(low, fallback?.[0]), call.number(high, fallback?.[1])] as const;
    if (range[0] > range[1]) throw new Unlike();
    return range;
  };
}

function elu(call: Call): Term {
  const subject = call.subject();
  if (call.number("scale", 1) !== 1 || call.number("input_scale", 1) !== 1) throw new Unlike();
  return call.made({ kind: "activation", activation: { name: "elu", parameters: [call.number("alpha", 1)] } }, subject);
}

function gelu(call: Call): Term {
  const approximation = call.text("approximate", "none");
  if (approximation !== "none" && approximation !== "tanh") throw new Unlike();
  return activation(approximation === "none" ? "gelu" : "gelu_tanh")(call);
}

function noise(kind: "dropout" | "alpha-dropout", shares: NoiseOfModel["shares"]): Rule {
  return (call) => {
    const subject = call.subject();
    const drop = call.number("p");
    if (drop < 0 || drop > 1) call.refuse(`has p ${drop}, which must be in [0, 1]`);
    if (drop === 0) return subject;
    // What drops everything does not multiply by noise of mean 1.
    if (drop === 1) throw new Unlike();
    const variance = kind === "dropout" ? drop / (1 - drop) : null;
    return call.made({ kind: "noise", noise: kind, shares, drop, variance }, subject);
  };
}

/** Without running statistics, which normalizes by the mini-batch in both phases, it is opaque. */
function batchNorm(call: Call): Term {
  const input = call.subject();
  const statistics = call.strided("running_mean");
  const channels = statistics.shape[0] ?? 0;
  const mean = call.vector("running_mean", channels);
  const variance = call.vector("running_var", channels);
  if (mean === null || variance === null) throw new Unlike();
  call.requireLength(input.shape[1], { is: channels, what: "channels" });
  const negative = variance.find((value) => value < 0);
  if (negative !== undefined) call.refuse(`has the running variance ${negative}, which must be 0 or more`);
  const epsilon = call.number(call.has("epsilon") ? "epsilon" : "eps");
  if (epsilon < 0) call.refuse(`has eps ${epsilon}, which must be 0 or more`);
  const [gain, bias] = [call.vector("weight", channels), call.vector("bias", channels)];
  const name = statistics.name.replace(/\.?running_mean$/, "");
  return call.made({ kind: "batch-norm", name, gain, bias, mean, variance, epsilon }, input);
}

interface Product {
  readonly input: string;
  readonly weight: StridedTensor;
  readonly bias: string;
}

function product(call: Call, { input, weight, bias }: Product): Term {
  const value = call.live(input);
  const [outputs, inputs] = weight.shape;
  if (outputs === undefined || inputs === undefined || weight.shape.length !== 2) throw new Unlike();
  if (value.shape.length < 2 || value.shape.length !== call.shape.length) throw new Unlike();
  call.requireLength(value.shape.at(-1), { is: inputs, what: "inputs" });
  call.requireLength(call.shape.at(-1), { is: outputs, what: "outputs" });
  return call.made({ kind: "linear", weight: tensorOf(weight), bias: call.bias(bias, outputs) }, value);
}

function linear(call: Call): Term {
  return product(call, { input: "input", weight: call.strided("weight"), bias: "bias" });
}

/** xW, and bias + xW. */
function matrixProduct({ input, matrix, bias }: { input: string; matrix: string; bias: string }): Rule {
  return (call) => {
    if (call.number("alpha", 1) !== 1 || call.number("beta", 1) !== 1) throw new Unlike();
    const weight = call.strided(matrix);
    if (weight.shape.length !== 2) throw new Unlike();
    return product(call, { input, weight: transposed(weight), bias });
  };
}

function convolution(call: Call): Term {
  const input = call.live("input");
  const weight = call.strided("weight");
  const [outputs = 0, inputs = 0, ...kernel] = weight.shape;
  const axes = kernel.length;
  if (axes < 1 || axes > 3 || input.shape.length !== axes + 2 || call.shape.length !== axes + 2) throw new Unlike();
  if (call.flag("transposed", false)) throw new Unlike();
  if (kernel.includes(0)) call.refuse("has a kernel without elements");
  const [groups = 1] = call.whole("groups", { axes: 1, least: 1, fallback: 1 });
  const stride = call.whole("stride", { axes, least: 1, fallback: 1 });
  const dilation = call.whole("dilation", { axes, least: 1, fallback: 1 });
  const padding =
    call.overload === "padding"
      ? paddingByName(call, { kernel, dilation })
      : call.whole("padding", { axes, least: 0, fallback: 0 });
  if (outputs % groups !== 0) call.refuse(`has ${outputs} outputs, which ${groups} groups do not divide`);
  call.requireLength(input.shape[1], { is: inputs * groups, what: "channels" });
  call.requireLength(call.shape[1], { is: outputs, what: "outputs" });
  for (const [axis, taps] of kernel.entries()) {
    const before = input.shape[axis + 2] ?? null;
    if (before === null) continue;
    const reach = (dilation[axis] as number) * (taps - 1);
    const is = Math.floor((before + 2 * (padding[axis] as number) - reach - 1) / (stride[axis] as number)) + 1;
    call.requireLength(call.shape[axis + 2], { is, what: "positions" });
  }
  const bias = call.bias("bias", outputs);
  return call.made({ kind: "convolution", weight: tensorOf(weight), bias, groups, stride, padding, dilation }, input);
}

function paddingByName(
  call: Call,
  { kernel, dilation }: { readonly kernel: readonly number[]; readonly dilation: readonly number[] },
): readonly number[] {
  const name = call.text("padding", "valid");
  if (name === "valid") return kernel.map(() => 0);
  if (name !== "same") throw new Unlike();
  return kernel.map((taps, axis) => {
    const both = (dilation[axis] as number) * (taps - 1);
    // One more at the end than at the start.
    if (both % 2 !== 0) throw new Unlike();
    return both / 2;
  });
}

type PoolName = "max" | "average";

function pool(name: PoolName, axes: number): Rule {
  return (call) => {
    const input = pooled(call, axes);
    const window = call.whole("kernel_size", { axes, least: 1 });
    return call.made({ kind: "pool", pool: name, window: window.reduce(times, 1) }, input);
  };
}

/** To a number of positions; windows that are not all alike have no size. */
function adaptivePool(name: PoolName, axes: number): Rule {
  return (call) => {
    const input = pooled(call, axes);
    const window = input.shape.slice(2).reduce<number | null>((product, before, axis) => {
      const after = call.shape[axis + 2] ?? null;
      return product === null || before === null || after === null || after === 0 || before % after !== 0
        ? null
        : product * (before / after);
    }, 1);
    return call.made({ kind: "pool", pool: name, window }, input);
  };
}

/** The input of a pool, whose samples and channels are those of the output. */
function pooled(call: Call, axes: number): Value {
  const input = call.live("self");
  const isPool =
    input.shape.length === axes + 2 &&
    call.shape.length === axes + 2 &&
    isSame(input.shape.slice(0, 2), call.shape.slice(0, 2));
  if (!isPool) throw new Unlike();
  return input;
}

/** The mean, or the maximum, over all axes of positions. */
function reduction(name: PoolName): Rule {
  return (call) => {
    const input = call.live("self");
    const rank = input.shape.length;
    const axes = new Set(call.axes("dim", rank));
    const isOfPositions =
      rank > 2 && axes.size === rank - 2 && input.shape.every((_, axis) => axis < 2 || axes.has(axis));
    if (!isOfPositions || !isSame(input.shape.slice(0, 2), call.shape.slice(0, 2))) throw new Unlike();
    const window = input.shape
      .slice(2)
      .reduce((product, length) => (product === null || length === null ? null : product * length), 1 as number | null);
    return call.made({ kind: "pool", pool: name, window }, input);
  };
}

function times(one: number, other: number): number {
  return one * other;
}

function concat(call: Call): Term {
  const parts = call.values("tensors");
  const [axis = 0] = call.axes("dim", call.shape.length) ?? [];
  if (axis !== 1 || parts.every(({ kind }) => kind === "constant")) throw new Unlike();
  const rest = (shape: Shape) => shape.filter((_, at) => at !== 1);
  if (!parts.every(({ shape }) => isSame(rest(shape), rest(call.shape)))) throw new Unlike();
  const channels = parts.reduce<number | null>((sum, { shape: [, length = null] }) => {
    return sum === null || length === null ? null : sum + length;
  }, 0);
  if (channels === null) throw new Unlike();
  call.requireLength(call.shape[1], { is: channels, what: "channels" });
  return call.made({ kind: "concat" }, ...parts);
}

/** The sum of two terms, one of which may be multiplied by a number, or does not depend on the input. */
function sum(first: string, second: string, sign: 1 | -1): Rule {
  return (call) => {
    const terms = [
      { value: termOf(call, first), factor: 1 },
      { value: termOf(call, second), factor: sign * call.number("alpha", 1) },
    ];
    if (terms.every(({ value }) => value.kind === "constant")) throw new Unlike();
    // A live value that is broadcast has other positions than the sum.
    if (terms.some(({ value }) => value.kind !== "constant" && !isSame(value.shape, call.shape))) throw new Unlike();
    return call.made(
      { kind: "add" },
      ...terms.map(
        ({ value, factor }): Term =>
          factor === 1 || value.kind === "constant" ? value : call.made({ kind: "scale", factor }, value),
      ),
    );
  };
}

/** A tensor, or a number as a constant. */
function termOf(call: Call, name: string): Value {
  return call.isNumber(name) ? { kind: "constant", shape: [], stored: null } : call.value(name);
}

function multiplied(call: Call): Term {
  if (call.isNumber("other")) return scaled(call, { by: call.number("other"), value: call.subject() });
  const [one, other] = [call.value("self"), call.value("other")];
  if (one.kind !== "constant" && other.kind !== "constant") return call.made({ kind: "multiply" }, one, other);
  const [value, factor] = one.kind === "constant" ? [other, "self"] : [one, "other"];
  if (value.kind === "constant") throw new Unlike();
  return scaled(call, { by: single(call, factor), value });
}

function divided(call: Call): Term {
  if (call.has("rounding_mode")) throw new Unlike();
  const divisor = call.isNumber("other") ? call.number("other") : single(call, "other");
  return scaled(call, { by: 1 / divisor, value: call.subject() });
}

function scaled(call: Call, { by: factor, value }: { readonly by: number; readonly value: Value }): Term {
  if (!Number.isFinite(factor) || !isSame(value.shape, call.shape)) throw new Unlike();
  return factor === 1 ? value : call.made({ kind: "scale", factor }, value);
}

/** The number of a stored tensor that has one element. */
function single(call: Call, name: string): number {
  const stored = call.strided(name);
  if (stored.shape.some((length) => length !== 1)) throw new Unlike();
  return tensorOf(stored).values()[0] as number;
}

/** Channels × positions as channels, or axes of length 1 that come or go behind the channels; of a stored tensor, nothing. */
function reshaped(call: Call): Term {
  const value = call.live("self");
  const [before, after] = [value.shape, call.shape];
  if (isSame(before, after)) return value;
  const [size, ...inside] = before;
  if (before.length < 2 || after.length < 2 || size !== after[0] || inside.includes(null)) throw new Unlike();
  if (inside[0] === after[1] && isSame(withoutOnes(before), withoutOnes(after))) return same(call, value);
  const all = (inside as readonly number[]).reduce(times, 1);
  if (after.length === 2 && after[1] === all) return call.made({ kind: "flatten" }, value);
  throw new Unlike();
}

function withoutOnes(shape: Shape): Shape {
  return shape.filter((length, axis) => axis < 2 || length !== 1);
}

/** What changes no number, at most its precision; of a stored tensor, too. */
function unchanged(call: Call): Term {
  const value = call.value(call.has("self") ? "self" : "input");
  if (!isSame(value.shape, call.shape) || !FLOATING.has(call.dtype)) throw new Unlike();
  return value;
}

/** Of a stored matrix, for a product with it. */
function transpose(call: Call): Term {
  const value = call.value("self");
  if (value.kind !== "constant" || value.stored === null || value.shape.length !== 2) throw new Unlike();
  const axes =
    call.axes("dims", 2) ?? (call.has("dim0") ? [call.axes("dim0", 2)?.[0], call.axes("dim1", 2)?.[0]] : [1, 0]);
  if (!(axes.includes(0) && axes.includes(1) && axes.length === 2)) throw new Unlike();
  if (call.has("dims") && axes[0] === 0) return value;
  return { kind: "constant", shape: call.shape, stored: transposed(call.strided("self")) };
}

/** Operations of aten, without the "_" of those in place: what layer each is. One that is not here is opaque. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["linear", linear],
  ["addmm", matrixProduct({ input: "mat1", matrix: "mat2", bias: "self" })],
  ["mm", matrixProduct({ input: "self", matrix: "mat2", bias: "" })],
  ["matmul", matrixProduct({ input: "self", matrix: "other", bias: "" })],
  ["conv1d", convolution],
  ["conv2d", convolution],
  ["conv3d", convolution],
  ["convolution", convolution],
  ["batch_norm", batchNorm],
  ["native_batch_norm", batchNorm],
  ["_native_batch_norm_legit", batchNorm],
  ["_native_batch_norm_legit_no_training", batchNorm],
  ["_native_batch_norm_legit_functional", batchNorm],
  ["_batch_norm_with_update", batchNorm],
  ["_batch_norm_no_update", batchNorm],
  ["cudnn_batch_norm", batchNorm],
  ["relu", activation("relu")],
  ["leaky_relu", activation("leaky_relu", (call) => [call.number("negative_slope", 0.01)])],
  ["elu", elu],
  ["hardtanh", activation("hardtanh", limits("min_val", "max_val", [-1, 1]))],
  ["relu6", activation("hardtanh", () => [0, 6])],
  ["clamp", activation("hardtanh", limits("min", "max"))],
  ["hardsigmoid", activation("hardsigmoid")],
  ["hardswish", activation("hardswish")],
  ["sigmoid", activation("sigmoid")],
  ["silu", activation("silu")],
  ["tanh", activation("tanh")],
  ["gelu", gelu],
  ["dropout", noise("dropout", "unit")],
  ["native_dropout", noise("dropout", "unit")],
  ["feature_dropout", noise("dropout", "channel")],
  ["alpha_dropout", noise("alpha-dropout", "unit")],
  ["feature_alpha_dropout", noise("alpha-dropout", "channel")],
  ["max_pool1d", pool("max", 1)],
  ["max_pool2d", pool("max", 2)],
  ["max_pool3d", pool("max", 3)],
  ["max_pool1d_with_indices", pool("max", 1)],
  ["max_pool2d_with_indices", pool("max", 2)],
  ["max_pool3d_with_indices", pool("max", 3)],
  ["avg_pool1d", pool("average", 1)],
  ["avg_pool2d", pool("average", 2)],
  ["avg_pool3d", pool("average", 3)],
  ["adaptive_avg_pool1d", adaptivePool("average", 1)],
  ["adaptive_avg_pool2d", adaptivePool("average", 2)],
  ["adaptive_avg_pool3d", adaptivePool("average", 3)],
  ["_adaptive_avg_pool2d", adaptivePool("average", 2)],
  ["_adaptive_avg_pool3d", adaptivePool("average", 3)],
  ["adaptive_max_pool1d", adaptivePool("max", 1)],
  ["adaptive_max_pool2d", adaptivePool("max", 2)],
  ["adaptive_max_pool3d", adaptivePool("max", 3)],
  ["mean", reduction("average")],
  ["amax", reduction("max")],
  ["cat", concat],
  ["concat", concat],
  ["add", sum("self", "other", 1)],
  ["sub", sum("self", "other", -1)],
  ["rsub", sum("other", "self", -1)],
  ["mul", multiplied],
  ["div", divided],
  ["neg", (call) => scaled(call, { by: -1, value: call.subject() })],
  ["flatten", reshaped],
  ["view", reshaped],
  ["reshape", reshaped],
  ["_unsafe_view", reshaped],
  ["squeeze", reshaped],
  ["unsqueeze", reshaped],
  ["unflatten", reshaped],
  ["contiguous", unchanged],
  ["clone", unchanged],
  ["detach", unchanged],
  ["to", unchanged],
  ["_to_copy", unchanged],
  ["alias", unchanged],
  ["lift_fresh_copy", unchanged],
  ["expand", unchanged],
  ["t", transpose],
  ["numpy_T", transpose],
  ["transpose", transpose],
  ["permute", transpose],
]);
