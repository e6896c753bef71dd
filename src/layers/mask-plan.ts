import type { Scenario } from "../scenario/scenario.ts";
import { activationKurtosis, activationMoments } from "../theory/activation.ts";
import { directTheory } from "../theory/shift.ts";
import { phaseBytes } from "./memory.ts";
import { activationWork } from "./work.ts";

/** More masks than this gain little. Together they take no more than so many bytes. */
export const MOST_MASKS = 10;
const MOST_BYTES = 2 ** 25;

/**
 * Kurtosis of the input past which masks are not balanced: in all, and for each sample of a mini-batch. Where few activations
 * make the variance, what balanced masks leave of the error comes from fewer still. Without a layer and at p = ½ a channel's
 * train − 2·test is what two of them, kept by different masks, add up to; a run that has seen no such pair knows nothing
 * of its error, however narrow the interval (docs/METHOD.md has the coverage).
 */
const HEAVY_TAIL = 100;
const HEAVY_TAIL_OF_SAMPLE = 4;

/** The masks that are made of one draw of the noise. */
export interface MaskPlan {
  readonly masks: number;
  /** Whether there are two masks and the second is the first with the sign of m − 1 changed. */
  readonly isMirrored: boolean;
}

const SINGLE: MaskPlan = { masks: 1, isMirrored: false };
const MIRRORED: MaskPlan = { masks: 2, isMirrored: true };

/**
 * The masks of a scenario: one, also where rare activations make the variance, or balanced ones. Noise that is as likely to
 * add as to take away gets a mirror image, which costs next to nothing; so does dropout at p = ½, where it is the mask's
 * complement. Dropout at other p gets n masks that partition a circle (see `noise.ts`), of the n ≤ 10 the one with which a
 * given time gives the narrowest interval: whose variance times work is least.
 *
 * The mean multiplier M of a unit over n such masks has variance f(1 − f)/(np)², f being the fraction of np: none where np is
 * a whole number. With normal units of mean c and variance v, σ² = (1 − p)/p, and V = v + σ²(v + c²) the relative variance
 * of Δ̂ is, in units of 1/samples (docs/METHOD.md derives both):
 *
 *   no layer   2(σ²c²/V)² + v(2cσ²/V)² + Var M · E(w²/p − 2cw)²/V²,    w = c + √v z
 *   linear     2η² + 4η(1 − η)·Var M/σ² + 2η²/n,    η = 1 − v/V
 *
 * The units' own distribution and their correlation would change the choice little, and never what is estimated.
 */
export function maskPlan(scenario: Scenario): MaskPlan {
  const { noise, keep, masks, relativeVariance: strength } = scenario;
  if (masks === "independent" || strength === 0 || hasHeavyTail(scenario)) return SINGLE;
  if (noise !== "bernoulli" || keep === 0.5) return MIRRORED;
  const most = Math.max(1, Math.min(MOST_MASKS, Math.floor(MOST_BYTES / phaseBytes(scenario))));
  const counts = Array.from({ length: most }, (_, index) => ({ masks: index + 1, isMirrored: false }));
  const cost = (plan: MaskPlan) => relativeVariance(scenario, plan.masks) * activationWork(scenario, plan);
  return counts.reduce((best, plan) => (cost(plan) < cost(best) ? plan : best));
}

function hasHeavyTail({ activation, mean, variance, batchSize }: Scenario): boolean {
  const kurtosis = activationKurtosis({ kind: activation, mean, variance, correlation: 0 });
  return kurtosis > Math.min(HEAVY_TAIL, HEAVY_TAIL_OF_SAMPLE * batchSize);
}

function relativeVariance(scenario: Scenario, masks: number): number {
  const { activation, mean, variance, keep, drop, neurons } = scenario;
  const { mean: c, variance: v } = activationMoments({ kind: activation, mean, variance, correlation: 0 });
  const noise = drop / keep;
  const { trainVariance, shift } = directTheory({ mean: c, variance: v }, noise);
  const multiplier = multiplierVariance(keep, masks);
  if (neurons !== null) {
    const share = 1 - shift;
    return 2 * share * share + (4 * share * shift * multiplier) / noise + (2 * share * share) / masks;
  }
  const square = (noise * c * c) / trainVariance;
  const line = (2 * c * noise) / trainVariance;
  const second = v + c * c;
  const third = c * (c * c + 3 * v);
  const fourth = c * c * c * c + 6 * c * c * v + 3 * v * v;
  const perMask = fourth / (keep * keep) - (4 * c * third) / keep + 4 * c * c * second;
  return 2 * square * square + v * line * line + (multiplier * perMask) / (trainVariance * trainVariance);
}

/** Variance of a unit's mean multiplier over masks that partition a circle. */
function multiplierVariance(keep: number, masks: number): number {
  const expected = masks * keep;
  const fraction = expected - Math.floor(expected);
  // A whole number but for the rounding of the product.
  const residual = Math.min(fraction, 1 - fraction) < 1e-9 ? 0 : fraction * (1 - fraction);
  return residual / (expected * expected);
}
