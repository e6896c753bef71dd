import type { RealisedScenario } from "../../experiment/record.ts";

/**
 * Alignment that random weights have on average, over draws.
 *
 *   E a = 1 + (d − 1) μ²/(1 + μ²)
 *
 * d   width
 * μ   mean of the weights, in their standard deviations
 *
 * It is E S₁²/E S₂ of independent weights: what Σ S₁²/ΣS₂ of many neurons comes to, and exact for one with μ = 0. Null where no
 * weights are drawn so: without a layer, for constant weights, and where the alignment itself was asked for.
 */
export function expectedAlignment({ width, weights, weightMean, targetAlignment }: RealisedScenario): number | null {
  if (weights === null || weights === "constant" || targetAlignment !== null) return null;
  const square = (weightMean ?? 0) * (weightMean ?? 0);
  return 1 + ((width - 1) * square) / (1 + square);
}
