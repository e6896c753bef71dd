import type { StackScenario } from "../../scenario/stack/stack.ts";
import { powerOfTwoBelow } from "../plan.ts";

/** How the mini-batches of a stack are cut into blocks. */
export interface StackPlan {
  readonly batchesPerBlock: number;
  /** Multiply-adds of one mini-batch, one way. */
  readonly batchWork: number;
  /** Mini-batches whose outputs are held against right ones. */
  readonly comparedBatches: number;
}

/** Multiply-adds of a block: some ten milliseconds. */
const BLOCK_WORK = 2 ** 29;
const MOST_BATCHES_PER_BLOCK = 16;
/** The outputs' error is a ratio of means over these and all their channels; more would only cost. */
const MOST_COMPARED_BATCHES = 32;

export function stackPlan({ batchSize, width, depth, batches }: StackScenario): StackPlan {
  const batchWork = batchSize * width * width * depth;
  const batchesPerBlock = powerOfTwoBelow(Math.min(MOST_BATCHES_PER_BLOCK, BLOCK_WORK / batchWork));
  return { batchesPerBlock, batchWork, comparedBatches: Math.min(batches, MOST_COMPARED_BATCHES) };
}

/** Mini-batches that go through a stack in all: in training, with the noise off, in test, and by right statistics. */
export function stackBatches({ batches, reestimateBatches }: StackScenario, { comparedBatches }: StackPlan): number {
  return 3 * batches + comparedBatches + (reestimateBatches ?? 0);
}
