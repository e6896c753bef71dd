import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { EVERY_PATH } from "../kernel/fingerprint.ts";

const SMALL = { width: 24, batchSize: 32, samples: 2048 } as const;
const LAYER = { layer: "linear", neurons: 6 } as const;

/** Forty scenarios: every path through the kernel, and every kind of noise, law, layer, weights, preset and stopping. */
export const SCENARIOS: readonly ScenarioInput[] = [
  ...EVERY_PATH.map((scenario) => ({ ...scenario, samples: 1024 })),
  { ...SMALL },
  { ...SMALL, noise: "none" },
  { ...SMALL, keep: 1 },
  { ...SMALL, noise: "gaussian", relativeVariance: 1, ...LAYER },
  { ...SMALL, noise: "uout", beta: 0.1, activation: "relu", ...LAYER },
  { ...SMALL, noise: "spatial", channelSize: 5, keep: 0.7 },
  { ...SMALL, noise: "spatial", channelSize: 5, keep: 0.7, ...LAYER, activation: "relu", rho: 0.2 },
  { ...SMALL, noise: "dropconnect", keep: 0.7, ...LAYER, mean: 0.5 },
  { ...SMALL, noise: "dropconnect", keep: 0.7, ...LAYER, activation: "relu", rho: 0.2 },
  { ...SMALL, noise: "alpha", keep: 0.8 },
  { ...SMALL, noise: "alpha", keep: 0.8, ...LAYER, activation: "relu" },
  { ...SMALL, scaling: "classic", mean: 1 },
  { ...SMALL, scaling: "classic", ...LAYER, rho: 0.3 },
  { ...SMALL, activation: "uniform", mean: 2, rho: 0.1 },
  { ...SMALL, activation: "lognormal", variance: 0.5, rho: 0.4 },
  { ...SMALL, activation: "relu", mean: -1, variance: 2, rho: 0.9, preset: "keras" },
  { ...SMALL, rho: -1 / 23, preset: "onnx", momentum: 0.5, epsilon: 0.01 },
  { ...SMALL, ...LAYER, weights: "he" },
  { ...SMALL, ...LAYER, weights: "xavier", alignment: 0 },
  { ...SMALL, ...LAYER, weights: "uniform", weightMean: 1, rho: 0.2 },
  { ...SMALL, ...LAYER, weights: "constant", preset: "keras" },
  { ...SMALL, ...LAYER, alignment: 24, masks: "independent", seed: 'a "π" 🎲' },
  { width: 64, batchSize: 64, precision: 0.01, tolerance: 0.02 },
  { width: 64, batchSize: 64, precision: 0.02, tolerance: 0.05, confidence: 0.99, activation: "relu", ...LAYER },
  { width: 512, batchSize: 256, precision: 0.001 },
  { width: 1024, batchSize: 64, samples: 512, layer: "linear", neurons: 96, rho: 0.3 },
];

const SHALLOW = { width: 16, depth: 3, batchSize: 16, batches: 12 } as const;

/** Ten stacks: every connection, norm, nonlinearity, noise and kind of statistics. */
export const STACKS: readonly ScenarioInput[] = [
  { ...SHALLOW },
  { ...SHALLOW, nonlinearity: "gelu", keep: 0.8, connection: "residual" },
  { ...SHALLOW, nonlinearity: "tanh", noise: "gaussian" },
  { ...SHALLOW, nonlinearity: "identity", noise: "uout" },
  { ...SHALLOW, norm: "layer", normAt: "2,3", noiseAt: "last" },
  { ...SHALLOW, norm: "group", groups: 4, connection: "residual" },
  { ...SHALLOW, statistics: "reestimated", reestimateBatches: 6 },
  { ...SHALLOW, statistics: "reestimated-noisy", reestimateBatches: 6 },
  { ...SHALLOW, statistics: "corrected" },
  { width: 70, depth: 2, batchSize: 130, batches: 8, noiseAt: "2" },
];
