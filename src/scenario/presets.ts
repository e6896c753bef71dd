import type { PresetName } from "./scenario.ts";

/** The conventions in which Batch Normalization layers differ. */
export interface Preset {
  /** Which value `momentum` is the weight of when the running statistics are updated. */
  readonly momentumWeighs: "new" | "old";
  /** Whether the stored running variance has Bessel's correction m/(m − 1). */
  readonly runningVariance: "unbiased" | "biased";
  readonly momentum: number;
  readonly epsilon: number;
}

/**
 * Defaults and rules of three frameworks.
 *
 * torch  torch.nn.BatchNorm1d: running = (1 − momentum)·running + momentum·batch, unbiased variance stored
 * keras  keras.layers.BatchNormalization (Keras 3): moving = momentum·moving + (1 − momentum)·batch, biased variance
 * onnx   BatchNormalization-15: running = momentum·running + (1 − momentum)·batch, biased variance
 */
export const PRESETS: { readonly [Name in PresetName]: Preset } = {
  torch: { momentumWeighs: "new", runningVariance: "unbiased", momentum: 0.1, epsilon: 1e-5 },
  keras: { momentumWeighs: "old", runningVariance: "biased", momentum: 0.99, epsilon: 1e-3 },
  onnx: { momentumWeighs: "old", runningVariance: "biased", momentum: 0.9, epsilon: 1e-5 },
};

/** Weight of a new batch in the running statistics, under any of the presets' names. */
export function weightOfNew({ preset, momentum }: { readonly preset: PresetName; readonly momentum: number }): number {
  return PRESETS[preset].momentumWeighs === "new" ? momentum : 1 - momentum;
}
