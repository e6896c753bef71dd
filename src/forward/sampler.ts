import { type Kernel, TILE_SAMPLES } from "../kernel/kernel.ts";
import { type LawKind, lawOf } from "../laws/laws.ts";
import type { InputLayer } from "../network/network.ts";
import { type Address, STATE_WORDS, startStream } from "../random/streams.ts";
import { type Arrays, arrayOf, isArrayName, NO_ARRAYS } from "../scenario/arrays.ts";
import { latentCorrelation } from "../scenario/latent.ts";
import { createRowSampler } from "./row-sampler.ts";
import type { Stage } from "./stage.ts";

/** Draws the input of the noise layer: x, of which the input itself is unit·(x + centre). */
export interface Sampler {
  readonly unit: number;
  readonly centre: number;
  startBatch(address: Address): void;
  /** Before the stages of the next samples of the batch. */
  startTile(stride: number): void;
  draw(x: Float32Array, stage: Stage): void;
}

/** Draws from the activation's law, or rows of the file that it names. */
export function createSampler(kernel: Kernel, input: InputLayer, arrays: Arrays = NO_ARRAYS): Sampler {
  const { activation } = input;
  const array = arrayOf(input, "activation", arrays);
  if (array !== undefined) return createRowSampler(kernel, input, array);
  if (isArrayName(activation)) throw new RangeError(`${activation} has no digest`);
  return createLawSampler(kernel, { ...input, activation });
}

/** Every law is a function of standard normals that are independent or share one pairwise correlation. */
function createLawSampler(kernel: Kernel, input: InputLayer & { readonly activation: LawKind }): Sampler {
  const form = lawOf(input.activation).form(input);
  const { unit, centre } = form;
  const correlation = latentCorrelation(input);
  const mixture = correlation === 0 ? undefined : createMixture(kernel, correlation, input.width);
  const radius = kernel.words(STATE_WORDS);
  const angle = kernel.words(STATE_WORDS);
  return {
    unit,
    centre,
    startBatch(address) {
      startStream(address, "inputRadius", radius);
      startStream(address, "inputAngle", angle);
      mixture?.startBatch(address);
    },
    startTile(stride) {
      mixture?.startTile(stride);
    },
    draw(x, stage) {
      kernel.normals({ radius, angle, out: x });
      mixture?.mix(x, stage);
      form.shape(kernel, x);
    },
  };
}

interface Mixture {
  startBatch(address: Address): void;
  startTile(stride: number): void;
  mix(z: Float32Array, stage: Stage): void;
}

/**
 * Turns independent standard normals e into normals z of pairwise correlation r.
 *
 * r > 0, by a shared factor g:        zᵢ = √r·g + √(1 − r)·eᵢ
 * r < 0, one unit after the other:    zᵢ = r/(1 + (i − 1)r)·Sᵢ + √(1 − i·r²/(1 + (i − 1)r))·eᵢ,   Sᵢ = z₀ + … + zᵢ₋₁
 *
 * The second is the distribution of zᵢ given those before it, so it is exact, and reaches r = −1/(d − 1), where the sum of
 * all z is 0 (the variance left for the last unit is then 0).
 */
function createMixture(kernel: Kernel, correlation: number, width: number): Mixture {
  const own = kernel.floats(width);
  const common = kernel.floats(width);
  for (let channel = 0; channel < width; channel++) {
    const [ownVariance, weight] =
      correlation > 0 ? [1 - correlation, Math.sqrt(correlation)] : conditional(correlation, channel);
    own[channel] = Math.sqrt(Math.max(0, ownVariance));
    common[channel] = weight;
  }
  const feedback = correlation > 0 ? 0 : 1;
  const factors = kernel.floats(TILE_SAMPLES);
  const radius = kernel.words(STATE_WORDS);
  const angle = kernel.words(STATE_WORDS);
  return {
    startBatch(address) {
      startStream(address, "factorRadius", radius);
      startStream(address, "factorAngle", angle);
    },
    startTile(stride) {
      const factor = factors.subarray(0, stride);
      if (correlation > 0) kernel.normals({ radius, angle, out: factor });
      else factor.fill(0);
    },
    mix(z, { first, stride }) {
      kernel.correlate({ z, stride, factor: factors.subarray(0, stride), own, common, first, feedback });
    },
  };
}

/** Variance of a unit given the sum of the `before` units before it, and the weight of that sum in its mean. */
function conditional(correlation: number, before: number): readonly [number, number] {
  const weight = before === 0 ? 0 : correlation / (1 + (before - 1) * correlation);
  return [1 - before * correlation * weight, weight];
}
