import { VshiftError } from "../errors.ts";
import type { NoiseKind, Scenario, ScenarioInput } from "./scenario.ts";

/** The noise's strength in its four spellings. */
export type Strength = Pick<Scenario, "keep" | "drop" | "beta" | "relativeVariance">;

export const STRENGTH_FIELDS = ["keep", "drop", "beta", "relativeVariance"] as const satisfies (keyof Strength)[];

/** Uout in the paper's experiments: β = 0.1. Dropout: half of the units. */
const DEFAULT_STRENGTH: { readonly [Kind in NoiseKind]: ScenarioInput } = {
  bernoulli: { keep: 0.5 },
  gaussian: { keep: 0.5 },
  uout: { beta: 0.1 },
  spatial: { keep: 0.5 },
  dropconnect: { keep: 0.5 },
  alpha: { keep: 0.5 },
  none: { keep: 1 },
};

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
  if (noise === "none" && first !== undefined) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: first,
      problem: `${given[first]} sets the strength of the noise, and the noise is none`,
      hint: "leave it out, or choose another `noise`",
    });
  }
  const { keep, drop, beta, relativeVariance } = first === undefined ? DEFAULT_STRENGTH[noise] : given;
  if (typeof beta === "number") {
    if (noise !== "uout") {
      throw new VshiftError({
        code: "conflicting-fields",
        field: "beta",
        problem: `${beta} is only for uout noise, and the noise is ${noise}`,
        hint: "add `noise` uout, or give `keep`, `drop` or `relativeVariance`",
      });
    }
    return { ...fromRelativeVariance((beta * beta) / 3), beta };
  }
  const strength =
    typeof keep === "number"
      ? fromKeepAndDrop(keep, complement(keep))
      : typeof drop === "number"
        ? fromKeepAndDrop(complement(drop), drop)
        : fromRelativeVariance(relativeVariance as number);
  if (noise !== "uout" || first === undefined) return strength;
  return { ...strength, beta: uoutBeta(strength.relativeVariance, { field: first, value: given[first] }) };
}

function fromKeepAndDrop(keep: number, drop: number): Strength {
  return { keep, drop, beta: null, relativeVariance: drop / keep };
}

function fromRelativeVariance(relativeVariance: number): Strength {
  const keep = 1 / (1 + relativeVariance);
  return { keep: tidy(keep), drop: tidy(relativeVariance * keep), beta: null, relativeVariance };
}

function uoutBeta(relativeVariance: number, asked: { readonly field: string; readonly value: unknown }): number {
  const beta = tidy(Math.sqrt(3 * relativeVariance));
  if (beta > 1) {
    throw new VshiftError({
      code: "invalid-value",
      field: asked.field,
      problem: `${asked.value} is a relative variance of ${tidy(relativeVariance)}, and uout reaches 1/3 at most (β = 1)`,
      hint: "use `keep` 0.75 or more, or bernoulli or gaussian noise",
    });
  }
  return beta;
}

/** 1 − probability to 15 decimals: 1 − 0.9 is 0.1, not 0.09999999999999998, and the complement of 0.1 is 0.9 again. */
function complement(probability: number): number {
  return Number((1 - probability).toFixed(15));
}

/** The number at 15 significant digits: √(3·0.01/3) is 0.1, in spite of rounding on the way. */
function tidy(value: number): number {
  return Number(value.toPrecision(15));
}
