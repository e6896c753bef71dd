import { type Noise, type NoiseKind, propertiesOf } from "../../noises/noises.ts";
import { secondMoment } from "../../numeric/moments.ts";
import { activationMoments } from "../activation.ts";
import { layerTheory } from "../layer-steps.ts";
import { impossible } from "./impossible.ts";
import { alignedLayer } from "./planned-layer.ts";
import type { Question } from "./question.ts";

/** The strongest noise that leaves at least the target Δ, in each of its spellings. */
export interface Strongest {
  readonly relativeVariance: number;
  readonly keep: number;
  readonly drop: number;
  readonly beta: number;
}

/**
 * Eq. 12 of Li et al. 2019 (eq. 8 without a layer) solved for σ², and so for p and β:
 *
 *   σ² = (1/Δ − 1)·Var_test / E x²      p = 1/(1 + σ²)      β = √(3σ²)
 *
 * Var_test   v without a layer, v(1 + ρ(a − 1)) with one of alignment a
 * E x²       v + c²
 *
 * With c = 0 and no layer, p = Δ. Δ falls as σ² grows, so every weaker noise gives more. All four come from the two
 * products (1 − Δ)·Var_test and Δ·E x² without a difference: 2·10⁻¹⁵, relative. What `limits` allow is not asked here.
 *
 * A `VshiftError` where Var_test is 0: there any noise at all makes Δ = 0.
 */
export function strongestNoise({ shift, activation, layer }: Question): Strongest {
  const input = activationMoments(activation);
  const { testVariance } = layerTheory({ layer: alignedLayer(layer), input, relativeVariance: 0 });
  if (testVariance === 0) {
    throw impossible(shift, {
      because: "without noise nothing varies: the weights cancel the input, and Δ is 0 with any noise",
      hint: "raise the `alignment` or lower `rho`",
    });
  }
  const dropped = (1 - shift) * testVariance;
  const kept = shift * secondMoment(input);
  const relativeVariance = dropped / kept;
  return {
    relativeVariance,
    keep: kept / (kept + dropped),
    drop: dropped / (kept + dropped),
    beta: Math.sqrt(3 * relativeVariance),
  };
}

/** How far a strength may go: the smallest keep, and the largest drop and β that go with it. */
export function strengthLimits({ noise, limits }: Question): Pick<Strongest, "keep" | "drop" | "beta"> {
  const { reach } = propertiesOf(noise.kind);
  const keep = Math.max(reach?.keep ?? 0, limits.keep);
  return { keep, drop: 1 - keep, beta: 1 };
}

/** The noise of the question's kind with one of its spellings set. */
export function noiseWith(kind: NoiseKind, unknown: "keep" | "drop" | "beta", value: number): Noise {
  const { parameter, reach, ofParameter } = propertiesOf(kind);
  if (parameter === null || ofParameter === null) throw new RangeError(`${kind} is solved for`);
  if (unknown === "beta") return ofParameter(value);
  const keep = unknown === "keep" ? value : 1 - value;
  if (parameter.field === "keep") return ofParameter(keep);
  // Rounding of (1 − p)/p must not take a noise beyond its reach.
  const strength = Math.min(reach?.relativeVariance ?? Number.POSITIVE_INFINITY, (1 - keep) / keep);
  return ofParameter(parameter.ofRelativeVariance(strength));
}
