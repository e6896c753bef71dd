import { VshiftError } from "../errors.ts";
import { RELATIVE_VARIANCE } from "../noises/parameter.ts";
import { LARGEST_MAGNITUDE, requireWithin } from "../numeric/domain.ts";
import { type InputMoments, requireInputMoments, secondMoment } from "../numeric/moments.ts";
import { alignmentDomain, layerSums, requireSums, type SquareSums, squareSums, type WeightSums } from "./alignment.ts";
import { requireSharedCorrelation } from "./correlation.ts";
import { type ShiftTheory, shiftTheory } from "./shift.ts";

/** A linear layer by the alignment of its weights; the width, where it is known, bounds alignment and correlation. */
export interface AlignedSetting {
  readonly input: InputMoments;
  readonly alignment: number;
  readonly width?: number;
}

/** A linear layer by its realised weights, neuron by neuron. */
export interface LinearSetting {
  readonly input: InputMoments;
  readonly neurons: readonly WeightSums[];
}

/**
 * Variance shift of noise → linear or convolution → Batch Normalization, by the alignment of the weights.
 *
 *   Δ = (v + vρ(a − 1)) / (v + σ²(v + c²) + vρ(a − 1))
 *
 * c, v, ρ   mean, variance and pairwise correlation of the input
 * σ²        relative variance of the noise, ≥ 0
 * a         alignment (Σw)²/Σw² = d·cos²θ, θ the angle between the weights and (1, …, 1); in [0, d]
 *
 * In [0, 1]; with ρ = 0 or a = 1 it is that of noise alone. Li et al. 2019, eq. 12.
 */
export function linearShift(setting: AlignedSetting, relativeVariance: number): number {
  return alignedTheory(setting, relativeVariance).shift;
}

/** {@link linearShift} with both variances, for weights of Σw² = 1. */
export function alignedTheory({ input, alignment, width }: AlignedSetting, relativeVariance: number): ShiftTheory {
  requireWithin(alignmentDomain(width ?? LARGEST_MAGNITUDE), alignment);
  if (width !== undefined) requireSharedCorrelation(input, width);
  return weightedTheory({ input, weights: { squaredSum: alignment, sumOfSquares: 1 } }, relativeVariance);
}

/**
 * What a layer with these weights makes of its input, averaged over the neurons:
 *
 *   Var_test = v((1 − ρ)S₂ + ρS₁²)      Var_train = Var_test + σ²(v + c²)S₂      S₁ = Σw, S₂ = Σw² of a neuron
 *
 * Δ is the ratio of the averages, which a measurement over all channels estimates; the average of the neurons' own Δ is
 * another number. Li et al. 2019, eq. 12 before dividing by S₂.
 */
export function linearTheory({ input, neurons }: LinearSetting, relativeVariance: number): ShiftTheory {
  const { squaredSum, sumOfSquares } = layerSums(neurons);
  const weights = { squaredSum: squaredSum / neurons.length, sumOfSquares: sumOfSquares / neurons.length };
  return weightedTheory({ input, weights }, relativeVariance);
}

/** The same for each neuron by itself; a neuron without weights sees one constant in both phases, so its Δ is 1. */
export function neuronTheories({ input, neurons }: LinearSetting, relativeVariance: number): ShiftTheory[] {
  return neurons.map((neuron) => {
    requireSums(neuron);
    return weightedTheory({ input, weights: squareSums(neuron) }, relativeVariance);
  });
}

interface WeightedSetting {
  readonly input: InputMoments;
  readonly weights: SquareSums;
}

function weightedTheory({ input, weights }: WeightedSetting, relativeVariance: number): ShiftTheory {
  requireInputMoments(input);
  requireWithin(RELATIVE_VARIANCE, relativeVariance);
  return shiftTheory({
    testVariance: input.variance * projectedVariance(input.correlation, weights),
    noiseVariance: relativeVariance * secondMoment(input) * weights.sumOfSquares,
  });
}

/** Variance of Σwx for units of variance 1: (1 − ρ)S₂ + ρS₁², which a ρ below −1/(d − 1) can make negative. */
function projectedVariance(correlation: number, { squaredSum, sumOfSquares }: SquareSums): number {
  const variance = (1 - correlation) * sumOfSquares + correlation * squaredSum;
  if (variance < -ROUNDING * squaredSum) {
    throw new VshiftError({
      code: "invalid-value",
      field: "correlation",
      problem: `${correlation} gives a negative variance with weights of alignment ${squaredSum / sumOfSquares}`,
      hint: "use −1/(d − 1) or more, and an alignment of at most d",
    });
  }
  return Math.max(0, variance);
}

/** Relative rounding of sums over the widest layer that a scenario allows, 2²⁰ terms of 2⁻⁵³ each, eightfold. */
const ROUNDING = 1e-9;
