import { type Noise, propertiesOf } from "../noises/noises.ts";
import { layerTheory } from "./layer-steps.ts";
import { relativeVariance } from "./noise.ts";
import { affineTheory, type PhaseSetting } from "./phase-variance.ts";
import type { ShiftTheory } from "./shift.ts";
import { spatialTheory } from "./spatial-dropout.ts";

export interface NoiseSetting extends PhaseSetting {
  readonly noise: Noise;
}

/**
 * The variances and the shift that a noise of any kind leads to.
 *
 * Noise that also adds: `affineTheory`. Noise that units of a channel share: `spatialTheory`. Other noise on single units, and on
 * weights, whose mask of a neuron's weights is one of its inputs (without a layer of the one weight that a unit reaches Batch
 * Normalization by): `layerTheory` of σ². A gain that both phases have, as classic dropout's p, multiplies both variances by its
 * square.
 *
 * A `VshiftError` for moments, weights or noise that do not exist.
 */
export function noiseTheory({ noise, input, layer }: NoiseSetting): ShiftTheory {
  const strength = relativeVariance(noise);
  const { affine, shares, gains } = propertiesOf(noise.kind);
  const added = affine(noise);
  if (added !== null) return affineTheory(added, { input, layer });
  if (shares === "channel") return spatialTheory({ input, layer }, strength);
  return scaledTheory(layerTheory({ layer, input, relativeVariance: strength }), gains(noise).train);
}

/** Both phases times a number; their ratio is what it was. */
function scaledTheory({ trainVariance, testVariance, shift }: ShiftTheory, by: number): ShiftTheory {
  return { trainVariance: by * by * trainVariance, testVariance: by * by * testVariance, shift };
}
