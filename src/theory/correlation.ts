import { requireWithin } from "../numeric/domain.ts";
import { type InputMoments, lowestCorrelation, requireInputMoments } from "../numeric/moments.ts";
import { directShift } from "./shift.ts";

/**
 * Pairwise correlation of the units after the noise: ρ′ = ρ·Δ, with Δ of case (a).
 *
 * The noise of two units is independent, so their covariance stays ρv, and each variance grows to v/Δ.
 * Li et al. 2019, eq. 9–11.
 */
export function correlationAfterNoise(input: InputMoments, relativeVariance: number): number {
  requireInputMoments(input);
  return input.correlation * directShift(input, relativeVariance);
}

/** A `VshiftError` unless d units can share this correlation. */
export function requireSharedCorrelation({ correlation }: InputMoments, width: number): void {
  const from = lowestCorrelation(width);
  requireWithin(
    {
      field: "correlation",
      from,
      to: 1,
      rule: `a correlation that ${width} units can have, from ${from} to 1`,
      hint: "raise the correlation or lower the width",
    },
    correlation,
  );
}
