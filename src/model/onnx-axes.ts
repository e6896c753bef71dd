import type { Call, Term } from "./onnx-call.ts";
import { FLOATING } from "./onnx-tensors.ts";
import { isSame, type Shape, Unlike } from "./term.ts";

// Operations that move numbers to other axes, or take some of them.

/** The same numbers in other axes: of each sample, channels × positions as channels, or other axes of positions. */
export function reshaped(call: Call): Term {
  const value = call.live();
  const [before, after] = [value.shape, shapeAfter(call, value.shape)];
  if (isSame(before, after)) return value;
  const [size, ...inside] = before;
  const [sizeAfter, ...insideAfter] = after;
  const isOfSamples = before.length >= 2 && after.length >= 2 && size === sizeAfter;
  if (!isOfSamples || !isKnown(inside) || !isKnown(insideAfter)) throw new Unlike();
  if (productOf(inside) !== productOf(insideAfter)) throw new Unlike();
  if (inside[0] === after[1]) return call.made({ kind: "reshape" }, after, value);
  if (after.length === 2) return call.made({ kind: "flatten", fastest: "positions" }, after, value);
  return call.opaque({ name: "rearrange" }, after, value);
}

/** The shape of what Reshape, Flatten, Squeeze or Unsqueeze make of a shape. */
export function shapeAfter(call: Call, before: Shape): Shape {
  const rank = before.length;
  switch (call.base) {
    case "Flatten": {
      if (rank === 0) throw new Unlike();
      const given = call.integer("axis", 1);
      const axis = given < 0 ? given + rank : given;
      return [productOf(before.slice(0, axis)), productOf(before.slice(axis))];
    }
    case "Squeeze": {
      if (rank === 0) throw new Unlike();
      const axes = new Set(call.axes(1, rank) ?? onesIn(before));
      if ([...axes].some((axis) => before[axis] !== 1)) throw new Unlike();
      return before.filter((_, axis) => !axes.has(axis));
    }
    case "Unsqueeze": {
      const added = call.list("axes") ?? call.integers(1) ?? [];
      const axes = new Set(call.axes(1, rank + added.length));
      const rest = [...before];
      if (axes.size !== added.length || rank + added.length > MOST_AXES) throw new Unlike();
      return Array.from({ length: rank + added.length }, (_, axis) => (axes.has(axis) ? 1 : (rest.shift() ?? null)));
    }
    default:
      return reshapedTo(call, before);
  }
}

const MOST_AXES = 64;

/** Without axes all that have the length 1; but the file may not know which these are. */
function onesIn(shape: Shape): readonly number[] {
  if (!isKnown(shape.slice(1)) || shape[0] === 1) throw new Unlike();
  return shape.flatMap((length, axis) => (length === 1 ? [axis] : []));
}

/** 0 stands for the length before; −1, once, for what is left. */
function reshapedTo(call: Call, before: Shape): Shape {
  const copies = call.integer("allowzero", 0) === 0;
  const to = call.integers(1) ?? [];
  if (to.length > MOST_AXES || to.some((length) => length !== null && length < -1)) throw new Unlike();
  const after = to.map((length, axis) => (length === 0 && copies ? (before[axis] ?? null) : length));
  const open = after.indexOf(-1);
  if (open === -1) return after;
  const rest = after.filter((_, axis) => axis !== open);
  const [size = null, ...inside] = before;
  // Samples stay samples where the rest are all numbers of one.
  if (open === 0 && before.length > 0 && isKnown(inside) && productOf(rest) === productOf(inside))
    return [size, ...rest];
  const isOfSamples = open > 0 && before.length > 0 && after[0] === size;
  const [all, others] = isOfSamples
    ? [productOf(inside), productOf(rest.slice(1))]
    : [productOf(before), productOf(rest)];
  if (all === null || others === null || others === 0 || all % others !== 0) throw new Unlike();
  return after.with(open, all / others);
}

/** null where a length is. */
function productOf(shape: Shape): number | null {
  return shape.reduce<number | null>((product, length) => {
    return product === null || length === null ? null : product * length;
  }, 1);
}

export function isKnown(lengths: Shape): lengths is readonly number[] {
  return !lengths.includes(null);
}

export function permuted(call: Call): Term {
  const value = call.live();
  const { shape } = value;
  const axes = call.list("perm") ?? shape.map((_, axis) => shape.length - 1 - axis);
  const isOrder = axes.length === shape.length && new Set(axes).size === axes.length && axes[0] === 0;
  if (!isOrder || !axes.every((axis) => axis in shape)) throw new Unlike();
  if (axes.every((axis, at) => axis === at)) return value;
  const after = axes.map((axis) => shape[axis] as number | null);
  return call.opaque({ name: "permute", axes }, after, value);
}

/** Of numbers of any precision; or to a shape that they already have. */
export function unchanged(call: Call): Term {
  const value = call.live();
  if (call.base === "Cast" && !FLOATING.has(call.integer("to", 0))) throw new Unlike();
  if (call.base === "Expand" && !isSame(call.integers(1) ?? [], value.shape)) throw new Unlike();
  return value;
}

export function joined(call: Call): Term {
  const parts = call.values();
  const shape: Shape = parts.find(({ kind }) => kind !== "constant")?.shape ?? [];
  const axis = call.axis("axis", 0, shape.length);
  const rest = (of: Shape) => of.filter((_, at) => at !== axis);
  if (axis === 0 || !parts.every((part) => isSame(rest(part.shape), rest(shape)))) throw new Unlike();
  const sum = parts.reduce<number | null>((total, part) => {
    const length = part.shape[axis] ?? null;
    return total === null || length === null ? null : total + length;
  }, 0);
  const after = shape.with(axis, sum);
  if (axis !== 1) return call.opaque({ name: "join", axis }, after, ...parts);
  if (sum === null) throw new Unlike();
  return call.made({ kind: "concat" }, after, ...parts);
}

/** A part along each of some axes, one after the other. */
export function sliced(call: Call): Term {
  const value = call.live();
  const starts = call.list("starts") ?? known(call.integers(1));
  const ends = call.list("ends") ?? known(call.integers(2));
  const axes = call.axes(3, value.shape.length) ?? starts.map((_, axis) => axis);
  const steps = call.has(4) ? known(call.integers(4)) : starts.map(() => 1);
  if ([ends, axes, steps].some(({ length }) => length !== starts.length)) throw new Unlike();
  return starts.reduce<Term>((part, from, at) => {
    const [axis, to, step] = [axes[at] as number, ends[at] as number, steps[at] as number];
    return slice(call, part, { axis, from, to, step });
  }, value);
}

function known(numbers: readonly (number | null)[] | undefined): readonly number[] {
  if (numbers === undefined || !isKnown(numbers)) throw new Unlike();
  return numbers;
}

interface Part {
  readonly axis: number;
  readonly from: number;
  /** exclusive */
  readonly to: number;
  readonly step: number;
}

function slice(call: Call, value: Term, { axis, from, to, step }: Part): Term {
  const length = value.shape[axis] ?? null;
  if (from === 0 && step === 1 && to >= (length ?? Number.MAX_SAFE_INTEGER)) return value;
  if (axis === 0 || length === null || step < 1) throw new Unlike();
  const inside = (at: number) => Math.min(length, Math.max(0, at < 0 ? at + length : at));
  const start = inside(from);
  const count = Math.ceil(Math.max(0, inside(to) - start) / step);
  return call.opaque({ name: "slice", axis, start, step }, value.shape.with(axis, count), value);
}

/** The parts of a value along an axis, one after another, each an output of the call. */
export function parted(call: Call): readonly Term[] {
  const value = call.live();
  const axis = call.axis("axis", 0, value.shape.length);
  const length = value.shape[axis] ?? null;
  if (length === null) throw new Unlike();
  const even = Math.ceil(length / call.outputCount);
  const lengths =
    call.list("split") ??
    (call.has(1) ? known(call.integers(1)) : Array.from({ length: call.outputCount }, () => even));
  if (lengths.length !== call.outputCount) call.refuse(`has ${call.outputCount} outputs, not ${lengths.length}`);
  if (lengths.some((part) => part < 0)) throw new Unlike();
  let start = 0;
  return lengths.map((part) => {
    const from = start;
    start += part;
    return slice(call, value, { axis, from, to: start, step: 1 });
  });
}

/** A single index of an axis, which is then gone. */
export function picked(call: Call): Term {
  const value = call.live();
  const axis = call.axis("axis", 0, value.shape.length);
  const [index = null] = call.integers(1) ?? [];
  const length = value.shape[axis] ?? null;
  if (call.value(1).shape.length > 0 || index === null || length === null || axis === 0) throw new Unlike();
  const from = index < 0 ? index + length : index;
  if (from < 0 || from >= length) call.refuse(`has index ${index} on an axis of ${length}`);
  const part = slice(call, value, { axis, from, to: from + 1, step: 1 });
  const after = value.shape.filter((_, at) => at !== axis);
  return call.opaque({ name: "rearrange" }, after, part);
}
