import type { Padding } from "../model/graph.ts";
import { NotRunnable, type Operand, type Operation, requireRoom, sizeOf, stridesOf } from "./operation.ts";

// Operations that move numbers and change none.

/** The same numbers in the same order, in other axes. */
export function inOtherAxes({ shape: before }: Operand, declared: readonly (number | null)[]): Operation {
  const known = declared.filter((length) => length !== null);
  const open = sizeOf(before) / sizeOf(known);
  const shape = declared.map((length) => length ?? open);
  if (sizeOf(shape) !== sizeOf(before) || !Number.isInteger(open)) {
    throw new NotRunnable(`the shape [${shape.join(", ")}], but reads [${before.join(", ")}]`);
  }
  return { shape, isInPlace: false, run: undefined };
}

/** Channels × positions as channels. */
export function flattened({ shape }: Operand, fastest: "positions" | "channels"): Operation {
  if (fastest === "positions") return { shape: [sizeOf(shape)], isInPlace: false, run: undefined };
  const axes = [...shape.slice(1).map((_, axis) => axis + 1), 0];
  return { ...permuted({ shape, isConstant: false }, axes), shape: [sizeOf(shape)] };
}

/** Axis i of the output is axis `axes[i]` of the input. */
export function permuted({ shape: before }: Operand, axes: readonly number[]): Operation {
  const shape = axes.map((axis) => before[axis] as number);
  const strides = stridesOf(before);
  return gathering(before, { shape, step: (axis) => strides[axes[axis] as number] as number });
}

/** From `start` on, in steps, along an axis. */
export function sliced(
  { shape: before }: Operand,
  { axis, start, step, count }: { axis: number; start: number; step: number; count: number },
): Operation {
  if (start + (count - 1) * step >= (before[axis] ?? 0)) throw new NotRunnable(`${count} indices from ${start}`);
  const shape = before.map((length, at) => (at === axis ? count : length));
  const strides = stridesOf(before);
  return gathering(before, {
    shape,
    step: (at) => (strides[at] as number) * (at === axis ? step : 1),
    offset: start * (strides[axis] as number),
  });
}

/** The nearest position of each axis behind the channels, ⌊i·before/after⌋ in single precision, as PyTorch has it. */
export function upsampled({ shape: before }: Operand, declared: readonly (number | null)[]): Operation {
  const after = declared.slice(1);
  if (!after.every((length) => length !== null)) throw new NotRunnable("known lengths");
  const shape = [before[0] ?? 0, ...after];
  const [outer, strides] = [stridesOf(shape), stridesOf(before)];
  return fromPlaces(before, shape, (at) => {
    let place = 0;
    for (const [axis, length] of shape.entries()) {
      const index = Math.floor(at / (outer[axis] as number)) % length;
      const step = Math.fround((before[axis] as number) / length);
      const nearest = Math.min((before[axis] as number) - 1, Math.floor(Math.fround(index * step)));
      place += nearest * (strides[axis] as number);
    }
    return place;
  });
}

/** A constant around it. */
export function padded(
  { shape: before }: Operand,
  { padding, value }: { readonly padding: readonly Padding[]; readonly value: number },
): Operation {
  const shape = before.map((length, axis) => length + (padding[axis]?.before ?? 0) + (padding[axis]?.after ?? 0));
  const [outer, strides] = [stridesOf(shape), stridesOf(before)];
  const place = (at: number) => {
    let place = 0;
    for (const [axis, length] of shape.entries()) {
      const index = (Math.floor(at / (outer[axis] as number)) % length) - (padding[axis]?.before ?? 0);
      if (index < 0 || index >= (before[axis] as number)) return OUTSIDE;
      place += index * (strides[axis] as number);
    }
    return place;
  };
  return fromPlaces(before, shape, place, value);
}

/** One after another along an axis. */
export function joined(operands: readonly Operand[], axis: number): Operation {
  const [first] = operands;
  const rest = (shape: readonly number[]) => shape.map((length, at) => (at === axis ? 0 : length)).join();
  const isFitting = operands.every(({ shape }) => axis < shape.length && rest(shape) === rest(first?.shape ?? []));
  if (first === undefined || !isFitting) throw new NotRunnable("values that differ along the axis alone");
  const lengths = operands.map(({ shape }) => shape[axis] as number);
  const shape = first.shape.map((length, at) => (at === axis ? lengths.reduce((a, b) => a + b, 0) : length));
  const size = sizeOf(shape);
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const row = size / outer;
  return {
    shape,
    isInPlace: false,
    run(inputs, out, samples) {
      let start = 0;
      for (const [at, x] of inputs.entries()) {
        const part = (lengths[at] as number) * inner;
        const own = operands[at]?.isConstant === true ? 0 : outer;
        for (let index = 0; index < samples * outer; index++) {
          const from = (Math.floor(index / outer) * own + (index % outer)) * part;
          out.set(x.subarray(from, from + part), index * row + start);
        }
        start += part;
      }
    },
  };
}

const OUTSIDE = -1;

interface Gathering {
  readonly shape: readonly number[];
  /** Elements of the input from one index of an axis of the output to the next. */
  readonly step: (axis: number) => number;
  readonly offset?: number;
}

function gathering(before: readonly number[], { shape, step, offset = 0 }: Gathering): Operation {
  const outer = stridesOf(shape);
  const steps = shape.map((_, axis) => step(axis));
  return fromPlaces(before, shape, (at) =>
    shape.reduce(
      (place, length, axis) => place + (Math.floor(at / (outer[axis] as number)) % length) * (steps[axis] as number),
      offset,
    ),
  );
}

/** Each element from an index of the input; `value` where that is outside. */
function fromPlaces(
  before: readonly number[],
  shape: readonly number[],
  placeAt: (at: number) => number,
  value = 0,
): Operation {
  requireRoom(shape);
  const places = Int32Array.from({ length: sizeOf(shape) }, (_, at) => placeAt(at));
  const [size, own] = [places.length, sizeOf(before)];
  return {
    shape,
    isInPlace: false,
    run(inputs, out, samples) {
      const x = inputs[0] as Float32Array;
      for (let sample = 0; sample < samples; sample++) {
        const [to, from] = [sample * size, sample * own];
        for (let at = 0; at < size; at++) {
          const place = places[at] as number;
          out[to + at] = place === OUTSIDE ? value : (x[from + place] as number);
        }
      }
    },
  };
}
