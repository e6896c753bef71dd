import type { MeasuredRemedy, RemedyKind } from "../experiment/remedies.ts";
import { readable } from "./numbers.ts";

/** What a remedy changes, in a few words. */
export function remedyInWords({ kind, records: [first] }: Pick<MeasuredRemedy, "kind" | "records">): string {
  const { relativeVariance, beta, width, network } = first.scenario;
  if (network !== null) return { ...OF_NETWORKS, ...WORDS }[kind];
  const ofStack = {
    "noise-last": "noise in the last block only",
    "uout-matched": `Uout, same σ² (β = ${readable(beta ?? 0, 3)})`,
    "gaussian-paper": `Gaussian, σ² = ${readable(relativeVariance)}`,
    wider: `twice as wide, ${width}`,
  };
  return { ...ofStack, ...WORDS }[kind];
}

const WORDS = {
  "as-is": "unchanged",
  reestimated: "re-estimated, noise off",
  "reestimated-noisy": "re-estimated, noise on (update_bn)",
  corrected: "corrected, no data",
  "uout-paper": "Uout, β = 0.1",
  "gaussian-matched": "Gaussian, same σ²",
} as const satisfies { readonly [Kind in RemedyKind]?: string };

const OF_NETWORKS = {
  "noise-last": "noise behind the last norm only",
  "uout-matched": "Uout, same σ²",
  "gaussian-paper": "Gaussian, σ² = 1",
  wider: "twice as wide",
} as const satisfies { readonly [Kind in RemedyKind]?: string };
