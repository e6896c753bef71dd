import type { BatchRange } from "../experiment/plan.ts";

/** Work, in drawn activations, of a block that takes some tens of milliseconds. */
const LONG_BLOCK = 1e7;

/** Whether a thread that runs a block of this range is deaf for longer than a user who presses Ctrl-C would like. */
export function isLong({ blockWork }: Pick<BatchRange, "blockWork">): boolean {
  return blockWork > LONG_BLOCK;
}
