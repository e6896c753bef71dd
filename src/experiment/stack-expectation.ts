import { propertiesOf } from "../noises/noises.ts";
import { blockNorms, noisyBlocks, type StackScenario } from "../scenario/blocks.ts";
import { relativeVariance } from "../theory/noise.ts";
import { type BlockNoise, NO_NOISE } from "../theory/stack/block-noise.ts";
import { layerNormMeanField } from "../theory/stack/layer-norm.ts";
import { meanField } from "../theory/stack/mean-field.ts";
import { inputMoments } from "./plan/input-law.ts";
import type { PositionTheory } from "./position-theory.ts";
import type { RecordTheory } from "./record.ts";

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
export function spreadAt(blocksBefore: number, { width, channelSize }: StackScenario): number {
  return Math.sqrt((blocksBefore * Math.min(width, channelSize ?? 1)) / width);
}
