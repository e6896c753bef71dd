import { type Kernel, STAGE_FLOATS } from "../kernel/kernel.ts";
import type { NoiseLayer, UnitMasks } from "../noises/noise-kind.ts";
import type { Stage } from "./stage.ts";

/**
 * Sums of a channel's values with each of some masks, then the sum of all their squares: of channel j from [(masks + 1)·j] on. Without
 * masks it is one of both.
 */
export interface ChannelSums {
  readonly masks: number;
  readonly sums: Float64Array;
}

/** What reaches Batch Normalization from one input: in train mode with the first mask and with others, in test mode without noise. */
export interface PhaseSums {
  readonly train: readonly [ChannelSums, ...ChannelSums[]];
  readonly test: ChannelSums;
}

/** Room for what a probe adds up. */
export function createPhaseSums(
  kernel: Pick<Kernel, "doubles">,
  { channels, others }: Pick<Probe, "channels" | "others">,
): PhaseSums {
  const sums = (masks: number): ChannelSums => ({ masks, sums: kernel.doubles((masks + 1) * channels) });
  return { train: [sums(1), ...others.map(sums)], test: sums(1) };
}

/** Takes the stages of a tile, clean and then with the noise of each mask, to Batch Normalization and adds up what reaches it. */
export interface Probe {
  readonly channels: number;
  /** Masks of each of the sums during training except the first. */
  readonly others: readonly number[];
  startTile(stride: number): void;
  takeClean(stage: Stage, x: Float32Array, sums: PhaseSums): void;
  takeNoisy(stage: Stage, x: Float32Array, sums: PhaseSums): void;
  endTile(tile: Pick<Stage, "samples" | "stride">, sums: PhaseSums): void;
}

export interface ProbeSetting {
  readonly noise: NoiseLayer;
  /** The noise multiplies x + centre, x as the sampler draws it. */
  readonly centre: number;
}

/** What a stage's noise is, mask by mask: r of each unit. */
export function createDeviations(kernel: Kernel, noise: NoiseLayer) {
  const room = kernel.floats(STAGE_FLOATS);
  let deviation = room;
  return (stage: Stage, length: number, take: (deviation: Float32Array, mask: number) => void): void => {
    if (deviation.length !== length) deviation = room.subarray(0, length);
    for (let mask = 0; mask < noise.masks; mask++) {
      noise.deviate(deviation, mask, stage);
      take(deviation, mask);
    }
  };
}

/** Nothing between noise and Batch Normalization: it sees the stages as they come. */
export function createDirectProbe(kernel: Kernel, width: number, { noise, centre }: ProbeSetting): Probe {
  const eachDeviation = createDeviations(kernel, noise);
  return {
    channels: width,
    others: Array.from({ length: noise.masks - 1 }, () => 1),
    startTile() {},
    takeClean({ first, samples, stride }, x, { test }) {
      kernel.addMoments({ x, stride, samples, sums: test.sums, first });
    },
    takeNoisy(stage, x, { train }) {
      const { first, samples, stride } = stage;
      eachDeviation(stage, x.length, (deviation, mask) => {
        kernel.addNoisyMoments({ x, deviation, centre, stride, samples, sums: train[mask].sums, first });
      });
    },
    endTile() {},
  };
}

/**
 * The same where units are kept or dropped, by their masks alone. What it adds up during training is keep times the input of Batch
 * Normalization, from its mean.
 *
 * hasTestInput  whether the input of test mode is another than that of training
 */
export function createMaskedProbe(
  kernel: Kernel,
  width: number,
  { noise, centre, masks, hasTestInput }: ProbeSetting & { readonly masks: UnitMasks; readonly hasTestInput: boolean },
): Probe {
  const { threshold, isKept, keep } = masks;
  const eachOther = (noise.hasMirroredInput ? 2 * noise.masks : noise.masks) - 1;
  const unused = hasTestInput ? kernel.doubles(2 * width) : undefined;
  const none = kernel.doubles(1);
  return {
    channels: width,
    others: eachOther > 0 ? [eachOther] : [],
    startTile() {},
    takeClean({ first, samples, stride }, x, { test }) {
      if (hasTestInput) kernel.addMoments({ x, stride, samples, sums: test.sums, first });
    },
    takeNoisy(stage, x, { train: [own, others], test }) {
      const { first, samples, stride } = stage;
      kernel.addMaskedMoments({
        x,
        stride,
        samples,
        words: masks.draw(stage, x.length),
        threshold,
        isKept,
        masks: noise.masks,
        isComplement: noise.isMirrored,
        isMirrored: noise.hasMirroredInput,
        keep,
        centre,
        first,
        clean: unused ?? test.sums,
        own: own.sums,
        others: others?.sums ?? none,
      });
    },
    endTile() {},
  };
}
