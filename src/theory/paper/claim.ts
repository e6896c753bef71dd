import { activationMoments } from "../activation.ts";
import type { DerivationSetting } from "../derivation.ts";
import { layerTheory } from "../layer-steps.ts";
import { relativeVariance } from "../noise.ts";

/** A number that someone states. */
export type Claim = ComputedClaim | UncheckableClaim;

/** Whether a number is printed in the paper, or is what its equations give, worked out by hand. */
export type Origin = "printed" | "equation";

interface Stated {
  readonly origin: Origin;
  /** Where it stands: "Li et al. 2019, eq. 8". */
  readonly source: string;
  /** What it is the value of. */
  readonly claim: string;
  /** The number as it is written, with the digits that it is written with. */
  readonly stated: string;
}

/** A number that has a closed form. */
export interface ComputedClaim extends Stated {
  readonly kind: "computed";
  readonly setting: DerivationSetting;
  /** Flags with which `vshift theory` says, and `vshift simulate` measures, the same. */
  readonly flags: string;
  /** Why the closed form gives another number; absent where the numbers should match. */
  readonly differsBecause?: string;
}

/** A number that no closed form and no simulation of variances can give. */
export interface UncheckableClaim extends Stated {
  readonly kind: "uncheckable";
  readonly because: string;
}

export type PaperVerdict = "matches" | "differs" | "uncheckable";

/** A claim with our number next to it. */
export interface JudgedClaim {
  readonly claim: Claim;
  readonly verdict: PaperVerdict;
  /** Our Δ, and ours − theirs; null where there is none. */
  readonly ours: number | null;
  readonly difference: number | null;
  /** Whether the verdict is the one that the claim says it should have. */
  readonly asExpected: boolean;
}

/**
 * Compares a claim with its closed form: it matches if our number, rounded to the digits that are stated, is theirs.
 */
export function judgeClaim(claim: Claim): JudgedClaim {
  if (claim.kind === "uncheckable") {
    return { claim, verdict: "uncheckable", ours: null, difference: null, asExpected: true };
  }
  const { activation, layer, noise } = claim.setting;
  const input = activationMoments(activation);
  const ours = layerTheory({ layer, input, relativeVariance: relativeVariance(noise) }).shift;
  const difference = ours - Number(claim.stated);
  const matches = Math.abs(difference) <= halfUnit(claim.stated);
  return {
    claim,
    verdict: matches ? "matches" : "differs",
    ours,
    difference,
    asExpected: matches === (claim.differsBecause === undefined),
  };
}

/** Half a unit of the last digit of a decimal number, and what the rounding of a difference of two numbers below 1 adds. */
function halfUnit(stated: string): number {
  const [, decimals = ""] = stated.split(".");
  return Number(`0.5e-${decimals.length}`) + 2 ** -52;
}
