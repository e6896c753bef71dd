import { type Weights, weightSums } from "../layers/weights.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type Activation, activationKurtosis, activationMoments } from "../theory/activation.ts";
import { layerAlignment } from "../theory/alignment.ts";
import { type DerivationSetting, explainShift } from "../theory/derivation.ts";
import { type Layer, layerTheory } from "../theory/layer-steps.ts";
import type { InputMoments } from "../theory/moments.ts";
import { type Noise, noiseKurtosis, relativeVariance } from "../theory/noise.ts";
import { directTheory, type ShiftTheory } from "../theory/shift.ts";
import type { Step } from "../theory/step.ts";

/** What the theory says of a scenario, and what it says it from. */
export interface Expectation extends ShiftTheory {
  readonly setting: DerivationSetting;
  /** Moments of the input itself. */
  readonly input: InputMoments;
  /** Alignment of the realised weights; null without a linear layer. */
  readonly alignment: number | null;
}

/** The closed form for a scenario and the weights that were drawn for it. */
export function expectationOf(scenario: Scenario, weights: Weights | undefined): Expectation {
  const noise = noiseOf(scenario);
  const activation = activationOf(scenario);
  const layer: Layer = weights === undefined ? { kind: "none" } : { kind: "linear", neurons: weightSums(weights) };
  const input = activationMoments(activation);
  return {
    setting: { noise, activation, layer },
    input,
    alignment: layer.kind === "linear" ? layerAlignment(layer.neurons) : null,
    ...layerTheory({ layer, input, relativeVariance: relativeVariance(noise) }),
  };
}

/** The steps from the scenario to its Δ. */
export function stepsOf({ setting }: Expectation): readonly Step[] {
  return explainShift(setting);
}

/**
 * Kurtosis of the input, and of what the noise adds to it: about 1/q for a variance that comes from events of probability
 * q. The noise counts as far as it makes a part of the variance in training that the tolerance would notice. For planning.
 */
export function rareEvents(scenario: Scenario): { readonly input: number; readonly noise: number } {
  const activation = activationOf(scenario);
  const noise = noiseOf(scenario);
  const { shift } = directTheory(activationMoments(activation), relativeVariance(noise));
  const input = activationKurtosis(activation);
  return { input, noise: 1 - shift < scenario.tolerance / 4 ? 0 : input * noiseKurtosis(noise) };
}

function noiseOf({ noise, keep, beta, relativeVariance: strength }: Scenario): Noise {
  switch (noise) {
    case "bernoulli":
      return { kind: noise, keepProbability: keep };
    case "gaussian":
      return { kind: noise, relativeVariance: strength };
    case "uout":
      return { kind: noise, beta: beta ?? 0 };
  }
}

function activationOf({ activation, mean, variance, rho }: Scenario): Activation {
  return { kind: activation, mean, variance, correlation: rho };
}
