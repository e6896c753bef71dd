import { type Kernel, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { InputLayer } from "../network/network.ts";
import { STATE_WORDS, startStream } from "../random/streams.ts";
import { type Arrays, arrayOf, type RealArray } from "../scenario/arrays.ts";
import type { Sampler } from "./sampler.ts";

/**
 * Draws rows of a file with replacement, each sample of a mini-batch a row of its own, independent of the others.
 *
 * Sample t is row ⌊u·n/2³²⌋ for a word u of 32 random bits and n rows: a row's probability is within 2⁻³² of 1/n, which
 * moves no expectation by more than n/2³² of the rows' range of values.
 *
 * Values are taken in units of √v and from the mean c, the averages over the units, and are rounded to single precision
 * after that.
 */
export function createRowSampler(
  kernel: Kernel,
  { mean, variance }: Pick<InputLayer, "mean" | "variance">,
  { rows, columns, values }: RealArray,
): Sampler {
  const unit = Math.sqrt(variance);
  const centre = Math.fround(mean / unit);
  const origin = centre * unit;
  const state = kernel.words(STATE_WORDS);
  const words = kernel.words(TILE_SAMPLES);
  /** Where the row of each sample of the tile begins. */
  const starts = new Float64Array(TILE_SAMPLES);
  return {
    unit,
    centre,
    startBatch: (address) => startStream(address, "inputRow", state),
    startTile(stride) {
      const drawn = words.subarray(0, stride);
      kernel.random({ stream: state, out: drawn });
      for (let sample = 0; sample < stride; sample++) {
        starts[sample] = Math.floor((drawn[sample] * rows) / WORDS) * columns;
      }
    },
    draw(x, { first, stride }) {
      const channels = x.length / stride;
      for (let sample = 0; sample < stride; sample++) {
        const from = starts[sample] + first;
        for (let channel = 0, to = sample; channel < channels; channel++, to += stride) {
          x[to] = (values[from + channel] - origin) / unit;
        }
      }
    },
  };
}

/**
 * What draws the rows of evaluation mode, where a scenario has such; in the units of the training's. Its words are those of the
 * training's rows, so that with as many rows in both files a mini-batch has the same samples in both modes.
 */
export function createTestSampler(kernel: Kernel, input: InputLayer, arrays: Arrays): Sampler | undefined {
  const rows = arrayOf(input, "testActivation", arrays);
  return rows && createRowSampler(kernel, input, rows);
}

const WORDS = 2 ** 32;
