import { requireWithin } from "../numeric/domain.ts";
import { drawDropout, dropout, keepInWords, keepLine, unitWords } from "./dropout.ts";
import type { AffineNoise, NoiseProperties } from "./noise-kind.ts";
import { KEEP } from "./parameter.ts";

/** −λα of SELU, what it tends to far below 0: what alpha dropout sets a dropped unit to. Klambauer et al. 2017, §3 and eq. 14. */
export const DROPPED_VALUE = -1.7580993408473766;

/** A unit is set to α′ where it is dropped, and all are scaled and moved. Klambauer et al. 2017, §3. */
export interface AlphaNoise {
  readonly kind: "alpha";
  readonly keepProbability: number;
}

const SOURCE = "; alpha dropout is dropout of x − α′ (Klambauer et al. 2017, §3)";

/**
 * It makes a·x + b of a unit that it keeps, where r = q/p, and a·α′ + b of one that it drops, where r = −1. With b = −aα′q both
 * are a·p·(x + r·(x − α′)): p·(x + q/p·(x − α′)) = x − qα′, p·α′ = α′ − qα′. So it is dropout of x − α′.
 */
export const ALPHA = {
  ...dropout<AlphaNoise>(),
  kind: "alpha",
  label: "alpha",
  name: "alpha dropout",
  describe: (fields, shown) => `alpha dropout, ${keepInWords(fields, shown)}`,
  word: "alphadropout",
  frameworkCall: ({ drop }) => `nn.AlphaDropout(${drop})`,
  noise: ({ keep }): AlphaNoise => ({ kind: "alpha", keepProbability: keep }),
  ofParameter: null,
  shares: "unit",
  pivot: DROPPED_VALUE,
  affine: ({ keepProbability }) => alphaDropoutNoise(keepProbability),
  gains: ({ keepProbability }) => ({ train: alphaDropoutNoise(keepProbability).gain, test: 1 }),
  lines({ keepProbability: keep }) {
    const square = keep + DROPPED_VALUE * DROPPED_VALUE * keep * (1 - keep);
    return [
      keepLine("unit", keep),
      { symbol: "α′", name: "what a dropped unit is set to, −λα of SELU", value: DROPPED_VALUE },
      {
        symbol: "A",
        name: "gain that gives units of mean 0 and variance 1 their variance back",
        value: 1 / Math.sqrt(square),
        derived: { formula: "1/√(p + α′²·p·(1 − p))", source: "Klambauer et al. 2017, §3" },
      },
    ];
  },
  formulas: () => ({
    gain: "",
    train: (quiet, squares) => `A²·(p²·${quiet} + p·(1 − p)·${squares})`,
    source: { direct: SOURCE, linear: SOURCE },
  }),
  /** a·p and 1: a = (p + α′²pq)^(−1/2), Klambauer et al. 2017, §3. */
  drawnGains: ({ keep, drop }) => ({ train: Math.sqrt(keep / (1 + DROPPED_VALUE * DROPPED_VALUE * drop)), test: 1 }),
  draw: (setting) => drawDropout(setting, unitWords(setting.kernel)),
} as const satisfies NoiseProperties<AlphaNoise>;

/**
 * Alpha dropout as multiplier and offset: a kept unit becomes a·x + b, a dropped one a·α′ + b.
 *
 *   a = (p + α′²p(1 − p))^(−1/2)     b = −a·α′(1 − p)     m = a·k, e = b + a·α′(1 − k), k ~ Bernoulli(p)
 *   E m = ap     Var m = a²p(1 − p)     Var e = α′²·Var m     Cov(m, e) = −α′·Var m
 *
 * p    probability that a unit is kept, in (0, 1]
 * α′   −1.7580993408473766
 *
 * Klambauer et al. 2017, "Self-Normalizing Neural Networks", §3; nn.AlphaDropout(1 − p) of PyTorch does the same.
 */
export function alphaDropoutNoise(keepProbability: number): AffineNoise {
  requireWithin(KEEP.domain, keepProbability);
  const drop = 1 - keepProbability;
  const square = 1 / (keepProbability * (1 + DROPPED_VALUE * DROPPED_VALUE * drop));
  const gainVariance = square * keepProbability * drop;
  return {
    gain: Math.sqrt(square) * keepProbability,
    gainVariance,
    offsetVariance: DROPPED_VALUE * DROPPED_VALUE * gainVariance,
    covariance: -DROPPED_VALUE * gainVariance,
  };
}
