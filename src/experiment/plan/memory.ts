import { PAIR_ROWS, PANEL_SLOTS, STAGE_FLOATS, TILE_NEURONS, TILE_SAMPLES } from "../../kernel/kernel.ts";
import { propertiesOf } from "../../noises/noises.ts";
import { STATE_WORDS } from "../../random/streams.ts";
import type { Scenario } from "../../scenario/scenario.ts";

/** Stages, random integers, the state of streams, a factor's tile, and the padding between arrays. */
const SMALL_ARRAYS = 16 * 4 * STAGE_FLOATS;

type Size = Pick<Scenario, "width" | "neurons"> & Partial<Pick<Scenario, "noise">>;

/**
 * Bytes that the arrays of a network that streams take, at most. They grow with the width and the weights, and not with the
 * number of samples.
 */
export function segmentBytes(size: Size, masks: number): number {
  const { width, neurons, noise } = size;
  const correlation = 2 * 4 * width;
  // Drawn, and packed, with rows and neurons to spare, for the product.
  const weights = neurons === null ? 0 : 4 * (width * neurons + (width + PAIR_ROWS) * (neurons + TILE_NEURONS));
  // Offsets, running statistics and those of test mode.
  const statistics = 6 * 8 * (neurons ?? width);
  // A stream for each neuron.
  const weightNoise =
    noise !== undefined && propertiesOf(noise).shares === "weight" ? 4 * STATE_WORDS * (neurons ?? 0) : 0;
  return SMALL_ARRAYS + correlation + weights + statistics + weightNoise + (1 + masks) * phaseBytes(size);
}

/** Bytes that each phase takes: sums and, in a linear layer, outputs and a panel of the input. */
export function phaseBytes({ width, neurons }: Size): number {
  const sums = 2 * 8 * (neurons ?? width);
  return neurons === null ? sums : sums + 4 * TILE_SAMPLES * (neurons + TILE_NEURONS + PANEL_SLOTS);
}
