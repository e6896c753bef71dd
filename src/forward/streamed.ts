import { GROUP, type Kernel, STAGE_FLOATS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { NoiseLayer } from "../noises/noise-kind.ts";
import type { WordPair } from "../random/threefry.ts";
import type { PhaseSums, Probe } from "./probe.ts";
import type { Sampler } from "./sampler.ts";

export interface Network {
  readonly kernel: Kernel;
  readonly width: number;
  readonly batchSize: number;
  readonly sampler: Sampler;
  /** Draws the input of test mode where it is another than that of training; in the same unit and about the same centre. */
  readonly testSampler?: Sampler | undefined;
  readonly noise: NoiseLayer;
  readonly probe: Probe;
  readonly keys: { readonly input: WordPair; readonly noise: WordPair };
}

/**
 * Returns the forward pass of a mini-batch: it draws the batch of a number and adds what reaches Batch
 * Normalization to the sums, in train mode with each of the noise's masks and in test mode without, from the same input or
 * from one that test mode has of its own.
 *
 * A stage of at most 8 KiB goes through all layers while it is in the cache. Memory does not depend on the number of
 * mini-batches, nor, past `TILE_SAMPLES`, on their size.
 */
export function createForward(network: Network): Forward {
  const { kernel, width, batchSize, sampler, testSampler, noise, probe, keys } = network;
  const room = kernel.floats(STAGE_FLOATS);
  const whole = tileOf(room, width, Math.min(TILE_SAMPLES, batchSize));
  const rest = tileOf(room, width, batchSize % TILE_SAMPLES);
  return (batch, sums) => {
    sampler.startBatch({ key: keys.input, batch });
    testSampler?.startBatch({ key: keys.input, batch });
    noise.startBatch({ key: keys.noise, batch });
    for (let done = 0; done < batchSize; done += TILE_SAMPLES) {
      const tile = batchSize - done < TILE_SAMPLES ? rest : whole;
      const { stage, rows } = tile;
      sampler.startTile(stage.stride);
      testSampler?.startTile(stage.stride);
      probe.startTile(stage.stride);
      for (let first = 0; first < width; first += rows) {
        stage.first = first;
        const x = first + rows <= width ? tile.whole : tile.last;
        (testSampler ?? sampler).draw(x, stage);
        probe.takeClean(stage, x, sums);
        if (testSampler !== undefined) sampler.draw(x, stage);
        probe.takeNoisy(stage, x, sums);
      }
      probe.endTile(stage, sums);
    }
  };
}

export type Forward = (batch: number, sums: PhaseSums) => void;

/** How a tile of so many samples goes by in stages of `rows` channels, and the parts of a stage's room that they fill. */
function tileOf(room: Float32Array, width: number, samples: number) {
  const stride = Math.max(GROUP, Math.ceil(samples / GROUP) * GROUP);
  // Whole groups: products in integers take rows by two, and panels of units by eight.
  const rows = GROUP * Math.floor(STAGE_FLOATS / stride / GROUP);
  return {
    rows,
    stage: { first: 0, samples, stride },
    whole: room.subarray(0, rows * stride),
    last: room.subarray(0, (width % rows) * stride),
  };
}
