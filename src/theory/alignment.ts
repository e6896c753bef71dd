import { VshiftError } from "../errors.ts";
import { type Domain, LARGEST_MAGNITUDE, requireWithin } from "../numeric/domain.ts";

/** All of a neuron's weights that the shift depends on. */
export interface WeightSums {
  /** S₁ = Σw. */
  readonly sum: number;
  /** S₂ = Σw². */
  readonly sumOfSquares: number;
  /** Σ S₁² over the channels that noise drops as one, where it does. */
  readonly channelSquares?: number;
}

/** S₁² and S₂, of one neuron or added over several. */
export interface SquareSums {
  readonly squaredSum: number;
  readonly sumOfSquares: number;
}

/** Alignment a = S₁²/S₂ = d·cos²θ of a weight vector, θ its angle to (1, …, 1). In [0, d]: 0 if Σw = 0, d if all w are equal. */
export function alignment(weights: WeightSums): number {
  return layerAlignment([weights]);
}

/**
 * Alignment of a layer: Σⱼ S₁² / Σⱼ S₂ over its neurons j.
 *
 * It is the one with which `linearShift` gives Δ of the summed variances: Σⱼ Var_test,ⱼ = v((1 − ρ)Σ S₂ + ρ Σ S₁²) and
 * Σⱼ Var_train,ⱼ = Σⱼ Var_test,ⱼ + σ²(v + c²)Σ S₂, divided by Σ S₂, are numerator and denominator of eq. 12. The mean of the
 * neurons' alignments does so only if their norms are equal.
 */
export function layerAlignment(neurons: readonly WeightSums[]): number {
  const { squaredSum, sumOfSquares } = layerSums(neurons);
  return squaredSum / sumOfSquares;
}

/** S₁² and S₂ added over the neurons, in their order. A `VshiftError` if no weight differs from 0. */
export function layerSums(neurons: readonly WeightSums[]): SquareSums {
  let squaredSum = 0;
  let sumOfSquares = 0;
  for (const neuron of neurons) {
    requireSums(neuron);
    const squares = squareSums(neuron);
    squaredSum += squares.squaredSum;
    sumOfSquares += squares.sumOfSquares;
  }
  if (sumOfSquares === 0) {
    throw new VshiftError({
      code: "invalid-value",
      field: "neurons",
      problem: neurons.length === 0 ? "is an empty list" : "has only weights of 0",
      hint: "give at least one neuron with a nonzero weight",
    });
  }
  return { squaredSum, sumOfSquares };
}

export function squareSums({ sum, sumOfSquares }: WeightSums): SquareSums {
  return { squaredSum: sum * sum, sumOfSquares };
}

/** A `VshiftError` unless there are weights with these sums. */
export function requireSums({ sum, sumOfSquares }: WeightSums): void {
  requireWithin(SUM, sum);
  requireWithin(sum * sum === 0 ? SUM_OF_SQUARES : { ...SUM_OF_SQUARES, from: Number.MIN_VALUE }, sumOfSquares);
}

/** Where the alignment of weight vectors of this width lies. */
export function alignmentDomain(width: number): Domain {
  return {
    field: "alignment",
    from: 0,
    to: width,
    rule: `an alignment (Σw)²/Σw², from 0 to the width ${width}`,
    hint: "zero-mean random weights have 1 on average, equal weights the width",
  };
}

const SUM: Domain = {
  field: "sum",
  from: -LARGEST_MAGNITUDE,
  to: LARGEST_MAGNITUDE,
  rule: "a finite sum of weights, of magnitude 1e75 at most",
  hint: "scale the weights: Δ does not depend on it",
};

const SUM_OF_SQUARES: Domain = {
  field: "sumOfSquares",
  from: 0,
  to: LARGEST_MAGNITUDE,
  rule: "a sum of squared weights, from 0 to 1e75, and 0 only if their sum is",
  hint: "scale the weights: Δ does not depend on it",
};
