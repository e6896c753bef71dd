import type { AffineNoise } from "../noises/noise-kind.ts";
import { type InputMoments, secondMoment } from "../numeric/moments.ts";
import { layerSums, type SquareSums } from "./alignment.ts";
import { type Layer, layerTheory } from "./layer-steps.ts";
import type { ShiftTheory } from "./shift.ts";

/** A unit as it came: neither noise nor scale. */
const NO_NOISE: AffineNoise = { gain: 1, gainVariance: 0, offsetVariance: 0, covariance: 0 };

/** What stands before Batch Normalization, without the noise. */
export interface PhaseSetting {
  readonly input: InputMoments;
  readonly layer: Layer;
}

/**
 * Variance that reaches Batch Normalization in a phase whose noise may have any mean and add something of its own.
 *
 *   Var = μ²·T + ⟨S₂⟩·(σ²(v + c²) + 2κc + τ²)
 *
 * μ, σ²   mean and variance of the multiplier m
 * τ², κ   variance of the offset e, and its covariance with m
 * c, v    mean and variance of the input
 * T       variance without noise: v, or v((1 − ρ)⟨S₂⟩ + ρ⟨S₁²⟩) behind a linear layer
 * ⟨S₂⟩    Σw², averaged over the neurons; 1 without a layer
 *
 * Two units share μ²·Cov(x, x′), and each adds E Var(m·x + e | x) of its own. Exact; inverted dropout is μ = 1, τ = κ = 0, and
 * then it is Li et al. 2019, eq. 12 before dividing by S₂. Within 10 roundings.
 */
export function phaseVariance(noise: AffineNoise, setting: PhaseSetting): number {
  const { gain, gainVariance, offsetVariance, covariance } = noise;
  const { input, layer } = setting;
  const perUnit = gainVariance * secondMoment(input) + 2 * covariance * input.mean + offsetVariance;
  return gain * gain * quietVariance(setting) + meanSquares(layer).sumOfSquares * Math.max(0, perUnit);
}

/** Both variances and their ratio with noise that makes m·x + e of a unit during training, and leaves it at test time. */
export function affineTheory(noise: AffineNoise, setting: PhaseSetting): ShiftTheory {
  const trainVariance = phaseVariance(noise, setting);
  const testVariance = phaseVariance(NO_NOISE, setting);
  return { trainVariance, testVariance, shift: trainVariance === 0 ? 1 : testVariance / trainVariance };
}

/** Variance that reaches Batch Normalization without noise. */
export function quietVariance({ input, layer }: PhaseSetting): number {
  return layerTheory({ input, layer, relativeVariance: 0 }).testVariance;
}

/** (Σw)² and Σw², averaged over the neurons: 1 and 1 without a layer, a and 1 where only the alignment is known. */
export function meanSquares(layer: Layer): SquareSums {
  switch (layer.kind) {
    case "none":
      return { squaredSum: 1, sumOfSquares: 1 };
    case "aligned":
      return { squaredSum: layer.alignment, sumOfSquares: 1 };
    case "linear": {
      const { squaredSum, sumOfSquares } = layerSums(layer.neurons);
      const count = layer.neurons.length;
      return { squaredSum: squaredSum / count, sumOfSquares: sumOfSquares / count };
    }
  }
}
