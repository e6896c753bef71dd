import { SINGLE } from "../../forward/noise.ts";
import { prefersScatter } from "../../forward/scatter-form.ts";
import type { MaskPlan } from "../../noises/noise-kind.ts";
import { workOfGraph } from "../../notation/work.ts";
import { powerOfTwoBelow } from "../../numeric/power-of-two.ts";
import { MOST_BATCHES } from "../../random/streams.ts";
import { isNetwork, writtenNetwork } from "../../scenario/define-network.ts";
import { comparesOutputs } from "../../scenario/positions.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { isWhole } from "../../scenario/test-time.ts";
import type { BlockTask } from "../block.ts";
import { errorFloors, fewestBatches } from "../error-floors.ts";
import type { ErrorFloor } from "../estimate.ts";
import { FEWEST_TO_STOP, fewestToStop, maskPlan } from "./mask-plan.ts";
import { ratioVarianceOf, samplesNeeded } from "./ratio-variance.ts";
import { activationWork, MULTIPLY_ADD } from "./work.ts";

/** How a scenario's mini-batches are sampled and cut into blocks, and how many there may be. Counts are of mini-batches. */
export interface Plan {
  readonly batchesPerBlock: number;
  /** Work of a whole block, in drawn activations or what costs as much. */
  readonly blockWork: number;
  /** Work of the longest block that there is, where some are of another kind. */
  readonly longestBlock?: number;
  /** Before this many, no verdict: too few batches, or too few of the rare events that make the variance. */
  readonly minimum: number;
  /** Where the first look at the result is. */
  readonly firstLook: number;
  readonly budget: number;
  /** Masks that each of them goes through training with. */
  readonly masks: MaskPlan;
  /** Lower bounds of the error of an estimate, in addition to what its sums say. */
  readonly floors: readonly ErrorFloor[];
}

/** Work that a block should have: some milliseconds, much longer than handing it out, adding its result and clearing that away. */
const BLOCK_WORK = 2 ** 21;
/** Of a block that hands over matrices: the more, the less of them. */
const MATRIX_BLOCK_WORK = 2 ** 24;
const MOST_BATCHES_PER_BLOCK = 256;
/** Blocks that a run to a precision should have, at the least. */
const BLOCKS_OF_A_RUN = 8;

/** Student's quantile answers for the few batches of a short run, but only for batch variances that are near normal. */
const FEWEST_TO_JUDGE = 8;

/** Multiply-adds of a block that goes one way through a network layer by layer: some ten milliseconds. */
const WHOLE_BLOCK_WORK = 2 ** 29;
const MOST_WHOLE_BATCHES = 16;

export function planOf(scenario: Scenario): Plan {
  if (isWhole(scenario)) return planOfWhole(scenario);
  const { batchSize, width } = scenario;
  const floors = errorFloors(scenario);
  const masks = maskPlan(scenario, floors);
  const batchWork = batchSize * width * activationWork(scenario, masks);
  const fewest = fewestToStop(floors);
  const most = prefersScatter({ ...scenario, masks }) ? MATRIX_BLOCK_WORK : BLOCK_WORK;
  // A power of two, so that the mini-batches of a first interim analysis, 16 or 32, are whole blocks; and no block that is longer
  // than they, unless the run is.
  const length = Math.max(fewest, likelyLength(scenario, masks) / BLOCKS_OF_A_RUN);
  const batchesPerBlock = powerOfTwoBelow(Math.min(MOST_BATCHES_PER_BLOCK, most / batchWork, length));
  const minimum = Math.max(FEWEST_TO_JUDGE, fewestBatches(floors));
  return { ...looksOf(scenario, { batchesPerBlock, batchWork, minimum, fewest }), masks, floors };
}

/** Mini-batches that a run will take, more or less. */
function likelyLength(scenario: Scenario, masks: MaskPlan): number {
  if (scenario.samples !== null) return Number.POSITIVE_INFINITY;
  return samplesNeeded(scenario, ratioVarianceOf(scenario)(masks)) / scenario.batchSize;
}

/** Each mini-batch goes through all layers, one way after the other. */
function planOfWhole(scenario: Scenario): Plan {
  const products = scenario.batchSize * stepsOf(scenario);
  const batchesPerBlock = powerOfTwoBelow(Math.min(MOST_WHOLE_BATCHES, WHOLE_BLOCK_WORK / products));
  const batchWork = MULTIPLY_ADD * products;
  const looks = looksOf(scenario, {
    ...{ batchesPerBlock, batchWork },
    minimum: FEWEST_TO_JUDGE,
    fewest: FEWEST_TO_STOP,
  });
  const longest = comparesOutputs(scenario) ? batchWork * comparedPasses({ masks: MOST_AVERAGED }) : 0;
  const longestBlock = Math.max(looks.blockWork, longest);
  return { ...looks, longestBlock, masks: SINGLE, floors: [] };
}

/** Multiply-adds of a sample on one way. */
function stepsOf(scenario: Scenario): number {
  if (isNetwork(scenario)) return workOfGraph(writtenNetwork(scenario.network).graph).steps;
  const { width, depth } = scenario;
  return width * width * (depth ?? 1);
}

interface Batches {
  readonly batchesPerBlock: number;
  readonly batchWork: number;
  readonly minimum: number;
  /** Before which a precision does not stop. */
  readonly fewest: number;
}

function looksOf(
  { samples, maxSamples, batchSize }: Pick<Scenario, "samples" | "maxSamples" | "batchSize">,
  { batchesPerBlock, batchWork, minimum, fewest }: Batches,
): Omit<Plan, "masks" | "floors"> {
  const budget = Math.min(Math.ceil((samples ?? maxSamples) / batchSize), MOST_BATCHES);
  const looked = Math.ceil(Math.max(fewest, minimum) / batchesPerBlock) * batchesPerBlock;
  return {
    batchesPerBlock,
    blockWork: batchWork * batchesPerBlock,
    minimum,
    budget,
    firstLook: samples === null ? Math.min(looked, budget) : budget,
  };
}

/** Mini-batches `from` up to, not including, `to`, of a scenario with a given number of samples. */
export interface BatchPart {
  readonly from: number;
  readonly to: number;
}

/** Part `index` of `count` of a plan's mini-batches, in whole blocks; index from 1. */
export function partOf(
  { budget, batchesPerBlock }: Plan,
  { index, count }: { readonly index: number; readonly count: number },
): BatchPart {
  const blocks = Math.ceil(budget / batchesPerBlock);
  const end = (part: number) => Math.min(budget, Math.floor((blocks * part) / count) * batchesPerBlock);
  return { from: end(index - 1), to: index === count ? budget : end(index) };
}

/** Mini-batches whose outputs a network with statistics of its own is compared by, with so many masks each. */
export interface ComparisonPlan {
  readonly batches: number;
  readonly masks: number;
}

/** The outputs' error is a ratio of means over these and all their channels; more would only cost. */
const MOST_COMPARED_BATCHES = 8;
/**
 * Masks for each of them. The error that a finite number of masks leaves falls as 1/(masks·√batches), so of a given number of
 * forward passes many masks for few mini-batches leave least (docs/STACK.md). Fewer where there are few mini-batches, so that
 * to compare takes no longer than all the rest.
 */
const MOST_AVERAGED = 20;
const FEWEST_AVERAGED = 4;
const AVERAGED_A_BATCH = 5 / 16;

/** What is compared of so many mini-batches. */
export function comparisonOf(batches: number): ComparisonPlan {
  return {
    batches: Math.min(batches, MOST_COMPARED_BATCHES),
    masks: Math.max(FEWEST_AVERAGED, Math.min(MOST_AVERAGED, Math.floor(batches * AVERAGED_A_BATCH))),
  };
}

/** Forward passes of a mini-batch that is compared: at test time, with noise-free statistics, and with each mask. */
export function comparedPasses({ masks }: Pick<ComparisonPlan, "masks">): number {
  return 2 + masks;
}

/** Forward passes of so many mini-batches: during training and at test time, to re-estimate, and to compare, with the noise off, too. */
export function passesOf(batches: number, scenario: Pick<Scenario, "reestimateBatches" | "depth" | "network">): number {
  const { reestimateBatches } = scenario;
  if (!comparesOutputs(scenario)) return 2 * batches + (reestimateBatches ?? 0);
  const comparison = comparisonOf(batches);
  return 3 * batches + comparison.batches * (comparedPasses(comparison) - 1) + (reestimateBatches ?? 0);
}

/** The plan for a part alone: it is drawn whole, and looked at once. */
export function planOfPart(plan: Plan, { from, to }: BatchPart): Plan {
  return { ...plan, budget: to - from, firstLook: to - from };
}

/** Mini-batches `from` (a whole number of blocks) up to, not including, `to`, and how they are to be taken. */
export interface BatchRange
  extends Pick<Plan, "batchesPerBlock" | "blockWork" | "longestBlock">,
    Pick<BlockTask, "pass" | "comparison"> {
  readonly from: number;
  readonly to: number;
}

/** The blocks of a range; only the last block of a whole run may be short. */
export function* tasksOf({ batchesPerBlock, from, to, pass, comparison }: BatchRange): Generator<BlockTask> {
  for (let done = from; done < to; done += batchesPerBlock) {
    const batches = Math.min(batchesPerBlock, to - done);
    yield { block: done / batchesPerBlock, first: done, batches, pass, comparison };
  }
}
