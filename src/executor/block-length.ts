import type { BatchRange } from "../experiment/plan/plan.ts";

/** Work, in drawn activations, of a block that takes about 50 milliseconds. */
const LONG_BLOCK = 3e7;

/**
 * Whether a thread that runs a block of this range, or of another of the same run, is deaf for longer than a user who presses
 * Ctrl-C would like. The same for all ranges of a run, so that they have the same threads, and a network is built once for each.
 */
export function isLong({
  blockWork,
  longestBlock = blockWork,
}: Pick<BatchRange, "blockWork" | "longestBlock">): boolean {
  return longestBlock > LONG_BLOCK;
}
