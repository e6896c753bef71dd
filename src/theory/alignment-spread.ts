import { meanOf } from "../numeric/mean.ts";
import { alignment, layerAlignment, type WeightSums } from "./alignment.ts";

/** Mean and standard deviation of a quantity over the neurons of a layer. */
export interface Spread {
  readonly mean: number;
  /** √ of the mean squared deviation: the neurons are all that there are, not a sample. */
  readonly standardDeviation: number;
}

/** How the neurons of a layer are aligned. */
export interface LayerAlignment {
  /** Neurons without a weight other than 0, which have no angle and are left out. */
  readonly zeroNeurons: number;
  /** a = (Σw)²/Σw² = d·cos²θ of the neurons; null if none has a weight. */
  readonly spread: Spread | null;
  /** Σ(Σw)²/ΣΣw², the a that Δ of the layer depends on; null if none has a weight. */
  readonly pooled: number | null;
}

/** Alignment over the neurons of a layer, each of `width` weights, as in table 1 and figure 3 of Li et al. 2019. */
export function alignmentSpread(neurons: readonly WeightSums[], width: number): LayerAlignment {
  const withWeights = neurons.filter(({ sumOfSquares }) => sumOfSquares > 0);
  const zeroNeurons = neurons.length - withWeights.length;
  if (withWeights.length === 0) return { zeroNeurons, spread: null, pooled: null };
  // a ≤ d by Cauchy and Schwarz; rounding must not show.
  const alignments = withWeights.map((neuron) => Math.min(width, alignment(neuron)));
  return { zeroNeurons, spread: spreadOf(alignments), pooled: Math.min(width, layerAlignment(withWeights)) };
}

/** Mean and standard deviation of one value or more. */
function spreadOf(values: readonly number[]): Spread {
  const mean = meanOf(values);
  const standardDeviation = Math.sqrt(meanOf(values.map((value) => (value - mean) * (value - mean))));
  return { mean, standardDeviation };
}
