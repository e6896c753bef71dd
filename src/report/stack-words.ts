import type { MeasuredRemedy, RemedyKind } from "../experiment/remedies.ts";
import { readable } from "./numbers.ts";

/** What a remedy changes, in a few words. */
export function remedyInWords({ kind, records: [first] }: Pick<MeasuredRemedy, "kind" | "records">): string {
  const { relativeVariance, beta, width } = first.scenario;
  const words: { readonly [Kind in RemedyKind]: string } = {
    "as-is": "unchanged",
    reestimated: "re-estimated, noise off",
    "reestimated-noisy": "re-estimated, noise on (update_bn)",
    corrected: "corrected, no data",
    "noise-last": "noise in the last block only",
    "uout-paper": "Uout, β = 0.1",
    "uout-matched": `Uout, same σ² (β = ${readable(beta ?? 0, 3)})`,
    "gaussian-matched": "Gaussian, same σ²",
    "gaussian-paper": `Gaussian, σ² = ${readable(relativeVariance)}`,
    wider: `twice as wide, ${width}`,
  };
  return words[kind];
}
