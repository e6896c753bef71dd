import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { neuronSums } from "../../src/tensor/neuron-sums.ts";
import { rowsOf } from "../../src/tensor/rows-of.ts";
import type { Order, Tensor } from "../../src/tensor/tensor.ts";

const ORDERS = ["C", "Fortran"] as const;
const LAYOUTS = ["out-first", "in-first"] as const;

/** An array whose element at [i, j, …] is i + 10·j + 100·…, stored in an order. */
function numbered(shape: readonly number[], order: Order): Tensor {
  const count = shape.reduce((product, length) => product * length, 1);
  const values = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    let rest = at;
    const fastestFirst = order === "C" ? [...shape.keys()].toReversed() : [...shape.keys()];
    for (const axis of fastestFirst) {
      values[at] += (rest % (shape[axis] ?? 1)) * 10 ** axis;
      rest = Math.floor(rest / (shape[axis] ?? 1));
    }
  }
  return { name: "w", shape, order, values: () => values.slice() };
}

describe("rows are the same whatever order a file has them in", () => {
  it.each(ORDERS)("%s, neurons first", (order) => {
    expect(rowsOf(numbered([2, 3], order), "out-first")).toEqual({
      shape: [2, 3],
      values: Float64Array.of(0, 10, 20, 1, 11, 21),
    });
  });

  it.each(ORDERS)("%s, neurons last, the other axes in their order", (order) => {
    expect(rowsOf(numbered([2, 2, 3], order), "in-first")).toEqual({
      shape: [3, 2, 2],
      values: Float64Array.of(0, 10, 1, 11, 100, 110, 101, 111, 200, 210, 201, 211),
    });
  });
});

test.prop([
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }),
  fc.constantFrom(...ORDERS),
  fc.constantFrom(...LAYOUTS),
])("each row has the sums of its neuron", (shape, order, layout) => {
  const tensor = numbered(shape, order);
  const { shape: turned, values } = rowsOf(tensor, layout);
  const { inputs, neurons } = neuronSums(tensor, layout);
  expect(turned[0]).toBe(neurons.length);
  for (const [neuron, { sum, sumOfSquares }] of neurons.entries()) {
    const row = values.subarray(neuron * inputs, (neuron + 1) * inputs);
    expect(row.reduce((total, weight) => total + weight, 0)).toBe(sum);
    expect(row.reduce((total, weight) => total + weight * weight, 0)).toBe(sumOfSquares);
  }
});

it("without axes or with one there is nothing to turn", () => {
  expect(rowsOf(numbered([], "C"), "out-first")).toEqual({ shape: [], values: Float64Array.of(0) });
  expect(rowsOf(numbered([3], "C"), "in-first")).toEqual({ shape: [3], values: Float64Array.of(0, 1, 2) });
});
