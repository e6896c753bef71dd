import { drawWeights } from "../../src/forward/draw-weights.ts";
import { createTileProduct, outputRows, productRoom } from "../../src/forward/tile-product.ts";
import { weightSums } from "../../src/forward/weights.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { networkOf } from "../../src/network/of-scenario.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";

/** Samples of a product in these tests: a group of lanes. */
export const STRIDE = 8;

export interface BlockWeights {
  /** W column by column: columns[channel][neuron]. */
  readonly columns: readonly Float64Array[];
  /** W·x of a tile of `STRIDE` samples. */
  multiply(x: Float32Array): Float64Array;
  /** Σw² of each neuron. */
  readonly squares: Float64Array;
}

/** The weights of each block of a stack: what its linear layer makes of unit vectors, whose products are exact. */
export function blockWeights(kernel: Kernel, stack: Scenario): readonly BlockWeights[] {
  const { width } = stack;
  const { seed, nodes } = networkOf(stack);
  const room = productRoom(kernel);
  const x = kernel.floats(width * STRIDE);
  const y = kernel.floats(outputRows(width) * STRIDE);
  return nodes.flatMap(({ layer }): BlockWeights[] => {
    if (layer.kind !== "linear") return [];
    const weights = drawWeights(kernel, { seed, layer });
    const squares = Float64Array.from(weightSums(weights), ({ sumOfSquares }) => sumOfSquares);
    const product = createTileProduct(kernel, weights, room);
    const multiply = (values: Float32Array) => {
      x.set(values);
      const unit = product.multiply({ x, y, stride: STRIDE });
      return Float64Array.from(y.subarray(0, width * STRIDE), (value) => value * unit);
    };
    const columns = Array.from({ length: width }, (_, channel) => {
      const outputs = multiply(new Float32Array(width * STRIDE).fill(1, channel * STRIDE, (channel + 1) * STRIDE));
      return Float64Array.from({ length: width }, (_, neuron) => outputs[neuron * STRIDE]);
    });
    return [{ columns, multiply, squares }];
  });
}
