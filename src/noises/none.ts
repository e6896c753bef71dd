import { MULTIPLIED } from "./multiplied.ts";
import type { NoiseProperties } from "./noise-kind.ts";

/** No noise: r = 0. */
export interface NoNoise {
  readonly kind: "none";
}

export const NONE = {
  ...MULTIPLIED,
  kind: "none",
  label: "no noise",
  name: "no noise",
  describe: () => "no noise",
  word: "identity",
  frameworkCall: () => undefined,
  isGivenByDrop: false,
  parameter: null,
  defaultStrength: { keep: 1 },
  reach: null,
  defaultChannelSize: null,
  hasClassicForm: false,
  noise: (): NoNoise => ({ kind: "none" }),
  parameterOf: () => 0,
  ofParameter: null,
  shares: "unit",
  kurtosis: () => 3,
  lines: () => [{ symbol: "σ²", name: "relative variance of no noise", value: 0 }],
  isSymmetric: false,
  largestNoisy: (_, { largest }) => largest,
  draw: ({ plan }) => ({ ...plan, startBatch() {}, deviate: (deviation) => void deviation.fill(0) }),
} as const satisfies NoiseProperties<NoNoise>;
