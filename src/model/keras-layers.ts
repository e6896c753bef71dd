import { type StridedTensor, stridedTensor } from "../tensor/strided.ts";
import type { Affine } from "./computation.ts";
import type { BatchNormOfModel, Padding } from "./graph.ts";
import { activated, activationLayer } from "./keras-activations.ts";
import type { LayerCall, Term } from "./keras-call.ts";
import { shapeOf } from "./keras-config.ts";
import { arithmetic, merged } from "./keras-merges.ts";
import { noiseLayer } from "./keras-noise.ts";
import { type Live, type MadeOf, type Shape, Unlike } from "./term.ts";
import { type Windows, windowsAlong } from "./windows.ts";

/** What the output of a call of one of Keras's layers is in terms of layers; undefined for a class without an entry. */
export function termOf(call: LayerCall): Term | undefined {
  if (call.isFunction) return arithmetic(call);
  return RULES.get(call.className)?.(call) ?? noiseLayer(call) ?? activationLayer(call) ?? merged(call);
}

type Rule = (call: LayerCall) => Term;

/** Over the channels at each position. */
function dense(call: LayerCall): Term {
  const input = call.input();
  const [kernel, bias] = call.variables("kernel", ...biasOf(call));
  const [inputs = 0, outputs = 0] = kernel?.shape ?? [];
  if (kernel?.shape.length !== 2) throw new Unlike();
  const [size, channels, ...positions] = input.shape;
  const rank = input.shape.length;
  const isLinear = rank === 2 || call.channels === "first";
  call.requireLength(isLinear ? input.shape.at(-1) : channels, { is: inputs, what: "inputs" });
  const weight = { ...kernel, shape: [outputs, inputs], strides: [1, outputs] };
  const biases = bias === undefined ? null : call.tensor(bias, [outputs]);
  if (isLinear) {
    const layer = { kind: "linear", weight: stridedTensor(weight), bias: biases } as const;
    return activated(call, call.made(layer, [...input.shape.slice(0, -1), outputs], input));
  }
  const ones = positions.map(() => 1);
  if (ones.length > MOST_POSITIONS) throw new Unlike();
  const layer = {
    ...({ kind: "convolution", groups: 1, bias: biases } as const),
    weight: stridedTensor({ ...weight, shape: [...weight.shape, ...ones], strides: [...weight.strides, ...ones] }),
    ...{ stride: ones, padding: evenly(ones, 0), dilation: ones },
  };
  return activated(call, call.made(layer, [size ?? null, outputs, ...positions], input));
}

/** Axes of positions of a convolution. */
const MOST_POSITIONS = 3;

function biasOf(call: LayerCall): readonly string[] {
  return call.flag("use_bias", true) ? ["bias"] : [];
}

/** In files: positions, inputs of a group, outputs. */
function convolution(axes: number): Rule {
  return (call) => {
    const [kernel, bias] = call.variables("kernel", ...biasOf(call));
    if (kernel?.shape.length !== axes + 2) throw new Unlike();
    const [groups = 1] = call.whole("groups", 1, [1]);
    const weight = withOutputsFirst(kernel, axes);
    return activated(call, convolved(call, call.input(axes), { weight, groups, bias, ...stepsOf(call, axes) }));
  };
}

/** In files: positions, inputs, outputs of each input. */
function depthwise(axes: number): Rule {
  return (call) => {
    const [kernel, bias] = call.variables(["kernel", "depthwise_kernel"], ...biasOf(call));
    if (kernel?.shape.length !== axes + 2) throw new Unlike();
    const { weight, groups } = ofEachInput(kernel, axes);
    return activated(call, convolved(call, call.input(axes), { weight, groups, bias, ...stepsOf(call, axes) }));
  };
}

/** A depthwise convolution, then one over the channels at each position. */
function separable(axes: number): Rule {
  return (call) => {
    const [kernel, mixing, bias] = call.variables("depthwise_kernel", "pointwise_kernel", ...biasOf(call));
    if (kernel?.shape.length !== axes + 2 || mixing?.shape.length !== axes + 2) throw new Unlike();
    const own = convolved(call, call.input(axes), { ...ofEachInput(kernel, axes), ...stepsOf(call, axes) });
    const ones = Array.from({ length: axes }, () => 1);
    const steps = { stride: ones, dilation: ones, padding: "valid" };
    const weight = withOutputsFirst(mixing, axes);
    return activated(call, convolved(call, own, { weight, groups: 1, bias, ...steps }));
  };
}

function withOutputsFirst({ shape, strides, ...rest }: StridedTensor, axes: number): StridedTensor {
  const order = [axes + 1, axes, ...Array.from({ length: axes }, (_, axis) => axis)];
  const ordered = (lengths: readonly number[]) => order.map((axis) => lengths[axis] as number);
  return { ...rest, shape: ordered(shape), strides: ordered(strides) };
}

/** Outputs stand input by input. */
function ofEachInput({ shape, strides, ...rest }: StridedTensor, axes: number) {
  const [inputs = 0, each = 0] = shape.slice(axes);
  const weight = {
    ...rest,
    shape: [inputs * each, 1, ...shape.slice(0, axes)],
    strides: [1, 1, ...strides.slice(0, axes)],
  };
  return { weight, groups: inputs };
}

interface Steps {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** "valid", "same" or "causal". */
  readonly padding: string;
}

function stepsOf(call: LayerCall, axes: number): Steps {
  const ones = Array.from({ length: axes }, () => 1);
  return {
    stride: call.whole("strides", axes, ones),
    dilation: call.whole("dilation_rate", axes, ones),
    padding: call.text("padding", "valid"),
  };
}

interface Kernel extends Steps {
  readonly weight: StridedTensor;
  readonly groups: number;
  readonly bias?: StridedTensor | undefined;
}

function convolved(call: LayerCall, input: Term, { weight, groups, bias, padding, ...steps }: Kernel): MadeOf<Live> {
  call.requireFormat();
  const [outputs = 0, inputs = 0, ...size] = weight.shape;
  if (size.includes(0)) call.refuse("has a kernel without elements");
  if (outputs === 0 || outputs % groups !== 0)
    call.refuse(`has ${outputs} outputs, which ${groups} groups do not divide`);
  call.requireLength(input.shape[1], { is: inputs * groups, what: "inputs" });
  const { windows, positions } = windowsOver(call, input, { size, padding, ...steps });
  return call.made(
    {
      ...({ kind: "convolution", groups } as const),
      weight: stridedTensor(weight),
      bias: bias === undefined ? null : call.tensor(bias, [outputs]),
      ...{ stride: windows.stride, padding: windows.padding, dilation: windows.dilation },
    },
    [input.shape[0] ?? null, outputs, ...positions],
    input,
  );
}

/** Windows with the padding that a name stands for, and how many there are along each axis. */
function windowsOver(
  call: LayerCall,
  { shape }: Term,
  { size, stride, dilation, padding: name }: Steps & { readonly size: readonly number[] },
): { readonly windows: Windows; readonly positions: Shape } {
  const lengths = shape.slice(2);
  const padding = size.map((taps, axis): Padding => {
    const reach = (dilation[axis] as number) * (taps - 1);
    switch (name) {
      case "valid":
        return { before: 0, after: 0 };
      case "causal":
        return { before: reach, after: 0 };
      case "same":
        return same(lengths[axis] ?? null, { reach, step: stride[axis] as number });
      default:
        throw new Unlike();
    }
  });
  const windows: Windows = { size, stride, padding, dilation, roundsUp: false };
  const positions = lengths.map((length, axis) => (length === null ? null : windowsAlong(length, axis, windows)));
  const short = positions.indexOf(0);
  if (short !== -1) call.refuse(`reads ${lengths[short]} positions, fewer than its window`);
  return { windows, positions };
}

/** As much that ⌈length/step⌉ windows fit, the odd zero at the end. */
function same(length: number | null, { reach, step }: { readonly reach: number; readonly step: number }): Padding {
  if (length === null && step > 1) throw new Unlike();
  const both = length === null ? reach : Math.max(0, (Math.ceil(length / step) - 1) * step + reach + 1 - length);
  return { before: Math.floor(both / 2), after: Math.ceil(both / 2) };
}

/** As much before as after. */
function evenly(axes: readonly number[], length: number): readonly Padding[] {
  return axes.map(() => ({ before: length, after: length }));
}

function batchNorm(call: LayerCall): Term {
  const input = call.input();
  const [axis, ...others] = call.axes("axis", input.shape.length, -1);
  // During training and at test time alike by the mini-batch.
  if (axis !== 1 || others.length > 0 || call.isTraining) throw new Unlike();
  const [scale, center] = [call.flag("scale", true), call.flag("center", true)];
  const names = [...(scale ? ["gamma"] : []), ...(center ? ["beta"] : []), "moving_mean", "moving_variance"];
  const stored = call.variables(...names);
  const [means, variances] = stored.slice(-2) as [StridedTensor, StridedTensor];
  const channels = means.shape[0] ?? 0;
  call.requireLength(input.shape[1], { is: channels, what: "channels" });
  const vectors = stored.map((one) => call.vector(one, channels));
  const [mean, variance] = vectors.slice(-2) as [Float64Array, Float64Array];
  const negative = variance.find((value) => value < 0);
  if (negative !== undefined) call.refuse(`has the moving variance ${negative}, which must be 0 or more`);
  const epsilon = call.number("epsilon", 1e-3);
  if (epsilon < 0) call.refuse(`has epsilon ${epsilon}, which must be 0 or more`);
  const norm: BatchNormOfModel = {
    ...({ kind: "batch-norm", name: call.path } as const),
    arrays: { mean: means.name, variance: variances.name },
    gain: scale ? (vectors[0] ?? null) : null,
    bias: center ? (vectors[scale ? 1 : 0] ?? null) : null,
    ...{ mean, variance, epsilon },
  };
  const [size = null, , ...positions] = input.shape;
  return call.made(norm, [size, channels, ...positions], input);
}

function pool(name: "max" | "average", axes: number): Rule {
  return (call) => {
    const input = call.input(axes);
    call.requireFormat();
    const size = call.whole("pool_size", axes);
    const stride = call.whole("strides", axes, size);
    const dilation = size.map(() => 1);
    const steps = { size, stride, dilation, padding: call.text("padding", "valid") };
    const { windows, positions } = windowsOver(call, input, steps);
    const [samples = null, channels = null] = input.shape;
    const window = { kind: "sliding", ...windows, divisor: "inside" } as const;
    return call.made({ kind: "pool", pool: name, window }, [samples, channels, ...positions], input);
  };
}

function globalPool(name: "max" | "average", axes: number): Rule {
  return (call) => {
    const input = call.input(axes);
    call.requireFormat();
    if (call.isMasked) throw new Unlike();
    const [samples = null, channels = null, ...positions] = input.shape;
    const to = positions.map(() => 1);
    const kept = call.flag("keepdims", false) ? to : [];
    const window = { kind: "adaptive", to } as const;
    return call.made({ kind: "pool", pool: name, window }, [samples, channels, ...kept], input);
  };
}

function flatten(call: LayerCall): Term {
  const input = call.input();
  if (input.shape.length === 2) return input;
  const format = call.text("data_format", "channels_last");
  if (call.channels === "last" && format !== "channels_last") throw new Unlike();
  // Of a model with its channels first, "channels_first" moves them last.
  return flattened(call, input, call.channels === format.replace("channels_", "") ? "channels" : "positions");
}

function flattened(call: LayerCall, input: Live, fastest: "channels" | "positions"): Term {
  const [samples = null, ...inside] = input.shape;
  return call.made({ kind: "flatten", fastest }, [samples, productOf(inside)], input);
}

function productOf(lengths: Shape): number | null {
  return lengths.reduce((product, length) => (product === null || length === null ? null : product * length), 1);
}

function reshape(call: LayerCall): Term {
  const input = call.input();
  const [samples = null, ...inside] = inKeras(call, input.shape);
  const all = productOf(inside);
  const given = Array.isArray(call.field("target_shape")) ? (call.field("target_shape") as readonly unknown[]) : [];
  const rest = given.reduce<number>((product, length) => (length === -1 ? product : product * Number(length)), 1);
  const target = shapeOf(given.map((length) => (length === -1 && all !== null ? all / rest : length)));
  if (target === null || target.length === 0 || all === null || productOf(target) !== all) throw new Unlike();
  const after = fromKeras(call, [samples, ...target]);
  if (after.join() === input.shape.join()) return input;
  if (after.length === 2) return flattened(call, input, call.channels === "last" ? "channels" : "positions");
  if (after[1] === input.shape[1]) return call.made({ kind: "reshape" }, after, input);
  return movedBack(call, call.opaque({ name: "rearrange" }, [samples, ...target], moved(call, input)));
}

/** A shape of the graph in the order that Keras has the axes in. */
function inKeras({ channels }: LayerCall, shape: Shape): Shape {
  const [samples = null, first = null, ...positions] = shape;
  return channels === "first" || shape.length < 3 ? shape : [samples, ...positions, first];
}

function fromKeras({ channels }: LayerCall, shape: Shape): Shape {
  const last = shape.at(-1) ?? null;
  return channels === "first" || shape.length < 3 ? shape : [shape[0] ?? null, last, ...shape.slice(1, -1)];
}

/** A value with its axes in the order of Keras. */
function moved(call: LayerCall, value: Term): Term {
  const axes = value.shape.map((_, axis) => axis);
  const order = [0, ...axes.slice(2), 1];
  if (call.channels === "first" || axes.length < 3) return value;
  return call.opaque({ name: "permute", axes: order }, inKeras(call, value.shape), value);
}

function movedBack(call: LayerCall, value: Term): Term {
  const axes = value.shape.map((_, axis) => axis);
  const order = [0, axes.length - 1, ...axes.slice(1, -1)];
  if (call.channels === "first" || axes.length < 3) return value;
  return call.opaque({ name: "permute", axes: order }, fromKeras(call, value.shape), value);
}

/** `dims` counts the axes of Keras behind the samples from 1. */
function permute(call: LayerCall): Term {
  const input = call.input();
  const rank = input.shape.length;
  const given = call.field("dims");
  const dims: readonly unknown[] = Array.isArray(given) ? given : [];
  const axes: number[] = [0];
  for (const [index, axis] of dims.entries()) axes[call.axis(index + 1, rank)] = call.axis(axis, rank);
  if (dims.length !== rank - 1 || new Set(axes).size !== rank) throw new Unlike();
  const shape = axes.map((axis) => input.shape[axis] ?? null);
  return call.opaque({ name: "permute", axes }, shape, input);
}

/** Over the last axes of Keras. */
function layerNorm(call: LayerCall): Term {
  const input = call.input();
  const rank = input.shape.length;
  const shape = inKeras(call, input.shape);
  const given = call.has("axis") ? call.field("axis") : -1;
  const axes = (Array.isArray(given) ? given : [given]).map((axis: unknown) =>
    typeof axis === "number" && axis < 0 ? axis + rank : axis,
  );
  const count = axes.length;
  const isLast = axes.toSorted().every((axis, index) => axis === rank - count + index) && count < rank;
  if (!isLast || call.flag("rms_scaling", false)) throw new Unlike();
  const affine = affineOf(call, shape.slice(-count));
  return movedBack(call, call.opaque({ name: "layer-norm", axes: count, affine }, shape, moved(call, input)));
}

function groupNorm(call: LayerCall): Term {
  const input = call.input();
  const channels = input.shape[1] ?? null;
  const [axis] = call.axes("axis", input.shape.length, -1);
  const given = call.number("groups", 32);
  // Each channel by itself.
  const groups = given === -1 ? channels : given;
  if (axis !== 1 || channels === null || groups === null || groups < 1 || channels % groups !== 0) throw new Unlike();
  const affine = affineOf(call, [channels]);
  return call.opaque({ name: "group-norm", groups, affine }, input.shape, input);
}

function affineOf(call: LayerCall, shape: Shape): Affine {
  const [scale, center] = [call.flag("scale", true), call.flag("center", true)];
  const stored = call.variables(...(scale ? ["gamma"] : []), ...(center ? ["beta"] : []));
  const [gain, bias] = [scale ? stored[0] : undefined, center ? stored[scale ? 1 : 0] : undefined];
  return {
    gain: gain === undefined ? null : call.tensor(gain, shape),
    bias: bias === undefined ? null : call.tensor(bias, shape),
    epsilon: call.number("epsilon", 1e-3),
  };
}

function zeroPadding(axes: number): Rule {
  return (call) => {
    const input = call.input(axes);
    call.requireFormat();
    const given: unknown = call.field("padding");
    const pairs: readonly unknown[] = axes === 1 ? [given] : Array.isArray(given) ? given : [];
    const around = pairs.map((pair): Padding => {
      const [before, after] = shapeOf(pair) ?? [];
      if (typeof before !== "number" || typeof after !== "number") throw new Unlike();
      return { before, after };
    });
    if (around.length !== axes) throw new Unlike();
    const padding = [{ before: 0, after: 0 }, ...around];
    const shape = input.shape.map((length, axis) => {
      const { before, after } = padding[axis - 1] ?? { before: 0, after: 0 };
      return length === null ? null : before + length + after;
    });
    return call.opaque({ name: "pad", padding, value: 0 }, shape, input);
  };
}

function upSampling(axes: number): Rule {
  return (call) => {
    const input = call.input(axes);
    call.requireFormat();
    if (call.text("interpolation", "nearest") !== "nearest") throw new Unlike();
    const size = call.whole("size", axes);
    const shape = input.shape.map((length, axis) => (length === null ? null : length * (size[axis - 2] ?? 1)));
    return call.opaque({ name: "upsample" }, shape, input);
  };
}

/** With numbers, or lists of them for the channels. */
function rescaling(call: LayerCall): Term {
  const input = call.input();
  const [factor, offset] = [call.field("scale"), call.field("offset") ?? 0].map((given): number | Float64Array => {
    const numbers: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (!numbers.every((one): one is number => Number.isFinite(one))) throw new Unlike();
    return typeof given === "number" ? given : ofChannels(input, Float64Array.from(numbers));
  }) as [number | Float64Array, number | Float64Array];
  return shifted(call, scaled(call, input, factor), offset);
}

/** (x − mean)/√variance of the data that it was adapted to. */
function normalization(call: LayerCall): Term {
  const input = call.input();
  const [axis, ...others] = call.axes("axis", input.shape.length, -1);
  if (axis !== 1 || others.length > 0 || call.has("mean") || call.flag("invert", false)) throw new Unlike();
  const [mean, variance] = call.variables("mean", "variance").map((stored) => {
    return ofChannels(input, call.vector(stored, stored.shape[0] ?? 0));
  }) as [Float64Array, Float64Array];
  const centred = shifted(
    call,
    input,
    mean.map((value) => -value),
  );
  return scaled(
    call,
    centred,
    variance.map((value) => 1 / Math.max(Math.sqrt(value), LEAST_DEVIATION)),
  );
}

/** keras.config.epsilon. */
const LEAST_DEVIATION = 1e-7;

function ofChannels({ shape }: Live, values: Float64Array): Float64Array {
  if (values.length === 0 || shape[1] !== values.length) throw new Unlike();
  return values;
}

function scaled(call: LayerCall, value: Term, by: number | Float64Array): Term {
  if (by === 1) return value;
  if (typeof by === "number") return call.made({ kind: "scale", factor: by }, value.shape, value);
  return call.made({ kind: "multiply" }, value.shape, value, call.perChannel(by, value.shape.length));
}

function shifted(call: LayerCall, value: Term, by: number | Float64Array): Term {
  if (by === 0) return value;
  const constant = typeof by === "number" ? call.constant(by) : call.perChannel(by, value.shape.length);
  return call.made({ kind: "add" }, value.shape, value, constant);
}

/** What gives its input at test time: data augmentation is taken as part of the data, as that of a data loader is. */
function unchanged(call: LayerCall): Term {
  return call.input();
}

/** Layers of Keras that are neither noise, nor an activation, nor merge values. One that is nowhere is opaque. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["Dense", dense],
  ["Conv1D", convolution(1)],
  ["Conv2D", convolution(2)],
  ["Conv3D", convolution(3)],
  ["DepthwiseConv1D", depthwise(1)],
  ["DepthwiseConv2D", depthwise(2)],
  ["SeparableConv1D", separable(1)],
  ["SeparableConv2D", separable(2)],
  ["BatchNormalization", batchNorm],
  ["MaxPooling1D", pool("max", 1)],
  ["MaxPooling2D", pool("max", 2)],
  ["MaxPooling3D", pool("max", 3)],
  ["AveragePooling1D", pool("average", 1)],
  ["AveragePooling2D", pool("average", 2)],
  ["AveragePooling3D", pool("average", 3)],
  ["GlobalMaxPooling1D", globalPool("max", 1)],
  ["GlobalMaxPooling2D", globalPool("max", 2)],
  ["GlobalMaxPooling3D", globalPool("max", 3)],
  ["GlobalAveragePooling1D", globalPool("average", 1)],
  ["GlobalAveragePooling2D", globalPool("average", 2)],
  ["GlobalAveragePooling3D", globalPool("average", 3)],
  ["Flatten", flatten],
  ["Reshape", reshape],
  ["Permute", permute],
  ["LayerNormalization", layerNorm],
  ["GroupNormalization", groupNorm],
  ["ZeroPadding1D", zeroPadding(1)],
  ["ZeroPadding2D", zeroPadding(2)],
  ["ZeroPadding3D", zeroPadding(3)],
  ["UpSampling1D", upSampling(1)],
  ["UpSampling2D", upSampling(2)],
  ["UpSampling3D", upSampling(3)],
  ["Rescaling", rescaling],
  ["Normalization", normalization],
  ["Identity", unchanged],
  ["ActivityRegularization", unchanged],
  ["RandomBrightness", unchanged],
  ["RandomContrast", unchanged],
  ["RandomFlip", unchanged],
  ["RandomRotation", unchanged],
  ["RandomTranslation", unchanged],
  ["RandomZoom", unchanged],
]);
