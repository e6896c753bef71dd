import type { InputMoments, Moments, Tails } from "../../numeric/moments.ts";
import { isArrayName } from "../../scenario/arrays.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { activationMoments, activationTails } from "../../theory/activation.ts";

type InputFields = Pick<
  Scenario,
  "activation" | "activationKurtosis" | "activationSpread" | "mean" | "variance" | "rho"
>;

/** Mean, variance and pairwise correlation of the input's units; of a file's, their averages. */
export function inputMoments({
  activation,
  mean,
  variance,
  rho,
}: Pick<InputFields, "activation" | "mean" | "variance" | "rho">): InputMoments {
  if (isArrayName(activation)) return { mean, variance, correlation: rho };
  return activationMoments({ kind: activation, mean, variance, correlation: rho });
}

/** For planning: mean and variance of a unit, the mean so that E x² is that of the units of a file, on average. */
export function plannedMoments(fields: InputFields): Moments {
  const { activation, activationSpread: spread, mean, variance } = fields;
  const input = inputMoments({ activation, mean, variance, rho: 0 });
  const square = input.mean * input.mean;
  return { mean: spread === null ? input.mean : Math.sqrt(square + spread), variance: input.variance };
}

/** Kurtosis of the input's units; of a file's, pooled. */
export function inputKurtosis({ activation, activationKurtosis: ofFile, mean, variance }: InputFields): number {
  if (isArrayName(activation)) return ofFile ?? 0;
  return activationTails({ kind: activation, mean, variance, correlation: 0 }).kurtosis;
}

/** Of a file's units no more than the kurtosis is known. */
export function inputTails(fields: InputFields): Tails | undefined {
  const { activation, mean, variance } = fields;
  return isArrayName(activation) ? undefined : activationTails({ kind: activation, mean, variance, correlation: 0 });
}
