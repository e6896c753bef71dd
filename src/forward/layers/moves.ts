import type { Kernel } from "../../kernel/kernel.ts";
import { clearPadding, type Maps, readSample, stretchesOf, writeSample } from "../maps.ts";
import type { Tile } from "../tiles.ts";
import type { Step } from "./step.ts";

/** A copy of what another node still reads. */
export function copyStep(inputs: Maps, outputs: Maps): Step {
  return () => {
    for (const [at, { x }] of outputs.tiles.entries()) x.set((inputs.tiles[at] as Tile).x);
  };
}

/** The units of a sample's maps as channels, in the order that they have in it. */
export function flattenStep(inputs: Maps, outputs: Maps): Step {
  const { positions } = inputs;
  const { channels } = inputs.shape;
  const units = outputs.shape.channels;
  const from = stretchesOf(inputs);
  const to = stretchesOf(outputs);
  const values = new Float32Array(units);
  return () => {
    for (const [sample, stretches] of from.entries()) {
      readSample(stretches, { channels, positions, values });
      writeSample(to[sample] ?? [], { channels: units, positions: 1, values });
    }
    clearPadding(outputs.tiles);
  };
}

/** The channels of all inputs, one after the other. */
export function concatStep(inputs: readonly Maps[], outputs: Maps): Step {
  return () => {
    for (const [at, { x }] of outputs.tiles.entries()) {
      let done = 0;
      for (const { tiles } of inputs) {
        const part = (tiles[at] as Tile).x;
        x.set(part, done);
        done += part.length;
      }
    }
  };
}

/** y ← unit·y + x, for the tiles of a product and of what is added to it, one after another. */
export function addStep(
  kernel: Kernel,
  { sum, added, units }: { readonly sum: Maps; readonly added: readonly Maps[]; readonly units: number[] | undefined },
): Step {
  return () => {
    for (const [at, { x: y }] of sum.tiles.entries()) {
      for (const [other, { tiles }] of added.entries()) {
        const { x } = tiles[at] as Tile;
        kernel.scaleAndAdd({ y, scale: other === 0 ? (units?.[at] ?? 1) : 1, x });
      }
    }
  };
}
