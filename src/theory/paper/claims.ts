import type { Claim } from "./claim.ts";
import { SHIFT_CLAIMS } from "./shift-claims.ts";
import { UNCHECKABLE_CLAIMS } from "./uncheckable-claims.ts";

/**
 * Li et al. 2019, "Understanding the Disharmony between Dropout and Batch Normalization": what its equations give, worked out by
 * hand, and the numbers that are printed in its tables 1 and 3.
 */
export const CLAIMS: readonly Claim[] = [...SHIFT_CLAIMS, ...UNCHECKABLE_CLAIMS];
