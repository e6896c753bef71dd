import { type LawKind, lawOf } from "../laws/laws.ts";
import type { Scenario } from "./scenario.ts";

/**
 * Every law is a function of exchangeable standard normals, one a unit. This is the correlation that these need so that the
 * input has the asked one; −∞ where none gives it.
 */
export function latentCorrelation({ activation, mean, variance, rho }: LatentInput): number {
  return lawOf(activation).latentCorrelation({ mean, variance, correlation: rho });
}

/**
 * The lowest correlation that `width` units of this kind can have when they are made from exchangeable normals, whose own
 * lowest is −1/(d − 1).
 */
export function lowestCorrelation(input: LatentInput & Pick<Scenario, "width">): number {
  return input.width === 1 ? -1 : lawOf(input.activation).correlationOf(-1 / (input.width - 1), input);
}

type LatentInput = Pick<Scenario, "mean" | "variance" | "rho"> & { readonly activation: LawKind };
