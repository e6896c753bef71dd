import type { Kernel } from "../kernel/kernel.ts";
import type { NoiseOfNetwork } from "../network/network.ts";
import type { MaskPlan, NoiseLayer } from "../noises/noise-kind.ts";
import { propertiesOf } from "../noises/noises.ts";

/** One mask. */
export const SINGLE: MaskPlan = { masks: 1, isMirrored: false, hasMirroredInput: false };

/** The noise, with the masks that a plan says. */
export function createMasks(kernel: Kernel, noise: NoiseOfNetwork, plan: MaskPlan): NoiseLayer {
  if (noise.relativeVariance === 0) return { ...plan, startBatch() {}, deviate: (out) => void out.fill(0) };
  return propertiesOf(noise.noise).draw({ kernel, fields: noise, plan });
}
