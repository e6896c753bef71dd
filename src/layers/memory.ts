import { STAGE_FLOATS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { PANEL_FLOATS } from "./linear.ts";

/** Stages, the state of streams, a factor's tile, and the padding between arrays. */
const SMALL_ARRAYS = 16 * 4 * STAGE_FLOATS;

/**
 * Bytes that the arrays of a scenario's network take, at most. They grow with the width and the weights, and not with the
 * number of samples.
 */
export function networkBytes({ width, neurons }: Pick<Scenario, "width" | "neurons">): number {
  const correlation = 2 * 4 * width;
  const phaseSums = 2 * 2 * 8 * (neurons ?? width);
  const outputs = 2 * 4 * TILE_SAMPLES * (neurons ?? 0);
  const panels = neurons === null ? 0 : 2 * 4 * PANEL_FLOATS;
  const weights = 4 * width * (neurons ?? 0);
  return SMALL_ARRAYS + correlation + phaseSums + outputs + panels + weights;
}
