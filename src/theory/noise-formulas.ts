import { propertiesOf } from "../noises/noises.ts";
import { type LayerFormulas, layerFormulas } from "./layer-steps.ts";
import type { NoiseSetting } from "./noise-theory.ts";
import { channelSums, sharedMoment } from "./spatial-dropout.ts";
import { given } from "./step.ts";

/** The formulas of both variances for a noise in front of, or in, a layer; `noiseSteps` give their other symbols. */
export function noiseFormulas({ noise, input, layer }: NoiseSetting): LayerFormulas {
  const { weights, testFormula, source } = layerFormulas(layer);
  const { formulas, pivot, shares } = propertiesOf(noise.kind);
  const { gain, train, source: because } = formulas(noise);
  const isLinear = layer.kind === "linear";
  const isShared = shares === "channel" && isLinear;
  return {
    weights: isShared ? [...weights, channelStep(channelSums(layer, sharedMoment(input)).channelSquares)] : weights,
    testFormula: `${gain}${testFormula}`,
    trainFormula: train("Var_test", squaresOf({ isLinear, isShared, pivot })),
    source: `${source}${isLinear ? because.linear : because.direct}`,
  };
}

/** What the noise multiplies, for σ² = 1. */
function squaresOf({ isLinear, isShared, pivot }: Multiplied): string {
  if (pivot !== 0) return `${isLinear ? "⟨S₂⟩·" : ""}(v + (c − α′)²)`;
  const ofUnits = isLinear ? "E x²·⟨S₂⟩" : "E x²";
  return isShared ? `(${ofUnits} + (v·ρ + c²)·(⟨C⟩ − ⟨S₂⟩))` : ofUnits;
}

interface Multiplied {
  readonly isLinear: boolean;
  readonly isShared: boolean;
  readonly pivot: number;
}

function channelStep(channelSquares: number) {
  return given("⟨C⟩", "(Σw)² of each channel added up, averaged over the neurons", channelSquares);
}
