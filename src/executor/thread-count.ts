import type { BatchRange } from "../experiment/plan/plan.ts";
import { numberFrom, type Rule } from "../scenario/arguments.ts";
import { isLong } from "./block-length.ts";

/** More threads than any machine that this was tried on has cores. */
const MOST_THREADS = 256;

/** How many threads somebody may ask for. */
export const THREADS: Rule = numberFrom(
  { from: 1, to: MOST_THREADS, isWhole: true },
  { is: `a whole number from 1 to ${MOST_THREADS}`, hint: "try 2" },
);

/**
 * Work, in drawn activations, for each thread: 35 ms. One thread more has its first block after 33 ms, and costs 80 ms of CPU: Node's
 * own start, and what V8 compiles and optimises again.
 */
const WORTH_A_THREAD = 2e7;

/** Threads of at most so many that a range is worth; 0 where it is not worth a second one, and none of its blocks is long. */
export function threadsWorth(range: BatchRange, threads: number): number {
  const { from, to, batchesPerBlock, blockWork } = range;
  const blocks = Math.ceil((to - from) / batchesPerBlock);
  const worth = Math.min(threads, blocks, Math.floor((blocks * blockWork) / WORTH_A_THREAD));
  return worth < 2 && !isLong(range) ? 0 : Math.max(1, worth);
}
