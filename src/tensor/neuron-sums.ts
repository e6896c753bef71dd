import type { Tensor } from "./tensor.ts";

/** Which axis counts the neurons: the first, as in PyTorch ([out, in, kh, kw]), or the last, as in Keras ([kh, kw, in, out]). */
export type Layout = "out-first" | "in-first";

/** The weights of a layer, summed neuron by neuron. */
export interface LayerSums {
  /** Inputs d of a neuron: the product of all other axes. */
  readonly inputs: number;
  /** Σw and Σw² of each neuron, in units of `unit`. */
  readonly neurons: readonly { readonly sum: number; readonly sumOfSquares: number }[];
}

/**
 * Sums of the weights of each neuron, added in the order of the file.
 *
 * Weights so large or small that their squares would leave the range of doubles are measured in units of the largest;
 * alignment and Δ do not depend on the unit. A neuron whose squares vanish all the same is one without weights.
 */
export function neuronSums(tensor: Tensor, layout: Layout): LayerSums {
  const values = tensor.values();
  const { shape, order } = tensor;
  const count = (layout === "out-first" ? shape[0] : shape.at(-1)) ?? 1;
  const inputs = values.length / count;
  // Neurons stand one behind the other where their axis is the slowest of the file, else side by side.
  const isSlowest = (layout === "out-first") === (order === "C");
  const [neuronStep, inputStep] = isSlowest ? [inputs, 1] : [1, count];
  const unit = unitOf(values);
  const neurons = Array.from({ length: count }, (_, neuron) => {
    let sum = 0;
    let sumOfSquares = 0;
    const first = neuron * neuronStep;
    for (let input = 0; input < inputs; input++) {
      const weight = (values[first + input * inputStep] as number) / unit;
      sum += weight;
      sumOfSquares += weight * weight;
    }
    return sumOfSquares === 0 ? { sum: 0, sumOfSquares } : { sum, sumOfSquares };
  });
  return { inputs, neurons };
}

/** 1 where squares and their sums are far from both ends of the range of doubles. */
function unitOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest === 0 || (largest >= 1e-18 && largest <= 1e18) ? 1 : largest;
}
