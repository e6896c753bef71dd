import { exp } from "../numeric/exp.ts";
import { normalTwoSided } from "../numeric/normal-quantile.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Standard errors that a true ratio may be off and still get its verdict at the first interim analysis: 2 in 20 cells of 21. */
const ALLOWANCE = 2;

/** Standard normal quantile of 99.9 % power. */
const POWER = 3.0902;

/**
 * The precision at which a cell that agrees is likely to be seen to agree at once: a half width of z·se, with
 *
 *   se = tolerance/(q + 2)
 *
 * q   normal quantile, two-sided, of half of the error rate, which the first interim analysis may spend; z that of the confidence
 */
export function settlingPrecision(
  { tolerance, confidence }: Pick<Scenario, "tolerance" | "confidence">,
  errorRate: number,
): number {
  const error = tolerance / (normalTwoSided(errorRate / 2) + ALLOWANCE);
  return normalTwoSided(1 - confidence) * error;
}

/**
 * The smallest deviation from theory that is surely found when the whole budget is spent: with 99.9 % power or more, to either side,
 * where the standard error is up to `FORECAST_FACTOR` times the forecast.
 *
 *   (1 + tolerance)·e^{(q + 3.09)·f·se} − 1      q as above, se the forecast of the standard error of ln Δ̂, f the factor
 *
 * Skewed batch variances and small mini-batches have an error above the forecast, which is for normal units in large ones: without f
 * a lognormal input had 17 to 81 % power (bench/check.ts has it with f). Undefined if not even a ratio that is exactly right would get
 * a verdict at the forecast itself, and where the budget is too small for an interval.
 */
export function detectableDeviation(
  { tolerance }: Pick<Scenario, "tolerance">,
  { errorRate, standardError }: { readonly errorRate: number; readonly standardError: number },
): number | undefined {
  const quantile = normalTwoSided(errorRate / 2);
  if (quantile * standardError > tolerance) return undefined;
  return (1 + tolerance) * exp((quantile + POWER) * FORECAST_FACTOR * standardError) - 1;
}

/** How far a standard error may lie above its forecast: 2.4 was measured of a lognormal input, v = c², in mini-batches of 16. */
const FORECAST_FACTOR = 2.75;
