import type { MeasuredRemedy, RemedyKind } from "../experiment/stack/remedies.ts";
import type { StackScenario, StatisticsKind } from "../scenario/stack/stack.ts";
import { describeNoise } from "./describe.ts";
import { readable } from "./numbers.ts";

/** A stack in words: "8 blocks of BN → relu → Bernoulli dropout, keep 0.5 (drop 0.5) → linear, 512 units". */
export function describeStack(stack: StackScenario): string {
  const { depth, width, activation, connection, norm, normAt, groups, noiseAt, statistics } = stack;
  const groupsInWords = groups === null ? "" : ` of ${groups} groups`;
  const elsewhere = normAt === "all" ? "" : ` (in ${blocksInWords(normAt)}, else BN)`;
  const norms = norm === "batch" ? "BN" : `${norm} norm${groupsInWords}${elsewhere}`;
  const noise = noiseAt === "none" ? "" : `${describeNoise(stack)}${whereInWords(noiseAt)}`;
  const stations = [norms, activation, noise, `linear, ${width} units`].filter((station) => station !== "");
  const ending = `${connection === "residual" ? ", residual" : ""}${STATISTICS_IN_WORDS[statistics]}`;
  return `${depth === 1 ? "1 block" : `${depth} blocks`} of ${stations.join(" → ")}${ending}`;
}

const STATISTICS_IN_WORDS: { readonly [Kind in StatisticsKind]: string } = {
  running: "",
  reestimated: ", statistics re-estimated with the noise off",
  "reestimated-noisy": ", statistics re-estimated with the noise on",
  corrected: ", statistics corrected",
};

function whereInWords(noiseAt: string): string {
  return noiseAt === "all" ? "" : ` (in ${blocksInWords(noiseAt)})`;
}

function blocksInWords(blocks: string): string {
  if (blocks === "last") return "the last";
  if (blocks === "none") return "none";
  return blocks.includes(",") ? `blocks ${blocks.replaceAll(",", ", ")}` : `block ${blocks}`;
}

/** What a remedy changes, in a few words. */
export function remedyInWords({ kind, record: { scenario } }: Pick<MeasuredRemedy, "kind" | "record">): string {
  const { relativeVariance, beta, width } = scenario;
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
