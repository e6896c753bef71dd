import type { Kernel } from "../kernel/kernel.ts";
import type { MaskPlan, NoiseFields, NoiseLayer } from "../noises/noise-kind.ts";
import { type NoiseKind, propertiesOf } from "../noises/noises.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { maskPlan } from "./mask-plan.ts";

/** The noise of a scenario. */
export function createNoise(kernel: Kernel, scenario: Scenario): NoiseLayer {
  return createMasks(kernel, scenario, maskPlan(scenario));
}

/** The noise, with the masks that a plan says. */
export function createMasks(
  kernel: Kernel,
  fields: NoiseFields & { readonly noise: NoiseKind },
  plan: MaskPlan,
): NoiseLayer {
  if (fields.relativeVariance === 0) return { ...plan, startBatch() {}, deviate: (out) => void out.fill(0) };
  return propertiesOf(fields.noise).draw({ kernel, fields, plan });
}
