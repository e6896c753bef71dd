import { fc, it as property } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { neuronSums } from "../../src/tensor/neuron-sums.ts";
import { readTensors } from "../../src/tensor/read.ts";
import type { Order, Tensor } from "../../src/tensor/tensor.ts";
import { alignment } from "../../src/theory/alignment.ts";
import { stored } from "./files.ts";

function tensor(shape: readonly number[], values: readonly number[], order: Order = "C"): Tensor {
  return { name: "w", shape, order, values: () => Float64Array.from(values) };
}

async function sumsIn(file: string) {
  const [only] = await readTensors({ file, bytes: stored(file) });
  if (only === undefined) throw new Error(`${file} has no array`);
  return neuronSums(only.open(), "out-first");
}

it.each(["matrix-lf4.npy", "matrix-fortran.npy", "matrix-bf8.npy", "matrix-lf2.npy", "matrix.csv"])(
  "%s has the sums of its three rows",
  async (file) => {
    expect(await sumsIn(file)).toEqual({
      inputs: 4,
      neurons: [
        { sum: 10, sumOfSquares: 30 },
        { sum: 0, sumOfSquares: 4 },
        { sum: 2, sumOfSquares: 4 },
      ],
    });
  },
);

it.each(["kernel.npy", "kernel-fortran.npy"])("%s has the sums of all weights of each kernel", async (file) => {
  // 1 + … + 8 and 9 + … + 16; squares n(n + 1)(2n + 1)/6 up to 8, and up to 16 without them.
  expect(await sumsIn(file)).toEqual({
    inputs: 8,
    neurons: [
      { sum: 36, sumOfSquares: 204 },
      { sum: 100, sumOfSquares: 1292 },
    ],
  });
});

it.each<readonly [Order, readonly number[]]>([
  ["C", [1, 10, 2, 20, 3, 30]],
  ["Fortran", [1, 2, 3, 10, 20, 30]],
])("in-first takes the last axis for the neurons, in the order of %s", (order, values) => {
  expect(neuronSums(tensor([3, 2], values, order), "in-first")).toEqual({
    inputs: 3,
    neurons: [
      { sum: 6, sumOfSquares: 14 },
      { sum: 60, sumOfSquares: 1400 },
    ],
  });
});

it.each([1e-320, 1e-200, 1e-19, 1, 1e19, 1e300])(
  "weights of magnitude %s are aligned as those of magnitude 1",
  (unit) => {
    const { neurons } = neuronSums(tensor([1, 4], [unit, 2 * unit, 3 * unit, 4 * unit]), "out-first");
    // Subnormal numbers have fewer digits; 1e-320 has 2024 units of 5e-324.
    expect(neurons.map(alignment)[0]).toBeCloseTo(100 / 30, unit < 1e-300 ? 3 : 13);
  },
);

it("a neuron whose squares vanish beside another's has no weights", () => {
  const { neurons } = neuronSums(tensor([2, 2], [1e200, 1e200, 1e-10, 1e-10]), "out-first");
  expect(neurons).toEqual([
    { sum: 2, sumOfSquares: 2 },
    { sum: 0, sumOfSquares: 0 },
  ]);
});

const WEIGHTS = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 6, maxLength: 6 });

property.prop([WEIGHTS])("the transpose, read by the other layout, has the same sums", (weights) => {
  const transposed = [0, 3, 1, 4, 2, 5].map((at) => weights[at] ?? 0);
  const rows = neuronSums(tensor([2, 3], weights), "out-first");
  expect(neuronSums(tensor([3, 2], transposed), "in-first")).toEqual(rows);
  expect(neuronSums(tensor([2, 3], transposed, "Fortran"), "out-first")).toEqual(rows);
});
