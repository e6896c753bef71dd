import type { Noise } from "../noises/noises.ts";
import { type Activation, activationMoments } from "./activation.ts";
import { correlationSteps, momentSteps } from "./activation-steps.ts";
import { type Layer, phaseSteps } from "./layer-steps.ts";
import { noiseFormulas } from "./noise-formulas.ts";
import { noiseSteps } from "./noise-steps.ts";
import { noiseTheory } from "./noise-theory.ts";
import type { Step } from "./step.ts";

/** What a variance shift is derived for. */
export interface DerivationSetting {
  readonly noise: Noise;
  readonly activation: Activation;
  readonly layer: Layer;
}

/**
 * The variance shift step by step: noise → σ², activation → c, v, E x² and, where there is a layer, ρ,
 * layer → alignment, variances, Δ.
 *
 * The last step is Δ. A step's formula mentions only symbols of steps before it. New noises, activations and layers add
 * steps of their own and leave the reader of the steps unchanged.
 */
export function explainShift({ noise, activation, layer }: DerivationSetting): readonly Step[] {
  const moments = [...noiseSteps(noise), ...momentSteps(activation)];
  const before = layer.kind === "none" ? moments : [...moments, ...correlationSteps(activation, moments)];
  const input = activationMoments(activation);
  const setting = { noise, layer, input };
  return [...before, ...phaseSteps(noiseTheory(setting), noiseFormulas(setting), before)];
}
