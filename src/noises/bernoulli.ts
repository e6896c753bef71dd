import { drawDropout, dropout, keepInWords, keepLines, unitWords } from "./dropout.ts";
import { MULTIPLIED_FORMULAS } from "./multiplied.ts";
import type { Gains, NoiseProperties } from "./noise-kind.ts";

/**
 * Dropout of units: m = Bernoulli(p)/p. Classic dropout is p times that during training and p times the input at test time, so
 * that its ratio is the same. Srivastava et al. 2014.
 */
export interface BernoulliNoise {
  readonly kind: "bernoulli";
  readonly keepProbability: number;
  readonly scaling?: "classic";
}

export const BERNOULLI = {
  ...dropout<BernoulliNoise>(),
  kind: "bernoulli",
  label: "Bernoulli",
  name: "Bernoulli dropout",
  describe(fields, shown) {
    const classic = fields.scaling === "classic" ? "classic " : "";
    return `${classic}Bernoulli dropout, ${keepInWords(fields, shown)}`;
  },
  word: "dropout",
  frameworkCall: ({ drop }) => `nn.Dropout(${drop})`,
  hasClassicForm: true,
  noise: ({ keep, scaling }): BernoulliNoise => ({
    kind: "bernoulli",
    keepProbability: keep,
    ...(scaling === "classic" ? { scaling } : {}),
  }),
  ofParameter: (keepProbability): BernoulliNoise => ({ kind: "bernoulli", keepProbability }),
  shares: "unit",
  gains: ({ keepProbability, scaling }) => both(scaling === "classic" ? keepProbability : 1),
  lines: ({ keepProbability }) => keepLines("unit", keepProbability),
  formulas({ scaling }) {
    if (scaling === undefined) return MULTIPLIED_FORMULAS;
    const source = "; classic dropout is p times the inverted one, in both phases (Srivastava et al. 2014, §10)";
    return {
      gain: "p²·",
      train: (quiet, squares) => `${quiet} + p²·σ²·${squares}`,
      source: { direct: source, linear: source },
    };
  },
  drawnGains: ({ keep, scaling }) => both(scaling === "classic" ? keep : 1),
  draw: (setting) => drawDropout(setting, unitWords(setting.kernel)),
} as const satisfies NoiseProperties<BernoulliNoise>;

function both(gain: number): Gains {
  return { train: gain, test: gain };
}
