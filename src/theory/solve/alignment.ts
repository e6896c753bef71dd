import { secondMoment } from "../../numeric/moments.ts";
import { activationMoments } from "../activation.ts";
import { relativeVariance } from "../noise.ts";
import { directShift } from "../shift.ts";
import { impossible, sixDigits, withoutEffect } from "./impossible.ts";
import type { Question } from "./question.ts";

/**
 * Alignment of the weights at which Δ is the target: eq. 12 of Li et al. 2019 solved for a.
 *
 *   a = 1 + (σ²·E x² / (v(1/Δ − 1)) − 1) / ρ
 *
 * σ²     relative variance of the noise, > 0
 * E x²   v + c², the second moment of the input
 * ρ      pairwise correlation of the input, not 0
 *
 * With ρ > 0 every larger alignment gives more, with ρ < 0 every smaller one. Any real number: what weights can have, 0 to
 * the width, is for the caller to ask. Put back into eq. 12 it gives Δ to 10⁻¹², relative, for any ρ.
 *
 * A `VshiftError` where no alignment or each one does: without noise, without correlation, for Δ = 1.
 */
export function neededAlignment({ shift, noise, activation }: Question): number {
  const input = activationMoments(activation);
  const strength = relativeVariance(noise);
  const actual = directShift(input, strength);
  if (strength === 0) {
    throw withoutEffect(shift, {
      actual,
      because: "with any weights: the noise is off",
      hint: "give the noise a strength, as in `keep` 0.5",
    });
  }
  if (input.correlation === 0) {
    throw withoutEffect(shift, {
      actual,
      because: "with any weights: the units are uncorrelated (ρ = 0)",
      hint: "give a `rho` other than 0, or solve for the noise: keep, drop or beta",
    });
  }
  if (shift === 1) {
    throw impossible(shift, {
      because: `Δ is 1 only without noise, and the noise has a relative variance of ${sixDigits(strength)}`,
      hint: "ask for less than 1, or turn the noise off (`keep` 1)",
    });
  }
  const wanted = (strength * secondMoment(input) * shift) / ((1 - shift) * input.variance);
  return 1 + (wanted - 1) / input.correlation;
}
