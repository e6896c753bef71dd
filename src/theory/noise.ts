import { type ListedNoise, type Noise, propertiesOf } from "../noises/noises.ts";
import { RELATIVE_VARIANCE } from "../noises/parameter.ts";
import { requireWithin } from "../numeric/domain.ts";

/** Kinds that a σ² makes a noise of: what Δ depends on besides. */
export type NoiseOfStrength = Extract<ListedNoise, { ofParameter: (value: number) => unknown }>["kind"];

/**
 * σ² of the noise, its multiplier's relative variance: (1 − p)/p, σ² itself, β²/3, 0. All that the variance shift depends on,
 * except with channels and with alpha dropout.
 */
export function relativeVariance(noise: Noise): number {
  const { parameter, parameterOf } = propertiesOf(noise.kind);
  if (parameter === null) return 0;
  const value = parameterOf(noise);
  requireWithin(parameter.domain, value);
  return parameter.relativeVariance(value);
}

/** The noise of a kind with a given σ², to compare kinds at equal strength. Uout reaches 1/3 at most. */
export function noiseOfRelativeVariance(kind: NoiseOfStrength, strength: number): Noise {
  requireWithin(RELATIVE_VARIANCE, strength);
  const { parameter, reach, ofParameter } = propertiesOf(kind);
  if (parameter === null || ofParameter === null) throw new RangeError(`${kind} has no strength alone`);
  if (reach !== null) {
    const { relativeVariance: to, rule, instead } = reach;
    requireWithin({ field: "relativeVariance", from: 0, to, rule, hint: `use ${instead}` }, strength);
  }
  return ofParameter(parameter.ofRelativeVariance(strength));
}

/** Kurtosis of the noise, E(m − 1)⁴/σ⁴: how much of its variance comes from rare events; 3 by convention where nothing deviates. */
export function noiseKurtosis(noise: Noise): number {
  return relativeVariance(noise) === 0 ? 3 : propertiesOf(noise.kind).kurtosis(noise);
}

/** Whether both phases have the gain p, which inverted dropout has in none. */
export function isClassic(noise: Noise): boolean {
  return "scaling" in noise && noise.scaling === "classic";
}
