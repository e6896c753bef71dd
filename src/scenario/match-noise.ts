import { VshiftError } from "../errors.ts";
import type { NoiseKind } from "../noises/noises.ts";
import { BETA } from "../noises/parameter.ts";
import { axisOf } from "./axis.ts";
import type { GridInput } from "./grid.ts";
import { STRENGTH_FIELDS } from "./strength.ts";

/** Kinds that are compared where none are named. */
const COMPARED: readonly NoiseKind[] = ["bernoulli", "gaussian", "uout"];

/**
 * The grid of all its kinds of noise at one strength: that which was given, in whichever spelling. At unequal σ² a noise looks
 * gentler for being weaker. Every kind has a keep, a drop and a σ²; β, which is Uout's own, is passed on as σ² = β²/3:
 * β = 0.1 is σ² = 1/300, and of Bernoulli dropout a drop of 1/301.
 *
 * Without kinds, bernoulli, gaussian and uout. A `VshiftError` unless exactly one spelling was given.
 */
export function matchedNoise(input: GridInput): GridInput {
  const [first, second] = STRENGTH_FIELDS.filter((field) => input[field] !== undefined && input[field] !== null);
  if (first === undefined) {
    throw new VshiftError({
      code: "invalid-value",
      field: "matchNoise",
      problem: "needs the strength to give to all kinds of noise",
      hint: "give one of `keep`, `drop`, `beta` and `relativeVariance`",
    });
  }
  if (second !== undefined) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: second,
      problem: `cannot be combined with \`${first}\`, because both set the strength of the noise`,
      hint: "leave one of them out",
    });
  }
  const compared = { ...input, noise: input.noise ?? COMPARED };
  requireSeveral(compared.noise);
  if (first !== "beta") return compared;
  const relativeVariance = axisOf("beta", input.beta).values.map((beta) => BETA.relativeVariance(Number(beta)));
  return { ...compared, beta: undefined, relativeVariance };
}

function requireSeveral(noise: unknown): void {
  const { values } = axisOf("noise", noise);
  if (values.length > 1) return;
  throw new VshiftError({
    code: "conflicting-fields",
    field: "matchNoise",
    problem: `compares kinds of noise, and \`noise\` gives only ${values[0]}`,
    hint: "give `noise` several kinds, as in bernoulli,gaussian",
  });
}
