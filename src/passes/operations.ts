import type { Kernel } from "../kernel/kernel.ts";
import type { Computation } from "../model/computation.ts";
import type { ModelNode } from "../model/graph.ts";
import { flattened, inOtherAxes, joined, padded, permuted, sliced, upsampled } from "./arrange.ts";
import { combined, functionOf, scaled } from "./elementwise.ts";
import type { Loaded } from "./loaded.ts";
import { NotRunnable, type Operand, type Operation } from "./operation.ts";
import { pool } from "./pools.ts";
import { convolution, linear, type ProductRoom } from "./product.ts";
import { attention, groupNorm, layerNorm, matrixProduct, meanOver, softmax } from "./within-samples.ts";

/** A node that an operation is made of, and what it reads. */
export interface NodeToRun {
  readonly node: Loaded<ModelNode>;
  readonly operands: readonly Operand[];
  readonly kernel: Kernel;
  readonly room: ProductRoom;
}

/**
 * The operation of any layer but inputs, constants, noise and Batch Normalization, which the network runs itself. Throws `NotRunnable` for
 * one that vshift does not know, or that does not fit its operands.
 */
export function operationOf({ node, operands, kernel, room }: NodeToRun): Operation {
  const { layer } = node;
  const [input] = operands;
  if (input === undefined) throw new NotRunnable("a value to read");
  switch (layer.kind) {
    case "linear":
      return linear(kernel, room, { ...layer, input });
    case "convolution":
      return convolution(kernel, room, { layer, input });
    case "activation":
      return functionOf(input, { activation: layer.activation, kernel, room });
    case "pool":
      return pool(input, layer, node.shape.length - 1);
    case "add":
      return combined(operands, "sum");
    case "multiply":
      return combined(operands, "product");
    case "scale":
      return scaled(input, layer.factor);
    case "concat":
      return joined(operands, 0);
    case "flatten":
      return flattened(input, layer.fastest);
    case "reshape":
      return inOtherAxes(input, node.shape.slice(1));
    case "opaque":
      if (layer.computes === null) throw new NotRunnable("an operation that vshift knows");
      return computed(layer.computes, { operands, input, shape: node.shape.slice(1) });
    default:
      throw new NotRunnable("a layer of its own");
  }
}

interface ToCompute {
  readonly operands: readonly Operand[];
  readonly input: Operand;
  /** As the file has it, without the samples. */
  readonly shape: readonly (number | null)[];
}

/** Axes of a computation count from the samples. */
function computed(computation: Loaded<Computation>, { operands, input, shape }: ToCompute): Operation {
  const [, other = input] = operands;
  switch (computation.name) {
    case "softmax":
      return softmax(input, { ...computation, axis: computation.axis - 1 });
    case "layer-norm":
      return layerNorm(input, computation);
    case "group-norm":
      return groupNorm(input, computation);
    case "matrix-product":
      return matrixProduct(input, other);
    case "attention":
      return attention(operands, computation);
    case "permute":
      return permuted(
        input,
        computation.axes.slice(1).map((axis) => axis - 1),
      );
    case "rearrange":
      return inOtherAxes(input, shape);
    case "slice": {
      const axis = computation.axis - 1;
      const count = shape[axis];
      if (count == null) throw new NotRunnable("a known length");
      return sliced(input, { ...computation, axis, count });
    }
    case "join":
      return joined(operands, computation.axis - 1);
    case "mean":
      return meanOver(input, { axes: computation.axes.map((axis) => axis - 1), rank: shape.length });
    case "upsample":
      return upsampled(input, shape);
    case "pad":
      return padded(input, computation);
    case "quotient":
      return combined(operands, "quotient");
  }
}
