import { type Noise, propertiesOf } from "../noises/noises.ts";
import { relativeVariance } from "./noise.ts";
import { derived, given, type Step } from "./step.ts";

/** From the noise to σ², or to what the formulas have in its place. */
export function noiseSteps(noise: Noise): readonly Step[] {
  // A `VshiftError` for a noise that does not exist.
  relativeVariance(noise);
  const steps: Step[] = [];
  for (const { symbol, name, value, derived: from } of propertiesOf(noise.kind).lines(noise)) {
    const step =
      from === undefined
        ? given(symbol, name, value)
        : derived({ symbol, name, formula: from.formula, value, source: from.source }, steps);
    steps.push(step);
  }
  return steps;
}
