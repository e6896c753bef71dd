import { branchOf } from "../random/streams.ts";
import type { WordPair } from "../random/threefry.ts";
import type { PositionStatistics } from "./statistics.ts";

/**
 * How a mini-batch goes through a network: as during training, with noise and with Batch Normalization by the mini-batch's own
 * statistics; quiet, the same without noise; or as at test time, by frozen statistics, without noise or with it (Monte Carlo dropout,
 * Gal & Ghahramani 2016).
 *
 * A mini-batch has many masks. Mask 0 is that of training; the others are independent draws for the same samples, and so is the one
 * mask at test time.
 */
export type Pass =
  | { readonly kind: "train"; readonly mask: number }
  | { readonly kind: "quiet" }
  | { readonly kind: "test"; readonly frozen: PositionStatistics; readonly noise?: true };

export function isNoisy(pass: Pass): boolean {
  return pass.kind === "train" || (pass.kind === "test" && pass.noise === true);
}

/** The key of the masks of a noisy pass. Mask 0 of training has that of the layer itself, so that branch 0 is left for test time. */
export function maskKey(key: WordPair, pass: Pass): WordPair {
  if (pass.kind !== "train") return branchOf(key, 0);
  return pass.mask === 0 ? key : branchOf(key, pass.mask);
}
