import { GROUP, type Kernel, STAGE_FLOATS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { Address } from "../random/streams.ts";
import type { NoiseLayer } from "./noise.ts";
import type { PhaseSums, Probe } from "./probe.ts";
import type { Sampler } from "./sampler.ts";
import type { Stage } from "./stage.ts";

export interface Network {
  readonly kernel: Kernel;
  readonly width: number;
  readonly batchSize: number;
  readonly sampler: Sampler;
  readonly noise: NoiseLayer;
  readonly probe: Probe;
}

/**
 * Returns the way of a mini-batch through the network: it draws the batch at an address and adds what reaches Batch
 * Normalization to the sums, in train mode with each of the noise's masks and in test mode without, from the same input.
 *
 * A stage of at most 8 KiB goes through all layers while it is in the cache. Memory does not depend on the number of
 * mini-batches, nor, past `TILE_SAMPLES`, on their size.
 */
export function createForward({ kernel, width, batchSize, sampler, noise, probe }: Network): Forward {
  const buffers: Buffers = { clean: kernel.floats(STAGE_FLOATS), deviation: kernel.floats(STAGE_FLOATS) };
  const whole = tileOf(buffers, width, Math.min(TILE_SAMPLES, batchSize));
  const rest = tileOf(buffers, width, batchSize % TILE_SAMPLES);
  return (address, sums) => {
    sampler.startBatch(address);
    noise.startBatch(address);
    for (let done = 0; done < batchSize; done += TILE_SAMPLES) {
      const tile = batchSize - done < TILE_SAMPLES ? rest : whole;
      const { samples, stride, rows } = tile;
      sampler.startTile(stride);
      probe.startTile(stride);
      for (let first = 0; first < width; first += rows) {
        const stage: Stage = { first, samples, stride };
        const { clean: x, deviation } = first + rows <= width ? tile.stages : tile.lastStage;
        sampler.draw(x, stage);
        probe.takeClean(stage, x, sums);
        for (let mask = 0; mask < noise.masks; mask++) {
          noise.deviate(deviation, mask);
          probe.takeNoisy(stage, { mask, x, deviation, centre: sampler.centre }, sums);
        }
      }
      probe.endTile({ samples, stride }, sums);
    }
  };
}

export type Forward = (address: Address, sums: PhaseSums) => void;

/** Room for one stage: its input, and the noise's m − 1. */
interface Buffers {
  readonly clean: Float32Array;
  readonly deviation: Float32Array;
}

/** How a tile of so many samples goes by in stages of `rows` channels, and the parts of the buffers that they fill. */
function tileOf(buffers: Buffers, width: number, samples: number) {
  const stride = Math.max(GROUP, Math.ceil(samples / GROUP) * GROUP);
  // An even number: a product in integers takes two rows at a time.
  const rows = 2 * Math.floor(STAGE_FLOATS / stride / 2);
  return {
    samples,
    stride,
    rows,
    stages: firstFloats(buffers, rows * stride),
    lastStage: firstFloats(buffers, (width % rows) * stride),
  };
}

function firstFloats({ clean, deviation }: Buffers, length: number): Buffers {
  return { clean: clean.subarray(0, length), deviation: deviation.subarray(0, length) };
}
