import { prefersScatter, type ScatterSetting, scatterWork } from "../../forward/scatter-form.ts";
import type { MaskPlan } from "../../noises/noise-kind.ts";
import { propertiesOf } from "../../noises/noises.ts";

/**
 * Time that parts of a forward pass take, in units of drawing one activation with its random integer for the noise and
 * its clean moments (1.7 ns on a core of 3.6 GHz; docs/PERFORMANCE.md). For planning: no result depends on how true it is,
 * but how many masks are drawn does, so a change is value-breaking.
 */
const MASK = 0.2;
/** A mask without a layer, from the moments of what it keeps; and a further one from its sum alone. */
const MASKED = 0.25;
const FURTHER_MASK = 0.11;
/** Rounding and packing one activation for a matrix product, the noise applied. */
const PACK = 0.2;
/** A multiplication and addition of a matrix product. */
export const MULTIPLY_ADD = 0.014;

/** A weight's own mask of one activation: its random integer, the choice, and a multiplication and addition one by one. */
const WEIGHT_MASK = 0.4;

/** Work of one activation of a mini-batch. */
export function activationWork(scenario: Omit<ScatterSetting, "masks">, plan: MaskPlan): number {
  const { neurons, noise } = scenario;
  const { masks, isMirrored } = plan;
  if (neurons === null) {
    if (propertiesOf(noise).isSymmetric) return 1 + MASK * masks;
    return 1 + MASKED + (isMirrored ? 0 : (masks - 1) * FURTHER_MASK);
  }
  const setting = { ...scenario, masks: plan };
  if (prefersScatter(setting)) return 1 + (1 + masks) * (PACK + scatterWork(setting) * MULTIPLY_ADD);
  const product = PACK + neurons * MULTIPLY_ADD;
  if (propertiesOf(noise).shares === "weight") return 1 + product + neurons * WEIGHT_MASK;
  return 1 + product + masks * MASK + (isMirrored ? 1 : masks) * product;
}
