import { alphaDropoutTheory } from "./alpha-dropout.ts";
import { layerTheory } from "./layer-steps.ts";
import { type Noise, relativeVariance } from "./noise.ts";
import type { PhaseSetting } from "./phase-variance.ts";
import type { ShiftTheory } from "./shift.ts";
import { spatialTheory } from "./spatial-dropout.ts";

export interface NoiseSetting extends PhaseSetting {
  readonly noise: Noise;
}

/**
 * The variances and the shift that a noise of any kind leads to.
 *
 * Noise on single units, and DropConnect, whose mask of a neuron's weights is one of its inputs (without a layer of the one
 * weight that a unit reaches Batch Normalization by): `layerTheory` of σ². Classic dropout: p² of both variances of inverted
 * dropout. Spatial: `spatialTheory`. Alpha: `alphaDropoutTheory`.
 *
 * A `VshiftError` for moments, weights or noise that do not exist.
 */
export function noiseTheory({ noise, input, layer }: NoiseSetting): ShiftTheory {
  const strength = relativeVariance(noise);
  switch (noise.kind) {
    case "alpha":
      return alphaDropoutTheory({ input, layer }, noise.keepProbability);
    case "spatial":
      return spatialTheory({ input, layer }, strength);
    case "bernoulli": {
      const theory = layerTheory({ layer, input, relativeVariance: strength });
      return noise.scaling === "classic" ? scaledTheory(theory, noise.keepProbability) : theory;
    }
    case "gaussian":
    case "uout":
    case "dropconnect":
    case "none":
      return layerTheory({ layer, input, relativeVariance: strength });
  }
}

/** Both phases times a number; their ratio is what it was. */
function scaledTheory({ trainVariance, testVariance, shift }: ShiftTheory, by: number): ShiftTheory {
  return { trainVariance: by * by * trainVariance, testVariance: by * by * testVariance, shift };
}
