import type { AffineNoise, Gains, NoiseFormulas, NoiseProperties } from "./noise-kind.ts";

/** The formulas of noise that only multiplies. */
export const MULTIPLIED_FORMULAS: NoiseFormulas = {
  gain: "",
  train: (quiet, squares) => `${quiet} + σ²·${squares}`,
  source: { direct: "", linear: "" },
};

/** What noise has in common that only multiplies: x becomes x·(1 + r) during training and stays x at test time. */
export const MULTIPLIED = {
  pivot: 0,
  affine: (): AffineNoise | null => null,
  gains: (): Gains => ({ train: 1, test: 1 }),
  formulas: (): NoiseFormulas => MULTIPLIED_FORMULAS,
  drawnGains: (): Gains => ({ train: 1, test: 1 }),
} as const satisfies Partial<NoiseProperties>;
