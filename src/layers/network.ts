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
 * Normalization to the sums, in train mode with the noise and in test mode without, from the same input.
 *
 * A stage of at most 4 KiB goes through all layers while it is in the cache. Memory does not depend on the number of
 * mini-batches, nor, past `TILE_SAMPLES`, on their size.
 */
export function createForward({ kernel, width, batchSize, sampler, noise, probe }: Network): Forward {
  const clean = kernel.floats(STAGE_FLOATS);
  const deviation = kernel.floats(STAGE_FLOATS);
  const noisy = kernel.floats(STAGE_FLOATS);
  return (address, sums) => {
    sampler.startBatch(address);
    noise.startBatch(address);
    for (let done = 0; done < batchSize; done += TILE_SAMPLES) {
      const samples = Math.min(TILE_SAMPLES, batchSize - done);
      const stride = Math.ceil(samples / GROUP) * GROUP;
      const rows = Math.floor(STAGE_FLOATS / stride);
      sampler.startTile(stride);
      probe.startTile(stride);
      for (let first = 0; first < width; first += rows) {
        const stage: Stage = { first, channels: Math.min(rows, width - first), samples, stride };
        const length = stage.channels * stride;
        const x = clean.subarray(0, length);
        const r = deviation.subarray(0, length);
        const u = noisy.subarray(0, length);
        sampler.draw(x, stage);
        noise.deviate(r);
        kernel.perturb({ x, deviation: r, centre: sampler.centre, noisy: u });
        probe.take({ stage, clean: x, noisy: u }, sums);
      }
      probe.endTile({ samples, stride }, sums);
    }
  };
}

export type Forward = (address: Address, sums: PhaseSums) => void;
