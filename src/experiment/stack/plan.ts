import type { StackScenario } from "../../scenario/stack/stack.ts";
import { powerOfTwoBelow } from "../plan.ts";

/** How the mini-batches of a stack are cut into blocks. */
export interface StackPlan {
  readonly batchesPerBlock: number;
  /** Multiply-adds of one mini-batch, one way. */
  readonly batchWork: number;
  /** Mini-batches whose outputs are compared, with so many masks each. */
  readonly comparedBatches: number;
  readonly masks: number;
}

/** Multiply-adds of a block: some ten milliseconds. */
const BLOCK_WORK = 2 ** 29;
const MOST_BATCHES_PER_BLOCK = 16;
/** The outputs' error is a ratio of means over these and all their channels; more would only cost. */
const MOST_COMPARED_BATCHES = 8;
/**
 * Masks for each of them. The error that a finite number of masks leaves falls as 1/(masks·√batches), so of a given number of
 * forward passes many masks for few mini-batches leave least (docs/STACK.md). Fewer where a stack has few mini-batches, so that
 * to compare takes no longer than all the rest.
 */
const MOST_MASKS = 20;
const FEWEST_MASKS = 4;
const MASKS_A_BATCH = 5 / 16;

export function stackPlan({ batchSize, width, depth, batches }: StackScenario): StackPlan {
  const batchWork = batchSize * width * width * depth;
  const batchesPerBlock = powerOfTwoBelow(Math.min(MOST_BATCHES_PER_BLOCK, BLOCK_WORK / batchWork));
  const comparedBatches = Math.min(batches, MOST_COMPARED_BATCHES);
  const masks = Math.max(FEWEST_MASKS, Math.min(MOST_MASKS, Math.floor(batches * MASKS_A_BATCH)));
  return { batchesPerBlock, batchWork, comparedBatches, masks };
}

/** Forward passes of a mini-batch that is compared: at test time, with noise-free statistics, and with each mask. */
export function comparedPasses({ masks }: Pick<StackPlan, "masks">): number {
  return 2 + masks;
}

/** Forward passes of a stack in all: during training, with the noise off, at test time, to re-estimate and to compare. */
export function stackPasses({ batches, reestimateBatches }: StackScenario, plan: StackPlan): number {
  return 3 * batches + plan.comparedBatches * (comparedPasses(plan) - 1) + (reestimateBatches ?? 0);
}
