import { stridedTensor } from "../tensor/strided.ts";
import type { Padding, PoolOfModel } from "./graph.ts";
import { isKnown } from "./onnx-axes.ts";
import type { Call, Term } from "./onnx-call.ts";
import { type Shape, Unlike } from "./term.ts";
import { type Windows, windowsAlong } from "./windows.ts";

// Operations over axes of positions.

export function convolution(call: Call): Term {
  const input = call.live();
  const weight = call.strided(1);
  const [outputs = 0, inputs = 0, ...kernel] = weight.shape;
  const axes = kernel.length;
  if (axes < 1 || axes > 3 || (input.shape.length !== axes + 2 && input.shape.length > 0)) throw new Unlike();
  if (kernel.includes(0)) call.refuse("has a kernel without elements");
  const groups = call.integer("group", 1);
  if (groups < 1 || outputs % groups !== 0) call.refuse(`has ${outputs} outputs, which ${groups} groups do not divide`);
  const [samples = null, channels = null, ...positions] =
    input.shape.length > 0 ? input.shape : [null, null, ...kernel.map(() => null)];
  call.requireLength(channels, { is: inputs * groups, what: "channels" });
  const { stride, padding, dilation, ...windows } = windowsOf(call, kernel, positions);
  const after = [samples, outputs, ...lengthsAfter(positions, { stride, padding, dilation, ...windows })];
  const bias = call.bias(2, [outputs]);
  return call.made(
    { kind: "convolution", weight: stridedTensor(weight), bias, groups, stride, padding, dilation },
    after,
    input,
  );
}

function windowsOf(call: Call, size: readonly number[], positions: Shape): Windows {
  const axes = size.length;
  const stride = call.whole("strides", { axes, least: 1, fallback: 1 });
  const dilation = call.whole("dilations", { axes, least: 1, fallback: 1 });
  const roundsUp = call.integer("ceil_mode", 0) !== 0;
  const reach = size.map((taps, axis) => (dilation[axis] as number) * (taps - 1) + 1);
  return { size, stride, dilation, roundsUp, padding: paddingOf(call, { reach, stride, positions }) };
}

interface Steps {
  /** Positions from the first to the last of a window. */
  readonly reach: readonly number[];
  readonly stride: readonly number[];
  readonly positions: Shape;
}

/** In numbers; or by name, as much as keeps the number of positions, over the stride. */
function paddingOf(call: Call, { reach, stride, positions }: Steps): readonly Padding[] {
  const axes = reach.length;
  const name = call.text("auto_pad", "NOTSET");
  if (name === "NOTSET") {
    const pads = call.whole("pads", { axes: 2 * axes, least: 0, fallback: 0 });
    return reach.map((_, axis) => ({ before: pads[axis] as number, after: pads[axis + axes] as number }));
  }
  if (name === "VALID") return reach.map(() => ({ before: 0, after: 0 }));
  if (name !== "SAME_UPPER" && name !== "SAME_LOWER") throw new Unlike();
  return reach.map((taps, axis) => {
    const step = stride[axis] as number;
    const length = positions[axis] ?? null;
    if (length === null && step > 1) throw new Unlike();
    const both = length === null ? taps - 1 : Math.max(0, (Math.ceil(length / step) - 1) * step + taps - length);
    const [less, more] = [Math.floor(both / 2), Math.ceil(both / 2)];
    return name === "SAME_UPPER" ? { before: less, after: more } : { before: more, after: less };
  });
}

function lengthsAfter(positions: Shape, windows: Windows): Shape {
  return positions.map((length, axis) => (length === null ? null : windowsAlong(length, axis, windows)));
}

type PoolName = PoolOfModel["pool"];

export function pool(name: PoolName): (call: Call) => Term {
  return (call) => {
    const { input, outside, positions } = pooled(call);
    const axes = positions.length;
    const windows = windowsOf(call, call.whole("kernel_shape", { axes, least: 1, fallback: 1 }), positions);
    const isWide = windows.padding.some(({ before, after }, axis) => Math.max(before, after) >= reachOf(windows, axis));
    if (isWide || call.integer("storage_order", 0) !== 0) throw new Unlike();
    const isInside = name === "average" && call.integer("count_include_pad", 0) === 0;
    const divisor = isInside ? "inside" : "padded";
    const after = [...outside, ...lengthsAfter(positions, windows)];
    return call.made({ kind: "pool", pool: name, window: { kind: "sliding", ...windows, divisor } }, after, input);
  };
}

function reachOf({ size, dilation }: Windows, axis: number): number {
  return (dilation[axis] as number) * ((size[axis] as number) - 1) + 1;
}

/** To one position. */
export function globalPool(name: PoolName): (call: Call) => Term {
  return (call) => {
    const { input, outside, positions } = pooled(call);
    const to = positions.map(() => 1);
    return call.made({ kind: "pool", pool: name, window: { kind: "adaptive", to } }, [...outside, ...to], input);
  };
}

function pooled(call: Call) {
  const input = call.live();
  if (input.shape.length < 3 || input.shape.length > 5) throw new Unlike();
  return { input, outside: input.shape.slice(0, 2), positions: input.shape.slice(2) };
}

/** The mean, or the maximum, over all axes of positions; or the mean over others. */
export function reduction(name: PoolName): (call: Call) => Term {
  return (call) => {
    const input = call.live();
    const { shape } = input;
    const given = call.axes(1, shape.length) ?? [];
    const isOfAll = given.length === 0 && call.integer("noop_with_empty_axes", 0) === 0;
    const axes = new Set(isOfAll ? shape.keys() : given);
    const keeps = call.integer("keepdims", 1) !== 0;
    const after = shape.flatMap((length, axis) => (!axes.has(axis) ? [length] : keeps ? [1] : []));
    const isOfPositions = shape.length > 2 && shape.every((_, axis) => axes.has(axis) === axis > 1);
    if (isOfPositions) {
      const to = shape.slice(2).map(() => 1);
      return call.made({ kind: "pool", pool: name, window: { kind: "adaptive", to } }, after, input);
    }
    if (name !== "average" || axes.size === 0 || axes.has(0)) throw new Unlike();
    return call.opaque({ name: "mean", axes: [...axes] }, after, input);
  };
}

export function padded(call: Call): Term {
  const input = call.live();
  const rank = input.shape.length;
  if (call.text("mode", "constant") !== "constant") throw new Unlike();
  const pads = call.list("pads") ?? call.integers(1) ?? [];
  const axes = call.axes(3, rank) ?? [...input.shape.keys()];
  const isSound = pads.length === 2 * axes.length && pads.every((length) => length !== null && length >= 0);
  if (rank < 2 || !isKnown(pads) || !isSound || new Set(axes).size !== axes.length) throw new Unlike();
  const all = input.shape.map((_, axis): Padding => {
    const at = axes.indexOf(axis);
    return { before: pads[at] ?? 0, after: at === -1 ? 0 : (pads[at + axes.length] as number) };
  });
  const [samples, ...padding] = all;
  if (samples?.before !== 0 || samples.after !== 0) throw new Unlike();
  const value = call.hasAttribute("value") ? call.number("value", 0) : call.single(2, 0);
  const after = input.shape.map((length, axis) => {
    const { before = 0, after: behind = 0 } = all[axis] ?? {};
    return length === null ? null : length + before + behind;
  });
  return call.opaque({ name: "pad", padding, value }, after, input);
}

/** To a multiple of the positions, where each way to round gives the same; or by the way that PyTorch rounds. */
export function resized(call: Call): Term {
  const input = call.live();
  const { shape } = input;
  if (shape.length < 3 || call.text("mode", "nearest") !== "nearest" || call.hasAttribute("axes")) throw new Unlike();
  const after = call.has(3) ? call.integers(3) : lengthsByFactor(call, shape);
  if (after?.length !== shape.length || !isKnown(after.slice(1)) || !isKnown(shape.slice(1))) throw new Unlike();
  const [, channels, ...positions] = shape as readonly number[];
  const [, channelsAfter, ...positionsAfter] = after as readonly number[];
  if (channels !== channelsAfter || positionsAfter.some((length) => length < 1)) throw new Unlike();
  const isMultiple = positionsAfter.every((length, axis) => length % (positions[axis] as number) === 0);
  const isOld = call.version < FIRST_ROUNDING;
  const transformation = call.text("coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel");
  const rounding = call.text("nearest_mode", isOld ? "floor" : "round_prefer_floor");
  const isFloor = transformation === "asymmetric" && rounding === "floor";
  const isCentred = transformation === "half_pixel" && rounding.startsWith("round_prefer_");
  if (!isFloor && !(isMultiple && isCentred)) throw new Unlike();
  return call.opaque({ name: "upsample" }, [shape[0] ?? null, channelsAfter as number, ...positionsAfter], input);
}

/** Versions before it have one way to round, and the factors where the later ones have a region. */
const FIRST_ROUNDING = 11;

/** What is not a whole number of positions is rounded in another way by each program. */
function lengthsByFactor(call: Call, shape: Shape): readonly (number | null)[] {
  const factors = call.elements(call.version < FIRST_ROUNDING ? 1 : 2);
  return shape.map((length, axis) => {
    const after = length === null ? null : length * (factors[axis] ?? 1);
    if (after !== null && !Number.isInteger(after)) throw new Unlike();
    return after;
  });
}
