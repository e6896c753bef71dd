import { VshiftError } from "../errors.ts";
import type { Reach, Strength } from "../noises/noise-kind.ts";
import { kindsWith, type NoiseKind, propertiesOf } from "../noises/noises.ts";
import type { ScenarioInput } from "./scenario.ts";

export const STRENGTH_FIELDS = ["keep", "drop", "beta", "relativeVariance"] as const satisfies (keyof Strength)[];

/**
 * The strength of a noise from whichever of its spellings was given, and all the others.
 *
 *   σ² = (1 − p)/p    p = 1/(1 + σ²)    β = √(3σ²)
 *
 * p is the probability that Bernoulli dropout keeps a unit with; another noise of the same σ² shifts the variance as much.
 */
export function resolveStrength(noise: NoiseKind, given: ScenarioInput): Strength {
  const named = STRENGTH_FIELDS.filter((field) => given[field] !== undefined && given[field] !== null);
  const [first, second] = named;
  if (first !== undefined && second !== undefined) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: second,
      problem: `${given[second]} cannot be combined with \`${first}\` ${given[first]}, because both set the strength of the noise`,
      hint: "leave one of them out",
    });
  }
  const { parameter, defaultStrength, reach } = propertiesOf(noise);
  if (parameter === null && first !== undefined) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: first,
      problem: `${given[first]} sets the strength of the noise, and the noise is ${noise}`,
      hint: "leave it out, or choose another `noise`",
    });
  }
  const { keep, drop, beta, relativeVariance } = first === undefined ? defaultStrength : given;
  if (typeof beta === "number") {
    if (parameter?.field !== "beta") {
      const withBeta = kindsWith((kind) => kind.parameter?.field === "beta");
      throw new VshiftError({
        code: "conflicting-fields",
        field: "beta",
        problem: `${beta} is only for ${withBeta} noise, and the noise is ${noise}`,
        hint: `add \`noise\` ${withBeta}, or give \`keep\`, \`drop\` or \`relativeVariance\``,
      });
    }
    return { ...fromRelativeVariance(parameter.relativeVariance(beta)), beta };
  }
  const strength =
    typeof keep === "number"
      ? fromKeepAndDrop(keep, complement(keep))
      : typeof drop === "number"
        ? fromKeepAndDrop(complement(drop), drop)
        : fromRelativeVariance(relativeVariance as number);
  if (reach !== null && first !== undefined) {
    requireWithinReach(reach, strength.relativeVariance, { field: first, value: given[first] });
  }
  if (parameter?.field !== "beta") return strength;
  return { ...strength, beta: tidy(parameter.ofRelativeVariance(strength.relativeVariance)) };
}

function fromKeepAndDrop(keep: number, drop: number): Strength {
  return { keep, drop, beta: null, relativeVariance: drop / keep };
}

function fromRelativeVariance(relativeVariance: number): Strength {
  const keep = 1 / (1 + relativeVariance);
  return { keep: tidy(keep), drop: tidy(relativeVariance * keep), beta: null, relativeVariance };
}

function requireWithinReach(
  { relativeVariance: most, because, keep, instead }: Reach,
  relativeVariance: number,
  { field, value }: { readonly field: string; readonly value: unknown },
): void {
  if (tidy(Math.sqrt(relativeVariance / most)) <= 1) return;
  throw new VshiftError({
    code: "invalid-value",
    field,
    problem: `${value} is a relative variance of ${tidy(relativeVariance)}, and ${because}`,
    hint: `use \`keep\` ${keep} or more, or ${instead}`,
  });
}

/** 1 − probability to 15 decimals: 1 − 0.9 is 0.1, not 0.09999999999999998, and the complement of 0.1 is 0.9 again. */
function complement(probability: number): number {
  return Number((1 - probability).toFixed(15));
}

/** The number at 15 significant digits: √(3·0.01/3) is 0.1, in spite of rounding on the way. */
function tidy(value: number): number {
  return Number(value.toPrecision(15));
}
