import { type Domain, LARGEST_MAGNITUDE, requireWithin, SMALLEST_MAGNITUDE } from "./domain.ts";
import { type InputMoments, requireInputMoments } from "./moments.ts";
import { reluKurtosis, reluMoments } from "./relu.ts";

/** A new distribution is a name here and a case in each switch that the compiler then names. */
export type ActivationKind = "normal" | "relu" | "uniform" | "lognormal";

/**
 * The distribution of the units that the noise multiplies.
 *
 * normal, uniform, lognormal   mean, variance and correlation are the unit's own; a lognormal's mean is above 0
 * relu                         they are those of the normal z in x = max(0, z)
 */
export interface Activation extends InputMoments {
  readonly kind: ActivationKind;
}

/** Mean, variance and pairwise correlation of the units themselves: all that Δ depends on. */
export function activationMoments(activation: Activation): InputMoments {
  requireActivation(activation);
  switch (activation.kind) {
    case "normal":
    case "uniform":
    case "lognormal": {
      const { mean, variance, correlation } = activation;
      return { mean, variance, correlation };
    }
    case "relu":
      return reluMoments(activation);
  }
}

/**
 * Fourth central moment over the squared variance, which tells how many draws it takes to see the variance.
 *
 * normal 3, uniform 9/5, relu see {@link reluKurtosis}, lognormal w⁴ + 2w³ + 3w² − 3 with w = 1 + v/c².
 */
export function activationKurtosis(activation: Activation): number {
  requireActivation(activation);
  switch (activation.kind) {
    case "normal":
      return 3;
    case "uniform":
      return 9 / 5;
    case "lognormal": {
      const w = 1 + activation.variance / (activation.mean * activation.mean);
      return w * w * (w * w + 2 * w + 3) - 3;
    }
    case "relu":
      return reluKurtosis(activation);
  }
}

function requireActivation(activation: Activation): void {
  requireInputMoments(activation);
  if (activation.kind === "lognormal") requireWithin(LOGNORMAL_MEAN, activation.mean);
}

const LOGNORMAL_MEAN: Domain = {
  field: "mean",
  from: SMALLEST_MAGNITUDE,
  to: LARGEST_MAGNITUDE,
  rule: "above 0, as the mean of a lognormal must be",
  hint: "try 1",
};
