import { propertiesOf } from "../noises/noises.ts";
import { blockNorms, isStack, noisyBlocks, type StackScenario } from "../scenario/blocks.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { relativeVariance } from "../theory/noise.ts";
import { type BlockNoise, NO_NOISE } from "../theory/stack/block-noise.ts";
import { layerNormMeanField } from "../theory/stack/layer-norm.ts";
import { meanField } from "../theory/stack/mean-field.ts";
import { inputMoments } from "./plan/input-law.ts";
import type { RecordTheory } from "./record.ts";

/** What theory says of a position, or why it says nothing. */
export type PositionTheory =
  | { readonly theory: RecordTheory; readonly reason: null }
  | { readonly theory: null; readonly reason: string };

/**
 * What theory says of each position of a stack, in the limit of wide layers: by mean field where every norm is BN, by statistics
 * with the noise on or noise-free ones, and where every norm is over samples.
 */
export function stackExpectation(stack: StackScenario): readonly PositionTheory[] {
  const norms = blockNorms(stack);
  const isOfBatches = norms.every((norm) => norm === "batch");
  const places = isOfBatches ? batchPlaces(stack) : samplePlaces(stack);
  const isMixed = !isOfBatches && norms.includes("batch");
  return places.map((theory, before) => {
    const reason = isMixed ? MIXED : whyNone(stack, { before, isOfBatches });
    return reason === null ? { theory, reason } : { theory: null, reason };
  });
}

const MIXED = "batch norms and norms over samples in one stack have no closed form";

/** The input's own law goes through the first norm; behind the second layer sums of many units are normal, as theory has them. */
function whyNone(
  { activation, rho }: StackScenario,
  { before, isOfBatches }: { readonly before: number; readonly isOfBatches: boolean },
): string | null {
  if (before === 0) return null;
  if (activation !== "normal") return "the closed form of a stack is that of a normal input";
  if (rho !== 0 && (before > 1 || !isOfBatches)) {
    return "the closed form is that of uncorrelated units, except at the first two batch norms";
  }
  return null;
}

function batchPlaces(stack: StackScenario): readonly RecordTheory[] {
  return meanField(settingOf(stack)).map(({ trainVariance, testVariance, shift, meanShift }, before) => ({
    ...{ trainVariance, testVariance, shift, meanShift },
    spread: spreadAt(before, stack),
  }));
}

function samplePlaces(stack: StackScenario): readonly RecordTheory[] {
  return layerNormMeanField(settingOf(stack)).map((place, before): RecordTheory => {
    const spread = spreadAt(before, stack);
    if (before < stack.depth) {
      const { trainSquare, testSquare, sampleShift } = place;
      return { trainVariance: trainSquare, testVariance: testSquare, shift: sampleShift, meanShift: null, spread };
    }
    const { trainVariance, testVariance, shift, meanShift } = place;
    return { trainVariance, testVariance, shift, meanShift, spread };
  });
}

function settingOf(stack: StackScenario) {
  const { nonlinearity, connection } = stack;
  const noise = noiseOfBlocks(stack);
  return {
    activation: nonlinearity,
    noises: noisyBlocks(stack).map((isNoisy) => (isNoisy ? noise : NO_NOISE)),
    residual: connection === "residual",
    variance: inputMoments(stack).variance,
  };
}

/** The noise that the statistics of training saw: where they are noise-free, a mini-batch is scaled as at test time. */
function noiseOfBlocks(stack: StackScenario): BlockNoise {
  if (stack.relativeVariance === 0) return NO_NOISE;
  const { pivot, noise: lawOf, gains: gainsOf } = propertiesOf(stack.noise);
  const noise = lawOf(stack);
  const gains = gainsOf(noise);
  const { statistics } = stack;
  const isNoisy = statistics === "running" || statistics === "reestimated-noisy";
  if (isNoisy || stack.norm !== "batch") return { relativeVariance: relativeVariance(noise), pivot, gains };
  return { ...NO_NOISE, gains: { train: gains.test, test: gains.test } };
}

/**
 * Standard deviation of ln Δ between networks with weights of their own, at most: √(blocks before / width). Each block
 * averages over the width's channels, and passes its own deviation to the next. Measured over 40 networks each (docs/STACK.md).
 * Units that share a mask count as one.
 */
function spreadAt(blocksBefore: number, { width, channelSize }: StackScenario): number {
  return Math.sqrt((blocksBefore * Math.min(width, channelSize ?? 1)) / width);
}

/** Of networks, in standard deviations: theory holds for their average, and one that is further off than this is not one of them. */
const FARTHEST = 5;
/** Most that a block's own statistics of n samples change Δ by, relative to it: 3/n (docs/METHOD.md). */
const OF_A_SAMPLE = 3;

/**
 * What a position may deviate by from theory, relative to it: the tolerance of the scenario and its own allowance.
 *
 * position   its number, from 1; null in a network with one
 */
export function toleranceAt(scenario: Scenario, position: number | null): number {
  return scenario.tolerance + allowanceAt(scenario, position);
}

/**
 * What a position may deviate by from the theory of wide layers and large mini-batches, in addition to the tolerance; 0 where theory
 * is exact.
 */
function allowanceAt(scenario: Scenario, position: number | null): number {
  if (!isStack(scenario) || position === null) return 0;
  const blocksBefore = position - 1;
  return FARTHEST * spreadAt(blocksBefore, scenario) + (OF_A_SAMPLE * blocksBefore) / scenario.batchSize;
}
