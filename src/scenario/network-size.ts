import { type NetworkGraph, positionsOf } from "../notation/graph.ts";
import { workOfGraph } from "../notation/work.ts";
import { powerOfTwoBelow } from "../numeric/power-of-two.ts";
import { BATCH_SIZES, FEWEST_BATCHES, MOST_WEIGHTS } from "./depth-limits.ts";
import { invalid, isGiven } from "./refusal.ts";
import type { ScenarioInput } from "./scenario.ts";

/** 2²⁵ numbers of a mini-batch's largest map: 128 MB for each of the arrays that hold one. */
const MOST_OF_BATCH = 2 ** 25;
/** Mini-batches of maps are smaller, so that they have about so many values of a channel. */
const USUAL_VALUES = 2 ** 14;
const USUAL_BATCH = { most: 256, fewest: 16 } as const;
/** Mini-batches where nobody says how many, and multiply-adds of all passes that more than the fewest may take. */
const USUAL_BATCHES = { most: 64, fewest: 16 } as const;
const USUAL_WORK = 2 ** 36;
const PASSES = 4;

/** How a network is measured where nothing is said of it; a `VshiftError` where it is too large for what is said. */
export function usualSize(given: ScenarioInput, graph: NetworkGraph): ScenarioInput {
  const { steps, largest, weights } = workOfGraph(graph);
  const positions = Math.max(...graph.positions.map(({ node }) => positionsOf(graph.nodes[node]?.shape ?? ONE)));
  const batchSize = given.batchSize ?? usualBatch(given, positions);
  requireSize({ batchSize, largest, weights });
  const isSaid = [given.precision, given.maxSamples, given.samples, given.batches].some(isGiven);
  const batches = within(USUAL_BATCHES, powerOfTwoBelow(USUAL_WORK / (PASSES * batchSize * steps)));
  requireBatches(given, batchSize);
  return { masks: "independent", batchSize, ...(isSaid ? {} : { batches }) };
}

/** Of few samples there are mini-batches enough all the same. */
function usualBatch({ samples }: ScenarioInput, positions: number): number {
  const usual = within(USUAL_BATCH, powerOfTwoBelow(USUAL_VALUES / Math.max(1, positions)));
  if (!isGiven(samples)) return usual;
  return Math.max(BATCH_SIZES.from, Math.min(usual, powerOfTwoBelow((samples as number) / FEWEST_BATCHES)));
}

const ONE = { sizes: [] };

function within({ most, fewest }: { readonly most: number; readonly fewest: number }, value: number): number {
  return Math.max(fewest, Math.min(most, value));
}

function requireSize({
  batchSize,
  largest,
  weights,
}: { readonly [Name in "batchSize" | "largest" | "weights"]: number }): void {
  if (batchSize < BATCH_SIZES.from || batchSize > BATCH_SIZES.to) {
    const { from, to } = BATCH_SIZES;
    const problem = `${batchSize} is not a whole number from ${from} to ${to}, as a network as text needs`;
    throw invalid("batchSize", problem, `use ${batchSize < from ? from : to}`);
  }
  if (weights > MOST_WEIGHTS) {
    throw invalid(
      "network",
      `has ${weights} weights, above the limit of ${MOST_WEIGHTS}`,
      "use fewer units or channels",
    );
  }
  if (largest * batchSize > MOST_OF_BATCH) {
    const most = Math.floor(MOST_OF_BATCH / largest);
    throw invalid(
      "batchSize",
      `${batchSize} samples of ${largest} units exceed the limit of ${MOST_OF_BATCH} numbers`,
      most < BATCH_SIZES.from ? "use a smaller network" : `use ${most} or less`,
    );
  }
}

function requireBatches({ batches, samples }: ScenarioInput, batchSize: number): void {
  const asked = batches ?? (isGiven(samples) ? Math.ceil((samples as number) / batchSize) : FEWEST_BATCHES);
  if (asked >= FEWEST_BATCHES) return;
  const field = isGiven(batches) ? "batches" : "samples";
  throw invalid(
    field,
    `${isGiven(batches) ? asked : samples} are ${asked} mini-batches of ${batchSize}; a network as text needs ${FEWEST_BATCHES}`,
    `use ${isGiven(batches) ? FEWEST_BATCHES : FEWEST_BATCHES * batchSize} or more`,
  );
}
