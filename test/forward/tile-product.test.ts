import { fc } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { defineScenario } from "../../src/scenario/define.ts";
import { simdKernel } from "../kernel/simd-kernel.ts";
import { type BlockWeights, blockWeights, STRIDE } from "./block-weights.ts";

/** Of the second block. */
function weightsOf(width: number): BlockWeights {
  const [, second] = blockWeights(simdKernel(64 * 1024 * 1024), defineScenario({ width, depth: 2 }));
  if (second === undefined) throw new Error("there is no second block");
  return second;
}

describe.each([3, 66, 130])("the linear layer of a block %d wide", (width) => {
  const { columns, multiply, squares } = weightsOf(width);

  test("is W·x to the rounding of x to 16 bits", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: width, maxLength: width }),
        (x) => {
          const tile = Float32Array.from(
            { length: width * STRIDE },
            (_, at) => x[Math.floor(at / STRIDE)] * (1 + (at % 8)),
          );
          const outputs = multiply(tile);
          const most = tile.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
          for (let neuron = 0; neuron < width; neuron++) {
            const row = columns.map((column) => column[neuron]);
            const magnitudes = row.reduce((sum, weight) => sum + Math.abs(weight), 0);
            for (let sample = 0; sample < STRIDE; sample++) {
              const exact = row.reduce((sum, weight, channel) => sum + weight * tile[channel * STRIDE + sample], 0);
              // Each x is rounded by half a step at most; sums of panels in single precision by 2⁻²⁴ each.
              const rounding = magnitudes * most * (0.5 / 32_767 + (width / 32) * 2 ** -24);
              expect(Math.abs(outputs[neuron * STRIDE + sample] - exact)).toBeLessThanOrEqual(rounding * (1 + 1e-9));
            }
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  test("tells Σw² of each neuron, to the rounding of the outputs", () => {
    for (let neuron = 0; neuron < width; neuron++) {
      const sum = columns.reduce((total, column) => total + column[neuron] * column[neuron], 0);
      expect(squares[neuron]).toBeCloseTo(sum, 6);
    }
  });
});

test("weights have mean 0 and variance 1/width, and blocks have their own", () => {
  const width = 256;
  const { columns } = weightsOf(width);
  const all = columns.flatMap((column) => [...column]);
  const mean = all.reduce((sum, weight) => sum + weight, 0) / all.length;
  const square = all.reduce((sum, weight) => sum + weight * weight, 0) / all.length;
  // z = 4.9: once in 10⁶ for 65,536 normal weights.
  expect(Math.abs(mean) * Math.sqrt(width)).toBeLessThan(4.9 / width);
  expect(Math.abs(square * width - 1)).toBeLessThan((4.9 * Math.sqrt(2)) / width);
});
