import { type Domain, LARGEST_MAGNITUDE, SMALLEST_MAGNITUDE } from "../numeric/domain.ts";

/** The number that a kind of noise has its strength from. Every kind has a σ²; most have it from another number. */
export interface Parameter {
  /** Its field in a scenario. */
  readonly field: "keep" | "relativeVariance" | "beta";
  readonly domain: Domain;
  /** σ², the relative variance Var m / (E m)² of the multiplier m. */
  readonly relativeVariance: (value: number) => number;
  /** The inverse. */
  readonly ofRelativeVariance: (relativeVariance: number) => number;
}

/** p, the probability that a part is kept: m = Bernoulli(p)/p, σ² = (1 − p)/p. Srivastava et al. 2014, §10. */
export const KEEP = {
  field: "keep",
  domain: {
    field: "keepProbability",
    from: SMALLEST_MAGNITUDE,
    to: 1,
    rule: "a probability to keep, above 0 and at most 1",
    hint: "a drop rate q is the keep probability 1 − q",
  },
  relativeVariance: (keep) => (1 - keep) / keep,
  ofRelativeVariance: (relativeVariance) => 1 / (1 + relativeVariance),
} as const satisfies Parameter;

export const RELATIVE_VARIANCE: Domain = {
  field: "relativeVariance",
  from: 0,
  to: LARGEST_MAGNITUDE,
  rule: "a relative variance, from 0 to 1e75",
  hint: "dropout that keeps with probability p has (1 − p)/p",
};

/** σ² itself. */
export const STRENGTH = {
  field: "relativeVariance",
  domain: RELATIVE_VARIANCE,
  relativeVariance: (relativeVariance) => relativeVariance,
  ofRelativeVariance: (relativeVariance) => relativeVariance,
} as const satisfies Parameter;

/** β, the half width of a uniform multiplier m = 1 + U(−β, β): σ² = β²/3, the variance of U(−β, β). */
export const BETA = {
  field: "beta",
  domain: {
    field: "beta",
    from: 0,
    to: 1,
    rule: "a half width of Uout, from 0 to 1",
    hint: "the paper uses 0.1",
  },
  relativeVariance: (beta) => (beta * beta) / 3,
  ofRelativeVariance: (relativeVariance) => Math.min(1, Math.sqrt(3 * relativeVariance)),
} as const satisfies Parameter;
