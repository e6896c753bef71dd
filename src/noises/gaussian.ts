import { STATE_WORDS, startStream } from "../random/streams.ts";
import { MULTIPLIED } from "./multiplied.ts";
import type { NoiseProperties } from "./noise-kind.ts";
import { STRENGTH } from "./parameter.ts";
import { drawSymmetric } from "./symmetric.ts";

/** m ~ N(1, σ²). Srivastava et al. 2014, §10. */
export interface GaussianNoise {
  readonly kind: "gaussian";
  readonly relativeVariance: number;
}

export const GAUSSIAN = {
  ...MULTIPLIED,
  kind: "gaussian",
  label: "Gaussian",
  name: "Gaussian dropout",
  describe: ({ relativeVariance, keep }, shown) =>
    `Gaussian dropout, σ² = ${shown(relativeVariance)} (as keep ${shown(keep)})`,
  word: "gaussiandropout",
  frameworkCall: ({ keep, drop }) => (keep > 0 && keep < 1 ? `keras.layers.GaussianDropout(${drop})` : undefined),
  isGivenByDrop: true,
  parameter: STRENGTH,
  defaultStrength: { keep: 0.5 },
  reach: null,
  defaultChannelSize: null,
  hasClassicForm: false,
  noise: ({ relativeVariance }): GaussianNoise => ({ kind: "gaussian", relativeVariance }),
  parameterOf: ({ relativeVariance }) => relativeVariance,
  ofParameter: (relativeVariance): GaussianNoise => ({ kind: "gaussian", relativeVariance }),
  shares: "unit",
  kurtosis: () => 3,
  lines: ({ relativeVariance }) => [{ symbol: "σ²", name: "relative variance of the noise", value: relativeVariance }],
  isSymmetric: true,
  /**
   * It is unbounded: with z₁² + z₂² ≤ 56 for the unit's normal and the noise's, which 1 draw in 10¹² passes, |z₁| ≤ 7.5 and
   * |z₁z₂| ≤ 28; values beyond are moved to the bound.
   */
  largestNoisy: ({ relativeVariance }, { centre, largest }) =>
    largest + Math.sqrt(relativeVariance) * (7.5 * Math.abs(centre) + 3.75 * largest),
  draw(setting) {
    const { kernel, fields } = setting;
    const radius = kernel.words(STATE_WORDS);
    const angle = kernel.words(STATE_WORDS);
    const scale = Math.sqrt(fields.relativeVariance);
    return drawSymmetric(setting, {
      startBatch(address) {
        startStream(address, "noiseRadius", radius);
        startStream(address, "noiseAngle", angle);
      },
      draw(out) {
        kernel.normals({ radius, angle, out });
        kernel.scale({ x: out, scale });
      },
    });
  },
} as const satisfies NoiseProperties<GaussianNoise>;
