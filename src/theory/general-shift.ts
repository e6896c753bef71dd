import { VshiftError } from "../errors.ts";
import { RELATIVE_VARIANCE } from "../noises/parameter.ts";
import { requireWithin } from "../numeric/domain.ts";
import { type ShiftTheory, shiftTheory } from "./shift.ts";

/** A linear layer behind units of any means and covariances. */
export interface GeneralSetting {
  /** E x, [d]. */
  readonly mean: readonly number[];
  /** Covariance matrix Σ of x, [d][d]. */
  readonly covariance: readonly (readonly number[])[];
  /** Of k neurons, [k][d]. */
  readonly weights: readonly (readonly number[])[];
}

/**
 * Noise → linear → Batch Normalization for any distribution of the input, averaged over the neurons.
 *
 *   Var_test = wᵀΣw      Var_train = Var_test + σ² Σᵢ wᵢ² E xᵢ²      E xᵢ² = Σᵢᵢ + (E xᵢ)²
 *
 * w    weights of a neuron, [d]
 * σ²   relative variance of the noise, ≥ 0, independent from unit to unit
 *
 * Exact; eq. 12 of Li et al. 2019 is the case of equal means, variances and correlations. Time is k·d².
 */
export function generalTheory(setting: GeneralSetting, relativeVariance: number): ShiftTheory {
  requireShapes(setting);
  requireWithin(RELATIVE_VARIANCE, relativeVariance);
  const { mean, covariance, weights } = setting;
  const secondMoments = mean.map((value, unit) => covariance[unit][unit] + value * value);
  let testVariance = 0;
  let noiseVariance = 0;
  for (const w of weights) {
    const projections = covariance.map((row) => dot(row, w));
    const squares = w.map((weight) => weight * weight);
    const weighted = dot(squares, secondMoments);
    testVariance += notNegative(dot(w, projections), ROUNDING * mean.length * weighted) / weights.length;
    noiseVariance += notNegative(relativeVariance * weighted, 0) / weights.length;
  }
  return shiftTheory({ testVariance, noiseVariance });
}

/** Relative rounding of a quadratic form of up to 2²⁰ terms a row, 2⁻⁵³ each, eightfold. */
const ROUNDING = 1e-9;

/** A variance that rounding may have taken below 0; a `VshiftError` for what rounding cannot explain, NaN included. */
function notNegative(variance: number, rounding: number): number {
  if (variance >= -rounding && variance < Number.POSITIVE_INFINITY) return Math.max(0, variance);
  throw invalid(
    "covariance",
    `gives the weights a variance of ${variance}`,
    "give finite means, weights and a covariance",
  );
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * b[at], 0);
}

function requireShapes({ mean, covariance, weights }: GeneralSetting): void {
  const width = mean.length;
  if (weights.length === 0) throw invalid("weights", "is an empty list", "give a row of weights for each neuron");
  if (covariance.length !== width || covariance.some((row) => row.length !== width)) {
    throw invalid("covariance", `must have ${width} rows of ${width}, one for each mean`, "give the full matrix");
  }
  if (weights.some((row) => row.length !== width)) {
    throw invalid(
      "weights",
      `must have ${width} weights in each row, one for each mean`,
      "give all rows the same length",
    );
  }
}

function invalid(field: keyof GeneralSetting, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field, problem, hint });
}
