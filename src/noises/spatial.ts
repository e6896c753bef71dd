import { type Kernel, maskWords, TILE_SAMPLES } from "../kernel/kernel.ts";
import { STATE_WORDS, startStream } from "../random/streams.ts";
import { drawDropout, dropout, keepInWords, keepLines, type WordSource } from "./dropout.ts";
import { MULTIPLIED_FORMULAS } from "./multiplied.ts";
import type { NoiseProperties } from "./noise-kind.ts";

/** Dropout with one m for all units of a channel of `channelSize` units; the last channel may have fewer. Tompson et al. 2015, §3.2. */
export interface SpatialNoise {
  readonly kind: "spatial";
  readonly keepProbability: number;
  readonly channelSize: number;
}

export const SPATIAL = {
  ...dropout<SpatialNoise>(),
  kind: "spatial",
  label: "spatial",
  name: "spatial dropout",
  describe: (fields, shown) => `spatial dropout of channels of ${fields.channelSize}, ${keepInWords(fields, shown)}`,
  word: null,
  frameworkCall: ({ drop }) => `nn.Dropout2d(${drop})`,
  /** As 4 × 4 pixels have them. */
  defaultChannelSize: 16,
  noise: ({ keep, channelSize }): SpatialNoise => ({
    kind: "spatial",
    keepProbability: keep,
    channelSize: channelSize ?? 1,
  }),
  ofParameter: null,
  shares: "channel",
  lines: ({ keepProbability }) => keepLines("channel", keepProbability),
  formulas: () => ({
    ...MULTIPLIED_FORMULAS,
    source: { direct: "; a unit has one mask, shared or not", linear: ", with a mask a channel (docs/METHOD.md)" },
  }),
  draw: (setting) => drawDropout(setting, channelWords(setting.kernel, setting.fields.channelSize ?? 1)),
} as const satisfies NoiseProperties<SpatialNoise>;

/** Words for each channel, which all rows of it have. */
function channelWords(kernel: Kernel, size: number): WordSource {
  const stream = kernel.words(STATE_WORDS);
  const room = kernel.words(maskWords(TILE_SAMPLES));
  // The words of the channel under way. A stage may end within a channel, and the next one goes on with them.
  let current = room;
  return {
    startBatch: (address) => startStream(address, "noise", stream),
    draw(words, { first, stride }) {
      const length = maskWords(stride);
      if (current.length !== length) current = room.subarray(0, length);
      for (let row = first, at = 0; at < words.length; row++, at += length) {
        if (row % size === 0) kernel.random({ stream, out: current });
        words.set(current, at);
      }
    },
  };
}
