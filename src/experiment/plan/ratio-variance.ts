import { noiseForm } from "../../forward/noise-form.ts";
import type { MaskPlan } from "../../noises/noise-kind.ts";
import { propertiesOf } from "../../noises/noises.ts";
import { normalTwoSided } from "../../numeric/normal-quantile.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { directTheory } from "../../theory/shift.ts";
import { plannedMoments } from "./input-law.ts";

/**
 * Samples after which the interval is as narrow as asked, and a ratio that agrees is likely seen to do so:
 *
 *   Var·max(z/precision, (z₂ + 1)/tolerance)²
 *
 * Var  from `ratioVarianceOf`
 * z    normal quantile of the confidence
 * z₂   that of the second interim analysis, which may spend a quarter of the error rate: the first is often inconclusive,
 *      since an interval that agrees has to leave room for the error of Δ̂, one standard error here
 */
export function samplesNeeded({ precision, tolerance, confidence }: Scenario, variance: number): number {
  const narrow = normalTwoSided(1 - confidence) / precision;
  const settled = (normalTwoSided((1 - confidence) / 4) + 1) / tolerance;
  const errors = Math.max(narrow, settled);
  return errors * errors * variance;
}

/**
 * Variance of ln Δ̂ in units of 1/samples, for large mini-batches of normal units. With c, v the units' moments, σ² the noise's
 * relative variance and Var M that of a unit's mean multiplier over the masks, no layer gives
 *
 *   (2(σ²c²/V)² + v(2cσ²/V)² + Var M·E(w²/p − 2cw)²/V²)·(1/d + |ρ|),    w = c + √v z,    V = v + σ²(v + c²)
 *
 * and a linear layer, whose k neurons see the same masks,
 *
 *   2η²(1/k + s) + (4η(1 − η)·Var M/σ² + 2η²/n)/k + Q·E x⁴/(dV²),    V = v(1 + ρ(a − 1)) + σ²(v + c²),    η = σ²(v + c²)/V
 *
 * On the input's mirror image, too, the first has no term in 2cσ², and of w²/p − 2cw what is even in z alone: (c² + vz²)/p − 2c².
 *
 * n   masks; 1 for a mirror image, whose noise² is the same
 * s   what the neurons' signals share: (aρ/(1 + ρ(a − 1)))² at alignment a
 * Q   variance of a unit's squared multiplier, averaged over the masks: it changes all neurons alike
 *
 * Channels of s units that share a mask, a(s) = (s − 1)(a − 1)/(d − 1), add Var M·(E(w²/p − 2cw))²/V²·(s − 1)/d to the first; in
 * the second V gains σ²(vρ + c²)·a(s), and E x⁴ becomes E x⁴ + (s − 1)(v + c²)². No two neurons share a mask of weights: Q = 0.
 * Alpha dropout is dropout of x − α′, so its c is c − α′.
 *
 * docs/METHOD.md derives them. For planning, right to a factor of about two; noise other than dropout counts as dropout of its
 * strength. How many masks are drawn depends on it, so a change is value-breaking.
 */
export function ratioVarianceOf(scenario: Scenario): (plan: MaskPlan) => number {
  const { width, neurons, rho, keep, relativeVariance } = scenario;
  if (relativeVariance === 0) return () => 0;
  const moments = noisyMoments(scenario);
  return ({ isMirrored, hasMirroredInput, masks }) => {
    const multiplier = isMirrored ? 0 : multiplierVariance(keep, masks);
    if (neurons === null) {
      return ofChannel({ scenario, moments, multiplier }, hasMirroredInput) * (1 / width + Math.abs(rho));
    }
    return ofNeurons({ scenario, neurons, moments, multiplier, masks: isMirrored ? 1 : masks });
  };
}

interface Masked {
  readonly scenario: Scenario;
  /** Of what the noise multiplies. */
  readonly moments: { readonly c: number; readonly v: number };
  readonly multiplier: number;
}

function noisyMoments(scenario: Scenario): Masked["moments"] {
  const { mean, variance } = plannedMoments(scenario);
  return { c: mean - noiseForm(scenario).pivot, v: variance };
}

function ofChannel({ scenario, moments: { c, v }, multiplier }: Masked, hasMirroredInput: boolean): number {
  const { keep, relativeVariance: noise } = scenario;
  const { trainVariance } = directTheory({ mean: c, variance: v }, noise);
  const square = (noise * c * c) / trainVariance;
  const line = hasMirroredInput ? 0 : (2 * c * noise) / trainVariance;
  const second = v + c * c;
  const third = c * (c * c + 3 * v);
  const level = c * c * (1 / keep - 2);
  const perMask = hasMirroredInput
    ? level * level + (2 * level * v) / keep + (3 * v * v) / (keep * keep)
    : fourthMoment(c, v) / (keep * keep) - (4 * c * third) / keep + 4 * c * c * second;
  const perChannel = second / keep - 2 * c * c;
  const sharing = multiplier * perChannel * perChannel * ((scenario.channelSize ?? 1) - 1);
  return 2 * square * square + v * line * line + (multiplier * perMask + sharing) / (trainVariance * trainVariance);
}

interface MaskedLayer extends Masked {
  readonly neurons: number;
  readonly masks: number;
}

function ofNeurons({ scenario, neurons, moments: { c, v }, masks, multiplier }: MaskedLayer): number {
  const { width, rho, relativeVariance: noise } = scenario;
  const others = (scenario.channelSize ?? 1) - 1;
  const leaning = alignmentOf(scenario);
  const spread = 1 + rho * (leaning - 1);
  const leaningInChannel = width === 1 ? 0 : (others * (leaning - 1)) / (width - 1);
  const added = noise * Math.max(0, v + c * c + (v * rho + c * c) * leaningInChannel);
  const trained = v * spread + added;
  const share = added / trained;
  const common = (leaning * rho) / spread;
  const ofOne = (4 * share * (1 - share) * multiplier) / noise + (2 * share * share) / masks;
  const fourth = fourthMoment(c, v) + others * (v + c * c) * (v + c * c);
  const shared = (squareVariance(scenario, multiplier) * fourth) / (width * trained * trained);
  return 2 * share * share * (1 / neurons + Math.min(1, common * common)) + ofOne / neurons + shared;
}

/** Of dropout m² is m/p; of mirrored masks 1 ± e the mean of the squares is 1 + e², whose variance is (κ − 1)σ⁴ at kurtosis κ. */
function squareVariance(scenario: Scenario, multiplier: number): number {
  const { noise: name, keep, relativeVariance: strength } = scenario;
  const kind = propertiesOf(name);
  if (kind.shares === "weight") return 0;
  if (!kind.isSymmetric) return multiplier / (keep * keep);
  return (kind.kurtosis(kind.noise(scenario)) - 1) * strength * strength;
}

/** That which the weights will have, more or less, where none was asked for. */
function alignmentOf({ width, alignment, weights, weightMean }: Scenario): number {
  const lean = weightMean ?? 0;
  const drawn = weights === "constant" ? width : 1 + ((width - 1) * lean * lean) / (1 + lean * lean);
  return alignment ?? drawn;
}

function fourthMoment(c: number, v: number): number {
  return c * c * c * c + 6 * c * c * v + 3 * v * v;
}

/**
 * Variance of a unit's mean multiplier over n masks that partition a circle: f(1 − f)/(np)², f being the fraction of np; none
 * where np is a whole number.
 */
function multiplierVariance(keep: number, masks: number): number {
  const expected = masks * keep;
  const fraction = expected - Math.floor(expected);
  // A whole number, up to the rounding of the product.
  const residual = Math.min(fraction, 1 - fraction) < 1e-9 ? 0 : fraction * (1 - fraction);
  return residual / (expected * expected);
}
