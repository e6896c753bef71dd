import { FEWEST_TO_STOP, maskPlan } from "../layers/mask-plan.ts";
import { activationWork } from "../layers/work.ts";
import { MOST_BATCHES } from "../random/streams.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { BlockTask } from "./block.ts";
import { fewestBatches } from "./error-floors.ts";

/** How a scenario's mini-batches are cut into blocks, and how many there may be. Counts are of mini-batches. */
export interface Plan {
  readonly batchesPerBlock: number;
  /** Work of a whole block, in drawn activations or what costs as much. */
  readonly blockWork: number;
  /** Before this many, no verdict: too few batches, or too few of the rare events that make the variance. */
  readonly minimum: number;
  /** Where the first look at the result is. */
  readonly firstLook: number;
  readonly budget: number;
}

/** Work that a block should have: some milliseconds, much longer than handing it out, adding its result and clearing that away. */
const BLOCK_WORK = 2 ** 21;
const MOST_BATCHES_PER_BLOCK = 256;

/** Student's quantile answers for the few batches of a short run, but only for batch variances that are near normal. */
const FEWEST_TO_JUDGE = 8;

export function planOf(scenario: Scenario): Plan {
  const { batchSize, width, samples, maxSamples } = scenario;
  const batchWork = batchSize * width * activationWork(scenario, maskPlan(scenario));
  const batchesPerBlock = powerOfTwoBelow(Math.min(MOST_BATCHES_PER_BLOCK, BLOCK_WORK / batchWork));
  const budget = Math.min(Math.ceil((samples ?? maxSamples) / batchSize), MOST_BATCHES);
  const minimum = Math.max(FEWEST_TO_JUDGE, fewestBatches(scenario));
  const looked = Math.ceil(Math.max(FEWEST_TO_STOP, minimum) / batchesPerBlock) * batchesPerBlock;
  return {
    batchesPerBlock,
    blockWork: batchWork * batchesPerBlock,
    minimum,
    budget,
    firstLook: samples === null ? Math.min(looked, budget) : budget,
  };
}

/** The largest power of two up to a number, and 1 at the least: the 32 mini-batches of a first interim analysis are whole blocks then. */
export function powerOfTwoBelow(most: number): number {
  let power = 1;
  while (2 * power <= most) power *= 2;
  return power;
}

/** Mini-batches `from` up to, not including, `to`, of a scenario with a given number of samples. */
export interface BatchPart {
  readonly from: number;
  readonly to: number;
}

/** Part `index` of `count` of a scenario's mini-batches, in whole blocks; index from 1. */
export function partOf(
  scenario: Scenario,
  { index, count }: { readonly index: number; readonly count: number },
): BatchPart {
  const { budget, batchesPerBlock } = planOf(scenario);
  const blocks = Math.ceil(budget / batchesPerBlock);
  const end = (part: number) => Math.min(budget, Math.floor((blocks * part) / count) * batchesPerBlock);
  return { from: end(index - 1), to: index === count ? budget : end(index) };
}

/** The plan for a part alone: it is drawn whole, and looked at once. */
export function planOfPart(scenario: Scenario, { from, to }: BatchPart): Plan {
  return { ...planOf(scenario), budget: to - from, firstLook: to - from };
}

/** Mini-batches `from` (a whole number of blocks) up to, not including, `to`. */
export interface BatchRange extends Pick<Plan, "batchesPerBlock" | "blockWork"> {
  readonly from: number;
  readonly to: number;
}

/** The blocks of a range; only the last block of a whole run may be short. */
export function* tasksOf({ batchesPerBlock, from, to }: BatchRange): Generator<BlockTask> {
  for (let done = from; done < to; done += batchesPerBlock) {
    yield { block: done / batchesPerBlock, first: done, batches: Math.min(batchesPerBlock, to - done) };
  }
}
