import { requireWithin } from "./domain.ts";
import { KEEP_PROBABILITY } from "./noise.ts";
import { type AffineNoise, NO_NOISE, type PhaseSetting, phaseVariance } from "./phase-variance.ts";
import type { ShiftTheory } from "./shift.ts";

/** −λα of SELU, what it tends to far below 0: what alpha dropout sets a dropped unit to. Klambauer et al. 2017, §3 and eq. 14. */
export const DROPPED_VALUE = -1.7580993408473766;

/**
 * Alpha dropout as multiplier and offset: a kept unit becomes a·x + b, a dropped one a·α′ + b.
 *
 *   a = (p + α′²p(1 − p))^(−1/2)     b = −a·α′(1 − p)     m = a·k, e = b + a·α′(1 − k), k ~ Bernoulli(p)
 *   E m = ap     Var m = a²p(1 − p)     Var e = α′²·Var m     Cov(m, e) = −α′·Var m
 *
 * p    probability that a unit is kept, in (0, 1]
 * α′   −1.7580993408473766
 *
 * Klambauer et al. 2017, "Self-Normalizing Neural Networks", §3; nn.AlphaDropout(1 − p) of PyTorch does the same.
 */
export function alphaDropoutNoise(keepProbability: number): AffineNoise {
  requireWithin(KEEP_PROBABILITY, keepProbability);
  const drop = 1 - keepProbability;
  const square = 1 / (keepProbability * (1 + DROPPED_VALUE * DROPPED_VALUE * drop));
  const gainVariance = square * keepProbability * drop;
  return {
    gain: Math.sqrt(square) * keepProbability,
    gainVariance,
    offsetVariance: DROPPED_VALUE * DROPPED_VALUE * gainVariance,
    covariance: -DROPPED_VALUE * gainVariance,
  };
}

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
  const trainVariance = phaseVariance(alphaDropoutNoise(keepProbability), setting);
  const testVariance = phaseVariance(NO_NOISE, setting);
  return { trainVariance, testVariance, shift: trainVariance === 0 ? 1 : testVariance / trainVariance };
}
