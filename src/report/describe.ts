import type { RealisedScenario } from "../experiment/record.ts";
import { readable } from "./numbers.ts";

/** The noise in words: "Bernoulli dropout, keep 0.5 (drop 0.5)". */
export function describeNoise({ noise, keep, drop, beta, relativeVariance }: RealisedScenario): string {
  switch (noise) {
    case "bernoulli":
      return `Bernoulli dropout, keep ${readable(keep)} (drop ${readable(drop)})`;
    case "gaussian":
      return `Gaussian dropout, σ² = ${readable(relativeVariance)} (as keep ${readable(keep)})`;
    case "uout":
      return `Uout, β = ${readable(beta ?? 0)} (as keep ${readable(keep)})`;
  }
}

/** The input in words: "512 units ~ ReLU of N(0, 1), correlation 0.2". */
export function describeInput({ activation, mean, variance, rho, width }: RealisedScenario): string {
  const law = {
    normal: `N(${readable(mean)}, ${readable(variance)})`,
    relu: `ReLU of N(${readable(mean)}, ${readable(variance)})`,
    uniform: `uniform, mean ${readable(mean)}, variance ${readable(variance)}`,
    lognormal: `lognormal, mean ${readable(mean)}, variance ${readable(variance)}`,
  }[activation];
  const units = width === 1 ? "1 unit" : `${width} units`;
  return `${units} ~ ${law}${rho === 0 ? "" : `, correlation ${readable(rho)}`}`;
}

/** What stands between noise and Batch Normalization: "linear, 64 neurons, normal weights, alignment 1.02"; "" for none. */
export function describeLayer({ layer, neurons, weights, alignment }: RealisedScenario): string {
  if (layer === "none") return "";
  const count = neurons === 1 ? "1 neuron" : `${neurons} neurons`;
  return `linear, ${count}, ${weights} weights, alignment d·cos²θ ${readable(alignment ?? 0, 4)}`;
}

/** The whole way, input to Batch Normalization. */
export function describeScenario(scenario: RealisedScenario): string {
  const stations = [describeInput(scenario), describeNoise(scenario), describeLayer(scenario), "BN"];
  return stations.filter((station) => station !== "").join(" → ");
}
