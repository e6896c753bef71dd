import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { EVERY_PATH } from "../kernel/fingerprint.ts";

const ACTIVATIONS: readonly ScenarioInput[] = [
  { activation: "normal", rho: 0.4, layer: "linear", neurons: 3, weights: "uniform" },
  { activation: "relu", rho: 0.3, noise: "gaussian", layer: "linear", neurons: 3, alignment: 4 },
  { activation: "tanh", rho: 0.3, mean: 0.5, layer: "linear", neurons: 3 },
  { activation: "gelu", rho: -0.05, mean: -0.5, layer: "linear", neurons: 3, alignment: 4 },
  { activation: "uniform", rho: 0.2, noise: "uout" },
  { activation: "lognormal", rho: 0.3 },
  { activation: "normal", noise: "spatial", channelSize: 3, keep: 0.8, layer: "linear", neurons: 3 },
  { activation: "normal", noise: "dropconnect", keep: 0.8, layer: "linear", neurons: 3 },
  { activation: "normal", noise: "alpha", mean: 1 },
];

/** One for each activation, correlated, and for each noise that is no multiplier of units; together with each noise, with and without a layer. */
export const A_FEW: readonly ScenarioInput[] = ACTIVATIONS.map((scenario) => ({
  ...scenario,
  width: 13,
  batchSize: 7,
  samples: 1000,
}));

/** What every engine is to give the same bytes for: each path through kernel and layers. */
export const SCENARIOS: readonly ScenarioInput[] = [
  ...EVERY_PATH.map((scenario) => ({ ...scenario, samples: 1000 })),
  ...A_FEW,
];

/** Enough work for 5 threads, each of which starts for 2·10⁷ activations. */
export const LONG: ScenarioInput = { width: 256, samples: 450_000, activation: "relu", rho: 0.2, noise: "uout" };
