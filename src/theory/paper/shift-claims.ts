import type { Noise } from "../../noises/noises.ts";
import type { Activation } from "../activation.ts";
import type { Layer } from "../layer-steps.ts";
import type { ComputedClaim } from "./claim.ts";

const EQ_8 = "Li et al. 2019, eq. 8";
const EQ_12 = "Li et al. 2019, eq. 12, table 1";
const EQ_15 = "Li et al. 2019, eq. 15";
const ARTICLE = "the article that vshift started from";

const DIRECT: Layer = { kind: "none" };

/**
 * The equations of Li et al. 2019 put to numbers by hand, and what was said of them elsewhere. None of these numbers is printed in
 * its tables.
 *
 * Where a stated number is known not to be what the closed form gives, the claim says why; it then has to differ.
 */
export const SHIFT_CLAIMS: readonly ComputedClaim[] = [
  ...["0.1", "0.3", "0.5", "0.7"].map((drop) => zeroMean(drop, String(Number((1 - Number(drop)).toFixed(1))))),
  rectified("0.9", "0.8598"),
  rectified("0.5", "0.4054"),
  rectified("0.3", "0.2261"),
  uoutAtZeroMean("0.1", "0.99668"),
  uoutAtZeroMean("0.2", "0.98684"),
  uoutAtZeroMean("0.3", "0.97087"),
  uoutAtZeroMean("0.5", "0.92308"),
  uoutAtZeroMean("1", "0.75"),
  uoutWithMean({ mean: 0, stated: "0.923", source: EQ_15 }),
  uoutWithMean({ mean: 1, stated: "0.857", source: `${EQ_8}, σ² = β²/3` }),
  uoutWithMean({ mean: 2, stated: "0.706", source: `${EQ_8}, σ² = β²/3` }),
  beyondEq15(1),
  beyondEq15(2),
  {
    ...uoutAtZeroMean("0.01", "0.99668"),
    source: ARTICLE,
    differsBecause: "a slip: 300/301 = 0.99668 belongs to β = 0.1; β = 0.01 gives 0.99997",
  },
  trainedResNeXt(),
];

function zeroMean(drop: string, stated: string): ComputedClaim {
  return {
    kind: "computed",
    origin: "equation",
    source: EQ_8,
    claim: `Δ of zero-mean input, drop ${drop}`,
    stated,
    setting: { noise: dropping(Number(drop)), activation: normal(0), layer: DIRECT },
    flags: `--drop ${drop}`,
  };
}

function rectified(keep: string, stated: string): ComputedClaim {
  const activation: Activation = { kind: "relu", mean: 0, variance: 1, correlation: 0 };
  return {
    kind: "computed",
    origin: "equation",
    source: EQ_8,
    claim: `Δ of x = max(0, z), z ~ N(0, 1), keep ${keep}`,
    stated,
    setting: { noise: { kind: "bernoulli", keepProbability: Number(keep) }, activation, layer: DIRECT },
    flags: `--activation relu --keep ${keep}`,
  };
}

function uoutAtZeroMean(beta: string, stated: string): ComputedClaim {
  return {
    kind: "computed",
    origin: "equation",
    source: EQ_15,
    claim: `Δ of Uout, β ${beta}, c = 0`,
    stated,
    setting: { noise: { kind: "uout", beta: Number(beta) }, activation: normal(0), layer: DIRECT },
    flags: `--noise uout --beta ${beta}`,
  };
}

function uoutWithMean({ mean, stated, source }: { mean: number; stated: string; source: string }): ComputedClaim {
  return {
    kind: "computed",
    origin: "equation",
    source,
    claim: `Δ of Uout, β 0.5, c = ${mean}, v = 1`,
    stated,
    setting: { noise: { kind: "uout", beta: 0.5 }, activation: normal(mean), layer: DIRECT },
    flags: `--noise uout --beta 0.5 --mean ${mean}`,
  };
}

/** d·cos²θ = 14.72835 of ResNeXt-29 on CIFAR-100, with the moments of a rectified standard normal and a guessed ρ. */
function trainedResNeXt(): ComputedClaim {
  const mean = Math.sqrt(1 / (2 * Math.PI));
  const activation: Activation = { kind: "normal", mean, variance: 1 / 2 - mean * mean, correlation: 0.2 };
  return {
    kind: "computed",
    origin: "equation",
    source: EQ_12,
    claim: "Δ at the alignment 14.72835 of ResNeXt on CIFAR-100, ReLU's c and v, keep 0.5, ρ = 0.2",
    stated: "0.719",
    setting: { noise: dropping(0.5), activation, layer: { kind: "aligned", alignment: 14.72835 } },
    flags: "--mean 0.398942 --variance 0.340845 --rho 0.2 --layer linear --alignment 14.72835",
  };
}

/** Eq. 15 has no c in it; taken for an input whose mean is not 0, as that of ReLU is not, it is too near to 1. */
function beyondEq15(mean: number): ComputedClaim {
  return {
    ...uoutWithMean({ mean, stated: "0.923", source: EQ_15 }),
    claim: `Δ of Uout, β 0.5, c = ${mean}, v = 1, if eq. 15 is used for it`,
    differsBecause: `eq. 15, 3/(3 + β²), holds for c = 0 only; at c²/v = ${mean * mean} it is eq. 8 with σ² = β²/3 that holds`,
  };
}

function normal(mean: number): Activation {
  return { kind: "normal", mean, variance: 1, correlation: 0 };
}

function dropping(drop: number): Noise {
  return { kind: "bernoulli", keepProbability: 1 - drop };
}
