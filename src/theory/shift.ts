import { RELATIVE_VARIANCE } from "../noises/parameter.ts";
import { requireWithin } from "../numeric/domain.ts";
import { type Moments, requireMoments, secondMoment } from "../numeric/moments.ts";

/** Variance of what reaches Batch Normalization in each phase, and Δ. */
export interface ShiftTheory {
  readonly trainVariance: number;
  readonly testVariance: number;
  /** Δ = Var_test / Var_train, in [0, 1]; exactly 1 without noise. */
  readonly shift: number;
}

/**
 * Variance shift of noise feeding Batch Normalization directly: Var_test / Var_train.
 *
 *   Δ = v / (v + σ²(v + c²))
 *
 * c, v   mean and variance of the input; v > 0
 * σ²     relative variance of the noise, ≥ 0; (1 − p)/p for dropout that keeps with probability p
 *
 * In (0, 1]; 1 only without noise. Li et al. 2019, eq. 8 is the Bernoulli case.
 */
export function directShift({ mean, variance }: Moments, relativeVariance: number): number {
  return directTheory({ mean, variance }, relativeVariance).shift;
}

/** Both variances with the shift: Var_test = v, Var_train = v + σ²(v + c²). */
export function directTheory(input: Moments, relativeVariance: number): ShiftTheory {
  requireMoments(input);
  requireWithin(RELATIVE_VARIANCE, relativeVariance);
  return shiftTheory({ testVariance: input.variance, noiseVariance: relativeVariance * secondMoment(input) });
}

/**
 * The three numbers from the variance without noise and what the noise adds to it during training.
 *
 * Where neither phase varies, both see the same constant: Δ = 1.
 */
export function shiftTheory({
  testVariance,
  noiseVariance,
}: {
  readonly testVariance: number;
  readonly noiseVariance: number;
}): ShiftTheory {
  const trainVariance = testVariance + noiseVariance;
  return { trainVariance, testVariance, shift: trainVariance === 0 ? 1 : testVariance / trainVariance };
}
