import { normalTwoSided } from "../numeric/normal-quantile.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Standard errors that a true ratio may be off and still be settled at the first look: 2 in 20 cells of 21. */
const ALLOWANCE = 2;

/** Standard normal quantile of 99.9 % power. */
const POWER = 3.0902;

/**
 * The precision at which a cell that agrees is likely to be seen to agree at once: a half width of z·se, with
 *
 *   se = tolerance/(q + 2)
 *
 * q   normal quantile, two-sided, of half of the error rate, which the first look may spend; z that of the confidence
 */
export function settlingPrecision(
  { tolerance, confidence }: Pick<Scenario, "tolerance" | "confidence">,
  errorRate: number,
): number {
  const error = tolerance / (normalTwoSided(errorRate / 2) + ALLOWANCE);
  return normalTwoSided(1 - confidence) * error;
}

/**
 * The smallest deviation from theory that is found with 99.9 % power when the whole budget is spent, at the standard error
 * that it leaves: tolerance + (q + 3.09)·se, q as above. Undefined if not even a ratio that is exactly right would be settled.
 */
export function detectableDeviation(
  { tolerance }: Pick<Scenario, "tolerance">,
  { errorRate, standardError }: { readonly errorRate: number; readonly standardError: number },
): number | undefined {
  const quantile = normalTwoSided(errorRate / 2);
  return quantile * standardError > tolerance ? undefined : tolerance + (quantile + POWER) * standardError;
}
