import type { PointwiseName } from "../activations/pointwise.ts";
import { elementCount } from "../tensor/shape.ts";
import { type StridedTensor, stridedTensor, transposed } from "../tensor/strided.ts";
import type { Affine } from "./computation.ts";
import { dropout } from "./draws.ts";
import type { NoiseOfModel, Padding } from "./graph.ts";
import type { Call, Constant, Term, Value } from "./pt2-call.ts";
import { drawsLayerOf } from "./pt2-draws.ts";
import { FLOATING } from "./pt2-tensors.ts";
import { isSame, type Shape, Unlike } from "./term.ts";
import { type Windows, windowsAlong } from "./windows.ts";

/** What the outputs of a call are in terms of layers, the first at least; undefined for an operation without an entry. */
export function layersOf(call: Call, shapes: () => readonly Shape[]): readonly Term[] | undefined {
  if (!call.isAten) return undefined;
  if (PARTS.has(call.base)) return partsOf(call, shapes());
  const term = (call.isRandom() ? drawsLayerOf(call) : undefined) ?? RULES.get(call.base)?.(call);
  return term === undefined ? undefined : [term];
}

type Rule = (call: Call) => Term;

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
    const alpha = { kind: "noise", noise: kind, shares, drop, variance: null, draws: null } as const;
    return call.made(kind === "dropout" ? dropout(drop, shares) : alpha, subject);
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
  const arrays = { mean: statistics.name, variance: call.strided("running_var").name };
  return call.made({ kind: "batch-norm", name, arrays, gain, bias, mean, variance, epsilon }, input);
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
  return call.made({ kind: "linear", weight: stridedTensor(weight), bias: call.bias(bias, outputs) }, value);
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
      : evenly(call.whole("padding", { axes, least: 0, fallback: 0 }));
  if (outputs % groups !== 0) call.refuse(`has ${outputs} outputs, which ${groups} groups do not divide`);
  call.requireLength(input.shape[1], { is: inputs * groups, what: "channels" });
  call.requireLength(call.shape[1], { is: outputs, what: "outputs" });
  requirePositions(call, input, { size: kernel, stride, padding, dilation, roundsUp: false });
  const bias = call.bias("bias", outputs);
  return call.made(
    { kind: "convolution", weight: stridedTensor(weight), bias, groups, stride, padding, dilation },
    input,
  );
}

function paddingByName(
  call: Call,
  { kernel, dilation }: { readonly kernel: readonly number[]; readonly dilation: readonly number[] },
): readonly Padding[] {
  const name = call.text("padding", "valid");
  if (name === "valid") return evenly(kernel.map(() => 0));
  if (name !== "same") throw new Unlike();
  return kernel.map((taps, axis) => {
    const both = (dilation[axis] as number) * (taps - 1);
    return { before: Math.floor(both / 2), after: Math.ceil(both / 2) };
  });
}

/** As many zeros before as after. */
function evenly(lengths: readonly number[]): readonly Padding[] {
  return lengths.map((length) => ({ before: length, after: length }));
}

/** Refuses another number of positions than these windows have. */
function requirePositions(call: Call, { shape }: Value, windows: Windows): void {
  for (const axis of windows.size.keys()) {
    const before = shape[axis + 2] ?? null;
    if (before === null) continue;
    call.requireLength(call.shape[axis + 2], { is: windowsAlong(before, axis, windows), what: "positions" });
  }
}

type PoolName = "max" | "average";

function pool(name: PoolName, axes: number): Rule {
  return (call) => {
    const input = pooled(call, axes);
    const size = call.whole("kernel_size", { axes, least: 1 });
    const isGiven = call.has("stride") && call.numbers("stride")?.length !== 0;
    const windows: Windows = {
      size,
      stride: isGiven ? call.whole("stride", { axes, least: 1 }) : size,
      padding: evenly(call.whole("padding", { axes, least: 0, fallback: 0 })),
      dilation: call.whole("dilation", { axes, least: 1, fallback: 1 }),
      roundsUp: call.flag("ceil_mode", false),
    };
    const wide = windows.padding.findIndex(({ before }, axis) => 2 * before > (size[axis] as number));
    if (wide !== -1) call.refuse(`has padding ${windows.padding[wide]?.before}, more than half of its window`);
    requirePositions(call, input, windows);
    const divisor = call.has("divisor_override")
      ? call.number("divisor_override")
      : call.flag("count_include_pad", true)
        ? "padded"
        : "inside";
    if (divisor === 0) call.refuse("has divisor_override 0");
    return call.made({ kind: "pool", pool: name, window: { kind: "sliding", ...windows, divisor } }, input);
  };
}

/** To a number of positions. */
function adaptivePool(name: PoolName, axes: number): Rule {
  return (call) => {
    const input = pooled(call, axes);
    const to = call.shape.slice(2);
    if (to.includes(0)) throw new Unlike();
    return call.made({ kind: "pool", pool: name, window: { kind: "adaptive", to } }, input);
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
    if (isOfPositions && isSame(input.shape.slice(0, 2), call.shape.slice(0, 2))) {
      const to = input.shape.slice(2).map(() => 1);
      return call.made({ kind: "pool", pool: name, window: { kind: "adaptive", to } }, input);
    }
    if (name !== "average" || axes.size === 0 || axes.has(0)) throw new Unlike();
    return call.opaque({ name: "mean", axes: [...axes] }, input);
  };
}

function times(one: number, other: number): number {
  return one * other;
}

function concat(call: Call): Term {
  const parts = call.values("tensors");
  const [axis = 0] = call.axes("dim", call.shape.length) ?? [];
  if (axis === 0 || parts.every(({ kind }) => kind === "constant")) throw new Unlike();
  const isPart = ({ kind, shape }: Value) =>
    shape.length === call.shape.length &&
    shape.every(
      (length, at) => at === axis || length === call.shape[at] || (at === 0 && kind === "constant" && length === 1),
    );
  if (!parts.every(isPart)) throw new Unlike();
  if (axis !== 1) return call.opaque({ name: "join", axis }, ...parts);
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
    requireAligned(
      call,
      terms.map(({ value }) => value),
    );
    return call.made(
      { kind: "add" },
      ...terms.map(
        ({ value, factor }): Term =>
          factor === 1 ? value : { ...call.made({ kind: "scale", factor }, value), shape: value.shape },
      ),
    );
  };
}

/** Some live values, whose samples are those of the output: a sum or product of such mixes no samples. */
function requireAligned(call: Call, values: readonly Value[]): void {
  const live = values.filter(({ kind }) => kind !== "constant");
  const isAligned = live.every(({ shape }) => shape.length === call.shape.length && shape[0] === call.shape[0]);
  const isWhole = values.every(
    ({ kind, shape }) => kind !== "constant" || shape.length < call.shape.length || (shape[0] ?? 1) === 1,
  );
  if (live.length === 0 || !isAligned || !isWhole) throw new Unlike();
}

/** A tensor, or a number as a constant. */
function termOf(call: Call, name: string): Value {
  if (!call.isNumber(name)) return call.value(name);
  const number = call.number(name);
  const made = { name: "a number", shape: [], order: "C", values: () => Float64Array.of(number) } as const;
  return { kind: "constant", shape: [], stored: null, made };
}

function multiplied(call: Call): Term {
  if (call.isNumber("other")) return scaled(call, { by: call.number("other"), value: call.subject() });
  const [one, other] = [call.value("self"), call.value("other")];
  const factor = singleOf(call, one) ?? singleOf(call, other);
  if (factor !== undefined) return scaled(call, { by: factor, value: one.kind === "constant" ? other : one });
  requireAligned(call, [one, other]);
  return call.made({ kind: "multiply" }, one, other);
}

function divided(call: Call): Term {
  if (call.has("rounding_mode")) throw new Unlike();
  const [value, other] = [call.value("self"), termOf(call, "other")];
  const divisor = singleOf(call, other);
  if (divisor !== undefined && value.kind !== "constant") return scaled(call, { by: 1 / divisor, value });
  requireAligned(call, [value, other]);
  return call.opaque({ name: "quotient" }, value, other);
}

function scaled(call: Call, { by: factor, value }: { readonly by: number; readonly value: Value }): Term {
  if (!Number.isFinite(factor) || !isSame(value.shape, call.shape)) throw new Unlike();
  return factor === 1 ? value : call.made({ kind: "scale", factor }, value);
}

/** The number of a constant that has one element. */
function singleOf(call: Call, value: Value): number | undefined {
  if (value.kind !== "constant" || value.shape.some((length) => length !== 1)) return undefined;
  return call.constant(value)?.values()[0];
}

/** The same numbers in other axes: of each sample, channels × positions as channels, or other axes of positions. */
function reshaped(call: Call): Term {
  const value = call.value("self");
  if (value.kind === "constant") return reshapedConstant(call, value);
  const [before, after] = [call.live("self").shape, call.shape];
  if (isSame(before, after)) return value;
  const [size, ...inside] = before;
  const [sizeAfter, ...insideAfter] = after;
  const isOfSamples = before.length >= 2 && after.length >= 2 && size === sizeAfter;
  if (!isOfSamples || !isKnown(inside) || !isKnown(insideAfter)) throw new Unlike();
  const all = inside.reduce(times, 1);
  if (insideAfter.reduce(times, 1) !== all) throw new Unlike();
  if (inside[0] === after[1]) return call.made({ kind: "reshape" }, value);
  if (after.length === 2) return call.made({ kind: "flatten", fastest: "positions" }, value);
  return call.opaque({ name: "rearrange" }, value);
}

function reshapedConstant(call: Call, value: Constant): Term {
  const tensor = call.constant(value);
  const { shape } = call;
  if (tensor === null || !isKnown(shape) || elementCount(shape) !== elementCount(tensor.shape)) throw new Unlike();
  return { kind: "constant", shape, stored: null, made: { ...tensor, shape } };
}

function isKnown(lengths: Shape): lengths is readonly number[] {
  return !lengths.includes(null);
}

/** What changes no number, at most its precision; of a stored tensor, too. */
function unchanged(call: Call): Term {
  const value = call.value(call.has("self") ? "self" : "input");
  if (!isSame(value.shape, call.shape) || !FLOATING.has(call.dtype)) throw new Unlike();
  return value;
}

/** The same in a shape of its own, or a constant for each sample, as the class token of a transformer is. */
function expanded(call: Call): Term {
  const value = call.value("self");
  const tensor = value.kind === "constant" ? call.constant(value) : null;
  const [samples, ...rest] = tensor?.shape ?? [];
  if (tensor === null || samples !== 1 || !isSame(rest, call.shape.slice(1))) return unchanged(call);
  return { kind: "constant", shape: tensor.shape, stored: null, made: tensor };
}

/** Of a stored matrix, for a product with it; or of a value's axes, the samples first. */
function transpose(call: Call): Term {
  const value = call.value("self");
  if (value.kind !== "constant") return permuted(call, value);
  if (value.kind !== "constant" || value.stored === null || value.shape.length !== 2) throw new Unlike();
  const axes =
    call.axes("dims", 2) ?? (call.has("dim0") ? [call.axes("dim0", 2)?.[0], call.axes("dim1", 2)?.[0]] : [1, 0]);
  if (!(axes.includes(0) && axes.includes(1) && axes.length === 2)) throw new Unlike();
  if (call.has("dims") && axes[0] === 0) return value;
  return { kind: "constant", shape: call.shape, stored: transposed(call.strided("self")) };
}

function permuted(call: Call, value: Value): Term {
  const rank = value.shape.length;
  const all = value.shape.map((_, axis) => axis);
  const [one, other] = [call.axes("dim0", rank)?.[0], call.axes("dim1", rank)?.[0]];
  const swapped = all.map((axis) => (axis === one ? other : axis === other ? one : axis));
  const axes = call.axes("dims", rank) ?? swapped;
  const isOrder = axes.length === rank && new Set(axes).size === rank && axes[0] === 0;
  if (value.kind === "drawn" || !isOrder || !axes.every((axis) => axis !== undefined && axis in all))
    throw new Unlike();
  return call.opaque({ name: "permute", axes: axes as readonly number[] }, value);
}

function softmax(isLogarithm: boolean): Rule {
  return (call) => {
    const subject = call.subject();
    const [axis = 0] = call.axes("dim", call.shape.length) ?? [];
    if (axis === 0) throw new Unlike();
    return call.opaque({ name: "softmax", axis, isLogarithm }, subject);
  };
}

function layerNorm(call: Call): Term {
  const input = call.subject();
  const shape = call.numbers("normalized_shape") ?? [];
  const axes = shape.length;
  if (axes === 0 || axes >= call.shape.length || !isSame(call.shape.slice(-axes), shape)) throw new Unlike();
  const affine = affineOf(call, shape);
  return call.opaque({ name: "layer-norm", axes, affine }, input);
}

function groupNorm(call: Call): Term {
  const input = call.subject();
  const [groups = 1] = call.whole(call.has("num_groups") ? "num_groups" : "group", { axes: 1, least: 1 });
  const channels = call.shape[1] ?? null;
  if (channels === null || channels % groups !== 0) throw new Unlike();
  return call.opaque({ name: "group-norm", groups, affine: affineOf(call, [channels]) }, input);
}

function affineOf(call: Call, shape: readonly number[]): Affine {
  const [gain, bias] = ["weight", "bias"].map((name) => {
    if (!call.has(name)) return null;
    const stored = call.strided(name);
    if (!isSame(stored.shape, shape)) throw new Unlike();
    return stridedTensor(stored);
  });
  return { gain: gain ?? null, bias: bias ?? null, epsilon: call.number("eps", 1e-5) };
}

/** Of two live values; that with a stored matrix is a linear layer. */
function productOfValues(other: string): Rule {
  return (call) => {
    const [one, two] = [call.live("self"), call.live(other)];
    const rank = call.shape.length;
    if (rank < 3 || one.shape.length !== rank || two.shape.length !== rank) throw new Unlike();
    if (!isSame(one.shape.slice(0, -2), two.shape.slice(0, -2))) throw new Unlike();
    return call.opaque({ name: "matrix-product" }, one, two);
  };
}

/** The first of the rules that the call is like. */
function firstOf(...rules: readonly Rule[]): Rule {
  return (call) => {
    for (const rule of rules) {
      try {
        return rule(call);
      } catch (error) {
        if (!(error instanceof Unlike)) throw error;
      }
    }
    throw new Unlike();
  };
}

function attention(call: Call): Term {
  const values = ["query", "key", "value"].map((name) => call.live(name));
  const isPlain = !call.has("attn_mask") && call.number("dropout_p", 0) === 0 && !call.flag("enable_gqa", false);
  const [rank = 0, ...ranks] = values.map(({ shape }) => shape.length);
  if (!isPlain || rank < 3 || ranks.some((one) => one !== rank)) throw new Unlike();
  const scale = call.has("scale") ? call.number("scale") : null;
  return call.opaque({ name: "attention", scale, isCausal: call.flag("is_causal", false) }, ...values);
}

function sliced(call: Call): Term {
  const value = call.live("self");
  const [step = 1] = call.whole("step", { axes: 1, least: 1, fallback: 1 });
  // All of an axis, as x[:, :, None] takes it of the first two.
  const isWhole = step === 1 && isSame(value.shape, call.shape) && (!call.has("start") || call.number("start") === 0);
  if (isWhole) return value;
  const { axis, length } = axisOf(call, value);
  const given = call.has("start") ? call.number("start") : 0;
  const start = Math.min(length, Math.max(0, given < 0 ? given + length : given));
  return call.opaque({ name: "slice", axis, start, step }, value);
}

function selected(call: Call): Term {
  const value = call.live("self");
  const { axis, length } = axisOf(call, value);
  const index = call.number("index");
  const start = index < 0 ? index + length : index;
  if (start < 0 || start >= length) call.refuse(`has index ${index} on an axis of ${length}`);
  const kept = value.shape.map((before, at) => (at === axis ? 1 : before));
  const one = { ...call.opaque({ name: "slice", axis, start, step: 1 }, value), shape: kept };
  return call.opaque({ name: "rearrange" }, one);
}

/** The axis that a part is taken of, which is not that of the samples. */
function axisOf(call: Call, { shape }: Value): { readonly axis: number; readonly length: number } {
  const [axis = 0] = call.axes("dim", shape.length) ?? [];
  const length = shape[axis] ?? null;
  if (axis === 0 || length === null) throw new Unlike();
  return { axis, length };
}

/** The parts of a value along an axis, one after another, each an output of the call. */
function partsOf(call: Call, shapes: readonly Shape[]): readonly Term[] {
  const value = call.live("self");
  const { axis } = axisOf(call, value);
  let start = 0;
  return shapes.map((shape) => {
    const part = { ...call.opaque({ name: "slice", axis, start, step: 1 }, value), shape };
    start += shape[axis] ?? 0;
    return part;
  });
}

const PARTS = new Set(["chunk", "split", "split_with_sizes"]);

function upsampled(call: Call): Term {
  const input = call.live(call.has("input") ? "input" : "self");
  if (input.shape.length < 3 || input.shape.length !== call.shape.length) throw new Unlike();
  // A factor of its own moves the positions where it does not give a whole number of them.
  const factors = call.has("scale_factors") ? (call.numbers("scale_factors") ?? []) : [];
  const isWhole = factors.every((factor, axis) => call.shape[axis + 2] === factor * (input.shape[axis + 2] ?? 0));
  if (!isWhole) throw new Unlike();
  return call.opaque({ name: "upsample" }, input);
}

/** Pairs from the last axis back. */
function padded(call: Call): Term {
  const input = call.live("self");
  if (call.text("mode", "constant") !== "constant") throw new Unlike();
  const pairs = call.numbers("pad") ?? [];
  const rank = input.shape.length;
  const padding = input.shape.slice(1).map((_, at): Padding => {
    const from = 2 * (rank - 2 - at);
    return { before: pairs[from] ?? 0, after: pairs[from + 1] ?? 0 };
  });
  const isSound = pairs.length % 2 === 0 && pairs.length <= 2 * (rank - 1) && pairs.every((length) => length >= 0);
  if (!isSound) throw new Unlike();
  return call.opaque({ name: "pad", padding, value: call.has("value") ? call.number("value") : 0 }, input);
}

/** Operations of aten, without the "_" of those in place: what layer each is. One that is not here is opaque. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["linear", linear],
  ["addmm", matrixProduct({ input: "mat1", matrix: "mat2", bias: "self" })],
  ["mm", matrixProduct({ input: "self", matrix: "mat2", bias: "" })],
  ["matmul", firstOf(matrixProduct({ input: "self", matrix: "other", bias: "" }), productOfValues("other"))],
  ["bmm", productOfValues("mat2")],
  ["softmax", softmax(false)],
  ["_softmax", softmax(false)],
  ["log_softmax", softmax(true)],
  ["_log_softmax", softmax(true)],
  ["layer_norm", layerNorm],
  ["native_layer_norm", layerNorm],
  ["group_norm", groupNorm],
  ["native_group_norm", groupNorm],
  ["scaled_dot_product_attention", attention],
  ["slice", sliced],
  ["select", selected],
  ["upsample_nearest1d", upsampled],
  ["upsample_nearest2d", upsampled],
  ["upsample_nearest3d", upsampled],
  ["pad", padded],
  ["constant_pad_nd", padded],
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
  ["expand", expanded],
  ["t", transpose],
  ["numpy_T", transpose],
  ["transpose", transpose],
  ["permute", transpose],
]);
