import { type Noise, propertiesOf } from "../noises/noises.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** The noise of a scenario, as the theory has it. */
export function noiseOf(scenario: Scenario): Noise {
  return propertiesOf(scenario.noise).noise(scenario);
}
