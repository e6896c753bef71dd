import { STATE_WORDS, startStream } from "../random/streams.ts";
import { MULTIPLIED } from "./multiplied.ts";
import type { NoiseProperties } from "./noise-kind.ts";
import { BETA } from "./parameter.ts";
import { drawSymmetric } from "./symmetric.ts";

/** m = 1 + U(−β, β), β in [0, 1]. Li et al. 2019, §5. */
export interface UoutNoise {
  readonly kind: "uout";
  readonly beta: number;
}

export const UOUT = {
  ...MULTIPLIED,
  kind: "uout",
  label: "Uout",
  name: "Uout",
  describe: ({ beta, keep }, shown) => `Uout, β = ${shown(beta ?? 0)} (as keep ${shown(keep)})`,
  word: "uout",
  frameworkCall: () => undefined,
  isGivenByDrop: false,
  parameter: BETA,
  /** As in the paper's experiments. */
  defaultStrength: { beta: 0.1 },
  reach: {
    relativeVariance: 1 / 3,
    rule: "within reach of uout, whose β²/3 is 1/3 at most",
    because: "uout reaches 1/3 at most (β = 1)",
    instead: "bernoulli or gaussian noise",
    keep: 0.75,
  },
  defaultChannelSize: null,
  hasClassicForm: false,
  noise: ({ beta }): UoutNoise => ({ kind: "uout", beta: beta ?? 0 }),
  parameterOf: ({ beta }) => beta,
  ofParameter: (beta): UoutNoise => ({ kind: "uout", beta }),
  shares: "unit",
  /** That of a uniform distribution. */
  kurtosis: () => 9 / 5,
  lines: ({ beta }) => [
    { symbol: "β", name: "half width of the noise 1 + U(−β, β)", value: beta },
    {
      symbol: "σ²",
      name: "relative variance of the noise",
      value: BETA.relativeVariance(beta),
      derived: { formula: "β² / 3", source: "variance of U(−β, β); Li et al. 2019, §5" },
    },
  ],
  isSymmetric: true,
  largestNoisy: ({ beta }, { centre, largest }) => largest + (beta ?? 0) * (Math.abs(centre) + largest),
  draw(setting) {
    const { kernel, fields } = setting;
    const stream = kernel.words(STATE_WORDS);
    const scale = fields.beta ?? 0;
    return drawSymmetric(setting, {
      startBatch: (address) => startStream(address, "noise", stream),
      draw: (out) => kernel.uniforms({ stream, scale, out }),
    });
  },
} as const satisfies NoiseProperties<UoutNoise>;
