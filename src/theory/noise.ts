import { type Domain, RELATIVE_VARIANCE, requireWithin, SMALLEST_MAGNITUDE } from "./domain.ts";

/**
 * Noise that multiplies each unit by its own m during training: E m = 1, Var m = σ².
 *
 * bernoulli   m = Bernoulli(p)/p, p the probability to keep, in (0, 1]: inverted dropout; classic dropout is p times that
 *             during training and p times the input at test time, so that its ratio is the same
 * gaussian    m ~ N(1, σ²)                                                                  Srivastava et al. 2014, §10
 * uout        m = 1 + U(−β, β), β in [0, 1]                                                 Li et al. 2019, §5
 *
 * And noise that is not that:
 *
 * spatial       dropout with one m for all units of a channel of `channelSize` units        Tompson et al. 2015, §3.2
 * dropconnect   dropout of the weights of a linear layer, a mask for each neuron and sample  Wan et al. 2013
 * alpha         a unit is set to α′ where it is dropped, and all are scaled and moved        Klambauer et al. 2017, §3
 * none          no noise
 *
 * A new kind is a line here and a case in each switch that the compiler then names.
 */
export type Noise =
  | { readonly kind: "bernoulli"; readonly keepProbability: number; readonly scaling?: "classic" }
  | { readonly kind: "gaussian"; readonly relativeVariance: number }
  | { readonly kind: "uout"; readonly beta: number }
  | { readonly kind: "spatial"; readonly keepProbability: number; readonly channelSize: number }
  | { readonly kind: "dropconnect" | "alpha"; readonly keepProbability: number }
  | { readonly kind: "none" };

/** Noise of which σ² is all that the variance shift depends on. */
export type NoiseKind = Exclude<Noise["kind"], "spatial" | "alpha" | "none">;

/**
 * σ² of the noise, its multiplier's relative variance: (1 − p)/p, σ² itself, β²/3, 0. All that the variance shift depends on,
 * except with channels and with alpha dropout.
 */
export function relativeVariance(noise: Noise): number {
  switch (noise.kind) {
    case "none":
      return 0;
    case "bernoulli":
    case "spatial":
    case "dropconnect":
    case "alpha":
      requireWithin(KEEP_PROBABILITY, noise.keepProbability);
      return (1 - noise.keepProbability) / noise.keepProbability;
    case "gaussian":
      requireWithin(RELATIVE_VARIANCE, noise.relativeVariance);
      return noise.relativeVariance;
    case "uout":
      requireWithin(BETA, noise.beta);
      return (noise.beta * noise.beta) / 3;
  }
}

/** The noise of a kind with a given σ², to compare kinds at equal strength. Uout reaches 1/3 at most. */
export function noiseOfRelativeVariance(kind: NoiseKind, strength: number): Noise {
  requireWithin(RELATIVE_VARIANCE, strength);
  switch (kind) {
    case "bernoulli":
    case "dropconnect":
      return { kind, keepProbability: 1 / (1 + strength) };
    case "gaussian":
      return { kind, relativeVariance: strength };
    case "uout":
      requireWithin(UOUT_RELATIVE_VARIANCE, strength);
      return { kind, beta: Math.min(1, Math.sqrt(3 * strength)) };
  }
}

/**
 * Kurtosis of the noise, E(m − 1)⁴/σ⁴: how much of its variance comes from rare events.
 *
 * bernoulli and its kin (1 − 3p + 3p²)/(p(1 − p)), gaussian 3, uout 9/5; 3 by convention where σ² = 0 and nothing deviates.
 */
export function noiseKurtosis(noise: Noise): number {
  if (relativeVariance(noise) === 0) return 3;
  switch (noise.kind) {
    case "bernoulli":
    case "spatial":
    case "dropconnect":
    case "alpha": {
      const keep = noise.keepProbability;
      const drop = 1 - keep;
      return (drop * drop) / keep + (keep * keep) / drop;
    }
    case "gaussian":
    case "none":
      return 3;
    case "uout":
      return 9 / 5;
  }
}

/** Of dropout, alpha dropout too. */
export const KEEP_PROBABILITY: Domain = {
  field: "keepProbability",
  from: SMALLEST_MAGNITUDE,
  to: 1,
  rule: "a probability to keep, above 0 and at most 1",
  hint: "a drop rate q is the keep probability 1 − q",
};

const BETA: Domain = {
  field: "beta",
  from: 0,
  to: 1,
  rule: "a half width of Uout, from 0 to 1",
  hint: "the paper uses 0.1",
};

const UOUT_RELATIVE_VARIANCE: Domain = {
  field: "relativeVariance",
  from: 0,
  to: 1 / 3,
  rule: "within reach of uout, whose β²/3 is 1/3 at most",
  hint: "use bernoulli or gaussian noise",
};
