import { type Domain, LARGEST_MAGNITUDE, requireWithin, SMALLEST_MAGNITUDE } from "../numeric/domain.ts";
import { type InputMoments, requireInputMoments, type Tails } from "./moments.ts";
import { reluMoments, reluTails } from "./relu.ts";

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
 * Fourth and sixth central moment over the variance squared and cubed: how many draws it takes to see the variance, and how far off.
 *
 * normal 3 and 15, uniform 9/5 and 27/7, relu see {@link reluTails}; lognormal, with w = 1 + v/c²,
 *
 *   w⁴ + 2w³ + 3w² − 3
 *   w¹² + 3w¹¹ + 6w¹⁰ + 10w⁹ + 15w⁸ + 15w⁷ + 10w⁶ − 15w⁴ − 20w³ − 15w² + 5
 *
 * the second being (w¹⁵ − 6w¹⁰ + 15w⁶ − 20w³ + 15w − 5)/(w − 1)³ divided out, so that nothing cancels near w = 1.
 */
export function activationTails(activation: Activation): Tails {
  requireActivation(activation);
  switch (activation.kind) {
    case "normal":
      return { kurtosis: 3, sixth: 15 };
    case "uniform":
      return { kurtosis: 9 / 5, sixth: 27 / 7 };
    case "lognormal": {
      const w = 1 + activation.variance / (activation.mean * activation.mean);
      return {
        kurtosis: w * w * (w * w + 2 * w + 3) - 3,
        sixth: LOGNORMAL_SIXTH.reduce((value, coefficient) => value * w + coefficient),
      };
    }
    case "relu":
      return reluTails(activation);
  }
}

const LOGNORMAL_SIXTH = [1, 3, 6, 10, 15, 15, 10, 0, -15, -20, -15, 0, 5];

function requireActivation(activation: Activation): void {
  requireInputMoments(activation);
  if (activation.kind === "lognormal") requireWithin(LOGNORMAL_MEAN, activation.mean);
}

const LOGNORMAL_MEAN: Domain = {
  field: "mean",
  from: SMALLEST_MAGNITUDE,
  to: LARGEST_MAGNITUDE,
  rule: "above 0, which the mean of a lognormal must be",
  hint: "try 1",
};
