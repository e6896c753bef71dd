import { blockNoises, blockNorms } from "../../scenario/stack/blocks.ts";
import type { StackScenario } from "../../scenario/stack/stack.ts";
import { NO_NOISE } from "../../theory/stack/block-noise.ts";
import { layerNormMeanField } from "../../theory/stack/layer-norm.ts";
import { meanField } from "../../theory/stack/mean-field.ts";
import type { StackTheory } from "./record.ts";

/**
 * What theory says of each position, in the limit of wide layers: by mean field where every norm is BN, by statistics
 * with the noise on or noise-free ones, and where every norm is over samples. Undefined where both kinds are in one stack.
 */
export function expectedOf(stack: StackScenario): readonly (StackTheory | null)[] | undefined {
  const { activation, connection, statistics, width } = stack;
  const residual = connection === "residual";
  const norms = blockNorms(stack);
  const noises = blockNoises(stack).map((relativeVariance) => ({ ...NO_NOISE, relativeVariance }));
  if (norms.every((norm) => norm === "batch")) {
    const isNoisy = statistics === "running" || statistics === "reestimated-noisy";
    const places = meanField({ activation, noises: isNoisy ? noises : noises.map(() => NO_NOISE), residual });
    return places.map(({ shift, meanShift }, place) => ({ shift, meanShift, spread: spreadAt(place, width) }));
  }
  if (norms.some((norm) => norm === "batch")) return undefined;
  const places = layerNormMeanField({ activation, noises, residual });
  return places.map(({ shift, meanShift, sampleShift }, place) => {
    const spread = spreadAt(place, width);
    return place < norms.length ? { shift: sampleShift, meanShift: null, spread } : { shift, meanShift, spread };
  });
}

/**
 * Standard deviation of ln Δ between networks with weights of their own, at most: √(blocks before / width). Each block
 * averages over the width's channels, and passes its own deviation to the next. Measured over 40 networks each (docs/STACK.md).
 */
function spreadAt(blocksBefore: number, width: number): number {
  return Math.sqrt(blocksBefore / width);
}
