import type { Kernel } from "../kernel/kernel.ts";
import type { Stage } from "./stage.ts";

/** Sum and sum of squares of each channel at Batch Normalization: of channel j at [2j] and [2j + 1]. */
export type ChannelSums = Float64Array;

/** What reaches Batch Normalization from one input: with the noise in train mode, without it in test mode. */
export interface PhaseSums {
  readonly train: ChannelSums;
  readonly test: ChannelSums;
}

/** Takes the stages of a tile, clean and noisy, to Batch Normalization and adds up what reaches it. */
export interface Probe {
  readonly channels: number;
  startTile(stride: number): void;
  take(
    input: { readonly stage: Stage; readonly clean: Float32Array; readonly noisy: Float32Array },
    sums: PhaseSums,
  ): void;
  endTile(tile: { readonly samples: number; readonly stride: number }, sums: PhaseSums): void;
}

/** Nothing between noise and Batch Normalization: it sees the stages as they come. */
export function createDirectProbe(kernel: Kernel, width: number): Probe {
  return {
    channels: width,
    startTile() {},
    take({ stage: { first, samples, stride }, clean, noisy }, { train, test }) {
      kernel.addMoments({ x: clean, stride, samples, sums: test, first });
      kernel.addMoments({ x: noisy, stride, samples, sums: train, first });
    },
    endTile() {},
  };
}
