import { scatterBytes } from "../../forward/scatter.ts";
import { prefersScatter, type ScatterSetting } from "../../forward/scatter-form.ts";
import { PAIR_ROWS, PANEL_SLOTS, STAGE_FLOATS, TILE_NEURONS, TILE_SAMPLES } from "../../kernel/kernel.ts";
import { propertiesOf } from "../../noises/noises.ts";
import { STATE_WORDS } from "../../random/streams.ts";
import type { Scenario } from "../../scenario/scenario.ts";

/** Stages, random integers, the state of streams, a factor's tile, and the padding between arrays. */
const SMALL_ARRAYS = 16 * 4 * STAGE_FLOATS;

type Size = Pick<Scenario, "width" | "neurons">;

/**
 * Bytes that the arrays of a network that streams take, at most. They grow with the width and the weights, and not with the
 * number of samples.
 */
export function segmentBytes(setting: ScatterSetting): number {
  const { width, neurons, noise, masks } = setting;
  const correlation = 2 * 4 * width;
  // Offsets, running statistics and those of test mode.
  const statistics = 6 * 8 * (neurons ?? width);
  // A stream for each neuron.
  const weightNoise = propertiesOf(noise).shares === "weight" ? 4 * STATE_WORDS * (neurons ?? 0) : 0;
  const scatter = prefersScatter(setting) ? scatterBytes(setting) : 0;
  const phases = (3 + masks.masks) * phaseBytes(setting);
  return SMALL_ARRAYS + correlation + weightBytes(setting) + statistics + weightNoise + phases + scatter;
}

/** Weights, drawn and packed for the product, with rows and neurons to spare. */
export function weightBytes({ width, neurons }: Size): number {
  return neurons === null ? 0 : SMALL_ARRAYS + 4 * (width * neurons + (width + PAIR_ROWS) * (neurons + TILE_NEURONS));
}

/** Bytes that each phase takes: sums and, in a linear layer, outputs and a panel of the input. */
export function phaseBytes({ width, neurons }: Size): number {
  const sums = 2 * 8 * (neurons ?? width);
  return neurons === null ? sums : sums + 4 * TILE_SAMPLES * (neurons + TILE_NEURONS + PANEL_SLOTS);
}
