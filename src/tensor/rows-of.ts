import type { Layout } from "./neuron-sums.ts";
import type { Tensor } from "./tensor.ts";

/** An array whose last axis is the fastest, as a scenario takes it. */
export interface Rows {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/**
 * The elements of an array with the rows that a layout says on the first axis, whichever order the file has them in; the other
 * axes keep their order.
 */
export function rowsOf({ shape, order, values: decoded }: Tensor, layout: Layout): Rows {
  const values = decoded();
  const axes = shape.map((_, axis) => axis);
  const last = layout === "in-first" ? axes.pop() : undefined;
  const wanted = last === undefined ? axes : [last, ...axes];
  const turned = wanted.map((axis) => shape[axis] ?? 0);
  const strides = stridesOf(shape, order);
  const steps = wanted.map((axis) => strides[axis] ?? 0);
  if (isInPlace(turned, steps)) return { shape: turned, values };
  const out = new Float64Array(values.length);
  const index = turned.map(() => 0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = values[from];
    // Counts up like an odometer, the last axis the fastest.
    for (let axis = turned.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++index[axis] < turned[axis]) break;
      from -= steps[axis] * turned[axis];
      index[axis] = 0;
    }
  }
  return { shape: turned, values: out };
}

/** Elements from one index of an axis to the next. */
function stridesOf(shape: readonly number[], order: Tensor["order"]): readonly number[] {
  const strides = shape.map(() => 1);
  for (let at = 1; at < shape.length; at++) {
    const [axis, before] = order === "C" ? [shape.length - 1 - at, shape.length - at] : [at, at - 1];
    strides[axis] = strides[before] * shape[before];
  }
  return strides;
}

function isInPlace(shape: readonly number[], steps: readonly number[]): boolean {
  return stridesOf(shape, "C").every((stride, axis) => stride === steps[axis]);
}
