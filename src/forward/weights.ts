import type { WeightSums } from "../theory/alignment.ts";

/** Weights of a linear layer as they are drawn: `neurons` rows of `width`, in single precision. */
export interface DrawnWeights {
  readonly neurons: number;
  readonly width: number;
  readonly values: Float32Array;
}

/** The realised weights, as the layer uses them. */
export interface Weights extends DrawnWeights {
  /** What they are multiples of; undefined where they stay unchanged. */
  readonly step: number | undefined;
}

/** Σw and Σw² of each neuron, in double precision: what it makes of a constant, and of independent units. */
export function weightSums({ values, neurons, width }: DrawnWeights): WeightSums[] {
  return Array.from({ length: neurons }, (_, neuron) => {
    let sum = 0;
    let sumOfSquares = 0;
    for (let at = neuron * width; at < (neuron + 1) * width; at++) {
      sum += values[at];
      sumOfSquares += values[at] * values[at];
    }
    return { sum, sumOfSquares };
  });
}

/** The same with (Σw)² of each channel of so many units, added up: what it makes of noise that the units of a channel share. */
export function channelWeightSums(weights: DrawnWeights, channelSize: number): WeightSums[] {
  const { values, width } = weights;
  return weightSums(weights).map((sums, neuron) => {
    let channelSquares = 0;
    for (let first = 0; first < width; first += channelSize) {
      let sum = 0;
      for (let at = first; at < Math.min(width, first + channelSize); at++) sum += values[neuron * width + at];
      channelSquares += sum * sum;
    }
    return { ...sums, channelSquares };
  });
}
