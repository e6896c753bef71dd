import { type Noise, propertiesOf } from "../noises/noises.ts";
import { relativeVariance } from "./noise.ts";
import { type Step, stepsOf } from "./step.ts";

/** From the noise to σ², or to what the formulas have in its place. */
export function noiseSteps(noise: Noise): readonly Step[] {
  // A `VshiftError` for a noise that does not exist.
  relativeVariance(noise);
  return stepsOf(propertiesOf(noise.kind).lines(noise));
}
