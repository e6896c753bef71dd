import { GROUP, type Kernel, STAGE_FLOATS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { NoiseLayer } from "../noises/noise-kind.ts";
import type { WordPair } from "../random/threefry.ts";
import type { Deviation, PhaseSums, Probe } from "./probe.ts";
import type { Sampler } from "./sampler.ts";

export interface Network {
  readonly kernel: Kernel;
  readonly width: number;
  readonly batchSize: number;
  readonly sampler: Sampler;
  /** Draws the input of test mode where it is another than that of training; in the same unit and about the same centre. */
  readonly testSampler?: Sampler | undefined;
  readonly noise: NoiseLayer;
  /** The noise multiplies x + centre, x as the sampler draws it. */
  readonly centre: number;
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
  const { kernel, width, batchSize, sampler, testSampler, noise, centre, probe, keys } = network;
  const buffers = { x: kernel.floats(STAGE_FLOATS), deviation: kernel.floats(STAGE_FLOATS), centre };
  const whole = tileOf(buffers, width, Math.min(TILE_SAMPLES, batchSize));
  const rest = tileOf(buffers, width, batchSize % TILE_SAMPLES);
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
        const noisy = first + rows <= width ? tile.whole : tile.last;
        (testSampler ?? sampler).draw(noisy.x, stage);
        probe.takeClean(stage, noisy.x, sums);
        if (testSampler !== undefined) sampler.draw(noisy.x, stage);
        for (let mask = 0; mask < noise.masks; mask++) {
          noise.deviate(noisy.deviation, mask, stage);
          noisy.mask = mask;
          probe.takeNoisy(stage, noisy, sums);
        }
      }
      probe.endTile(stage, sums);
    }
  };
}

export type Forward = (batch: number, sums: PhaseSums) => void;

/** The input and its noise on their way; one object for all stages, since a new one for each would be most of the garbage. */
interface Noisy extends Deviation {
  mask: number;
  readonly x: Float32Array;
}

/** How a tile of so many samples goes by in stages of `rows` channels, and the parts of the buffers that they fill. */
function tileOf(buffers: Omit<Noisy, "mask">, width: number, samples: number) {
  const stride = Math.max(GROUP, Math.ceil(samples / GROUP) * GROUP);
  // An even number: a product in integers takes two rows at a time.
  const rows = 2 * Math.floor(STAGE_FLOATS / stride / 2);
  return {
    rows,
    stage: { first: 0, samples, stride },
    whole: firstFloats(buffers, rows * stride),
    last: firstFloats(buffers, (width % rows) * stride),
  };
}

function firstFloats({ x, deviation, centre }: Omit<Noisy, "mask">, length: number): Noisy {
  return { mask: 0, x: x.subarray(0, length), deviation: deviation.subarray(0, length), centre };
}
