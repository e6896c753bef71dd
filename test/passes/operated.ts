import { expect } from "vitest";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import type { ModelLayer } from "../../src/model/graph.ts";
import { loaded } from "../../src/passes/loaded.ts";
import type { Operand } from "../../src/passes/operation.ts";
import { operationOf } from "../../src/passes/operations.ts";
import { productRoom } from "../../src/passes/product.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { simdKernel } from "../kernel/simd-kernel.ts";
import type { Nd } from "./plain.ts";

/** What an operation reads: with its samples, or, where it is a constant, without. */
export type Read = Nd | { readonly constant: Nd };

/** Of both kernels, which must have the same bits; and in place, where the operation says that it may be. */
export function operated(layer: ModelLayer, reads: readonly Read[], shape: readonly (number | null)[]): Nd {
  const [one, other] = [referenceKernel, simdKernel(1 << 20)].map((kernel) => operatedBy(kernel, layer, reads, shape));
  expect(other).toEqual(one);
  return one as Nd;
}

function operatedBy(kernel: Kernel, layer: ModelLayer, reads: readonly Read[], shape: readonly (number | null)[]): Nd {
  const node = loaded({ layer, from: reads.map((_, at) => at), shape, module: "", source: null });
  const operands = reads.map(
    (read): Operand =>
      "constant" in read
        ? { shape: read.constant.shape, isConstant: true }
        : { shape: read.shape.slice(1), isConstant: false },
  );
  const live = reads.find((read) => !("constant" in read)) as Nd;
  const samples = live.shape[0] ?? 0;
  const operation = operationOf({ node, operands, kernel, room: productRoom(kernel, 64) });
  const inputs = reads.map((read) => Float32Array.from("constant" in read ? read.constant.values : read.values));
  const [first = new Float32Array(0)] = inputs;
  if (operation.run === undefined) return { shape: [samples, ...operation.shape], values: Float64Array.from(first) };
  const size = operation.shape.reduce((product, length) => product * length, samples);
  // Memory is used again: what was there must not matter.
  const out = new Float32Array(size).fill(Number.NaN);
  operation.run(inputs, out, samples);
  if (operation.isInPlace) {
    operation.run(inputs, first, samples);
    expect(first).toEqual(out);
  }
  return { shape: [samples, ...operation.shape], values: Float64Array.from(out) };
}

export function tensorOf({ shape, values }: Nd): Tensor {
  return { name: "w", shape, order: "C", values: () => values };
}

/** Every number within so many times 2⁻²⁴ of itself, the rounding to single precision, and of `scale`. */
export function expectClose(actual: Nd, expected: Nd, roundings = 1, scale = 0): void {
  expect(actual.shape).toEqual(expected.shape);
  for (const [place, value] of expected.values.entries()) {
    const limit = roundings * 2 ** -24 * Math.max(Math.abs(value), scale) + 2 ** -45;
    const found = actual.values[place] ?? Number.NaN;
    if (!(Math.abs(found - value) <= limit)) throw new Error(`[${place}] is ${found}, not ${value} ± ${limit}`);
  }
}
