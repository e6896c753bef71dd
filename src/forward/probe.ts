import type { Kernel } from "../kernel/kernel.ts";
import type { Stage } from "./stage.ts";

/** Sum and sum of squares of each channel at Batch Normalization: of channel j at [2j] and [2j + 1]. */
export type ChannelSums = Float64Array;

/** What reaches Batch Normalization from one input: with each mask in train mode, without noise in test mode. */
export interface PhaseSums {
  readonly train: readonly [ChannelSums, ...ChannelSums[]];
  readonly test: ChannelSums;
}

/** Room for the sums of so many channels and masks. */
export function createPhaseSums(
  kernel: Pick<Kernel, "doubles">,
  { channels, masks }: { readonly channels: number; readonly masks: number },
): PhaseSums {
  const sums = () => kernel.doubles(2 * channels);
  return { train: [sums(), ...Array.from({ length: masks - 1 }, sums)], test: sums() };
}

/** The noise on a stage: m − 1 of each unit, with one of the masks. */
export interface Deviation {
  readonly mask: number;
  readonly deviation: Float32Array;
  /** Mean of the input in units of the sampler, less the noise's pivot, which the noise multiplies too. */
  readonly centre: number;
}

/** Takes the stages of a tile, clean and then with the noise of each mask, to Batch Normalization and adds up what reaches it. */
export interface Probe {
  readonly channels: number;
  startTile(stride: number): void;
  takeClean(stage: Stage, x: Float32Array, sums: PhaseSums): void;
  takeNoisy(stage: Stage, input: Deviation & { readonly x: Float32Array }, sums: PhaseSums): void;
  endTile(tile: Pick<Stage, "samples" | "stride">, sums: PhaseSums): void;
}

/** Nothing between noise and Batch Normalization: it sees the stages as they come. */
export function createDirectProbe(kernel: Kernel, width: number): Probe {
  return {
    channels: width,
    startTile() {},
    takeClean({ first, samples, stride }, x, { test }) {
      kernel.addMoments({ x, stride, samples, sums: test, first });
    },
    takeNoisy({ first, samples, stride }, { mask, deviation, centre, x }, { train }) {
      kernel.addNoisyMoments({ x, deviation, centre, stride, samples, sums: train[mask], first });
    },
    endTile() {},
  };
}
