import { branchOf, STATE_WORDS, startStream } from "../random/streams.ts";
import { choiceOf, dropout, keepInWords, keepLines } from "./dropout.ts";
import { MULTIPLIED_FORMULAS } from "./multiplied.ts";
import type { NoiseProperties } from "./noise-kind.ts";

/** Dropout of the weights of a linear layer, a mask for each neuron and sample. Wan et al. 2013. */
export interface DropConnectNoise {
  readonly kind: "dropconnect";
  readonly keepProbability: number;
}

const SOURCE = "; a mask of a neuron's weights is one of its inputs (Wan et al. 2013)";

export const DROPCONNECT = {
  ...dropout<DropConnectNoise>(),
  kind: "dropconnect",
  label: "DropConnect",
  name: "DropConnect",
  describe: (fields, shown) => `DropConnect, ${keepInWords(fields, shown)}`,
  word: "dropconnect",
  frameworkCall: () => undefined,
  noise: ({ keep }): DropConnectNoise => ({ kind: "dropconnect", keepProbability: keep }),
  ofParameter: (keepProbability): DropConnectNoise => ({ kind: "dropconnect", keepProbability }),
  shares: "weight",
  lines: ({ keepProbability }) => keepLines("weight", keepProbability),
  formulas: () => ({ ...MULTIPLIED_FORMULAS, source: { direct: SOURCE, linear: SOURCE } }),
  /**
   * Each neuron has a stream of its own, so that its draws do not depend on how the width is cut into stages. The second mask,
   * where there is one, is the first one's mirror image.
   */
  draw({ kernel, fields, plan }) {
    const streams = Array.from({ length: fields.neurons ?? 0 }, () => kernel.words(STATE_WORDS));
    return {
      ...plan,
      startBatch({ key, batch }) {
        for (const [neuron, stream] of streams.entries())
          startStream({ key: branchOf(key, neuron), batch }, "noise", stream);
      },
      deviate() {},
      ofWeights: {
        draw: (out, neuron) => kernel.random({ stream: streams[neuron], out }),
        ...choiceOf(fields),
      },
    };
  },
} as const satisfies NoiseProperties<DropConnectNoise>;
