import type { Kernel } from "../../../src/kernel/kernel.ts";
import { stackKey } from "../../../src/layers/key.ts";
import { createBlockLinears, outputRows } from "../../../src/layers/stack/product.ts";
import type { StackScenario } from "../../../src/scenario/stack/stack.ts";

/** Samples of a product in these tests: a group of lanes. */
export const STRIDE = 8;

export interface BlockWeights {
  /** W column by column: columns[channel][neuron]. */
  readonly columns: readonly Float64Array[];
  /** W·x of a tile of `STRIDE` samples. */
  multiply(x: Float32Array): Float64Array;
  /** Σw² of each neuron, as the layer tells them. */
  readonly squares: Float64Array;
}

/** The weights of each block of a stack: what its linear layer makes of unit vectors, whose products are exact. */
export function blockWeights(kernel: Kernel, stack: StackScenario): readonly BlockWeights[] {
  const { width } = stack;
  const x = kernel.floats(width * STRIDE);
  const y = kernel.floats(outputRows(width) * STRIDE);
  return createBlockLinears(kernel, stack, stackKey(stack)).map((linear) => {
    const multiply = (values: Float32Array) => {
      x.set(values);
      const unit = linear.multiply({ x, y, stride: STRIDE });
      return Float64Array.from(y.subarray(0, width * STRIDE), (value) => value * unit);
    };
    const columns = Array.from({ length: width }, (_, channel) => {
      const outputs = multiply(new Float32Array(width * STRIDE).fill(1, channel * STRIDE, (channel + 1) * STRIDE));
      return Float64Array.from({ length: width }, (_, neuron) => outputs[neuron * STRIDE]);
    });
    return { columns, multiply, squares: linear.squares };
  });
}
