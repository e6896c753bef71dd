import type { ScenarioInput } from "../../scenario/scenario.ts";
import type { FigureRequest } from "./axes.ts";

/** A figure that brings its own scenarios. */
export interface Preset {
  readonly scenarios: readonly ScenarioInput[];
  readonly request: FigureRequest & { readonly title: string };
}

const KEEPS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;
/** Moments and correlation of units behind a ReLU, as a layer in a network has them. */
const RECTIFIED = { activation: "relu", rho: 0.2 } as const;

/** Dropout right before Batch Normalization: Li et al. 2019, case (a). */
const direct: Preset = {
  scenarios: [{ mean: 0 }, { mean: 0.5 }, { activation: "relu" } as const].flatMap((input) =>
    KEEPS.map((keep) => ({ ...input, keep, width: 64 })),
  ),
  request: { x: "keep", title: "Dropout right before BN: a mean of the input makes the shift larger" },
};

/**
 * A linear layer in between: Li et al. 2019, case (b). The alignments are 1, that of weights with mean 0, and the mean over
 * the layers of PreResNet-110, ResNeXt-29 and WRN-28-10 on CIFAR-100, rounded (table 1).
 */
const layered: Preset = {
  scenarios: [1, 2.6, 14.7, 44.3].flatMap((alignment) =>
    [64, 128, 256, 512, 1024, 2048].map((width) => ({
      ...RECTIFIED,
      width,
      alignment,
      layer: "linear" as const,
      neurons: 16,
      precision: 0.005,
    })),
  ),
  request: {
    x: "width",
    by: "alignment",
    title: "A layer in between: the alignment d·cos²θ counts, the width does not",
  },
};

/** Networks of a kind: one alone says what its weights happen to be. */
const SEEDS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"] as const;

/** What a wider layer brings by itself, and what with weights of a nonzero mean. */
const width: Preset = {
  scenarios: [0, 0.1, 0.5].flatMap((weightMean) =>
    [32, 64, 128, 256, 512, 1024, 2048].flatMap((units) =>
      SEEDS.map((seed) => ({
        seed,
        rho: 0.2,
        width: units,
        weightMean,
        layer: "linear" as const,
        neurons: 16,
        precision: 0.02,
        tolerance: 0.1,
      })),
    ),
  ),
  request: { x: "width", by: "weightMean", title: "Zero-mean weights get no help from width" },
};

/** Bernoulli dropout's, and Uout's between them, so that neither hides the other. */
const STRENGTHS = {
  bernoulli: [0.02, 0.08, 0.14, 0.2, 0.26, 0.32],
  uout: [0.02, 0.05, 0.11, 0.17, 0.23, 0.29, 0.32],
} as const;

/** Uout and dropout of the same σ²: only the strength of a noise counts. */
const uout: Preset = {
  scenarios: [{ mean: 0 }, { mean: 1 }].flatMap((input) =>
    (["bernoulli", "uout"] as const).flatMap((noise) =>
      STRENGTHS[noise].map((relativeVariance) => ({ ...input, noise, relativeVariance, width: 64 })),
    ),
  ),
  request: {
    x: "relativeVariance",
    by: "mean,noise",
    title: "At the same σ², Uout and dropout shift the variance alike",
  },
};

/** The alignment of random weights itself: about 1 with mean 0, and linear in the width with another. */
const alignment: Preset = {
  scenarios: [0, 0.1, 0.2].flatMap((weightMean) =>
    [16, 128, 256, 384, 512, 640, 768, 896, 1024].map((units) => ({
      width: units,
      weightMean,
      layer: "linear" as const,
      neurons: 64,
      samples: 1024,
    })),
  ),
  request: {
    x: "width",
    y: "alignment",
    by: "weightMean",
    title: "The alignment grows with the width where weights have a nonzero mean",
  },
};

export const PRESETS = { "paper-a": direct, "paper-b": layered, width, uout, alignment } as const satisfies {
  readonly [name: string]: Preset;
};

export type PresetName = keyof typeof PRESETS;
