import type { Claim } from "./claim.ts";
import { SHIFT_CLAIMS } from "./shift-claims.ts";
import { UNCHECKABLE_CLAIMS } from "./uncheckable-claims.ts";

/** Every number of Li et al. 2019, "Understanding the Disharmony between Dropout and Batch Normalization", that we know of. */
export const CLAIMS: readonly Claim[] = [...SHIFT_CLAIMS, ...UNCHECKABLE_CLAIMS];
