import { alphaDropoutNoise } from "../noises/alpha.ts";
import { affineTheory, type PhaseSetting } from "./phase-variance.ts";
import type { ShiftTheory } from "./shift.ts";

/**
 * Both variances and their ratio with alpha dropout instead of dropout.
 *
 *   Var_test = T     Var_train = a²(p²T + p(1 − p)⟨S₂⟩(v + (c − α′)²))
 *
 * a, p, α′   as in {@link alphaDropoutNoise}
 * c, v       mean and variance of the input
 * T, ⟨S₂⟩    as in {@link phaseVariance}
 *
 * Without a layer Δ is 1 for the input that alpha dropout is made for, c = 0 and v = 1; elsewhere it may be below or above.
 * Within 20 roundings.
 */
export function alphaDropoutTheory(setting: PhaseSetting, keepProbability: number): ShiftTheory {
  return affineTheory(alphaDropoutNoise(keepProbability), setting);
}
