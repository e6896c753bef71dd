import { GROUP, type Kernel, STAGE_FLOATS } from "../kernel/kernel.ts";
import type { WeightsOfLayer } from "../network/network.ts";
import { ONCE, STATE_WORDS, startStream } from "../random/streams.ts";
import type { WordPair } from "../random/threefry.ts";
import { type Arrays, arrayOf, isArrayName, NO_ARRAYS } from "../scenario/arrays.ts";
import type { WeightKind } from "../scenario/scenario.ts";
import { roundToSteps, weightStep } from "./fixed-point.ts";
import { weightsKey } from "./key.ts";
import type { DrawnWeights, Weights } from "./weights.ts";

/**
 * Draws the weights of a layer, once for all mini-batches, or takes a file's unchanged.
 *
 * Zero-mean kinds are shifted by `weightMean` of their standard deviations, or turned to the asked alignment.
 */
export function drawWeights(
  kernel: Kernel,
  { seed, layer }: { readonly seed: string; readonly layer: WeightsOfLayer },
  { arrays = NO_ARRAYS, values = kernel.floats(layer.neurons * layer.width) }: DrawOptions = {},
): Weights {
  const { neurons, width, weights, weightMean, alignment } = layer;
  const array = arrayOf(layer, "weights", arrays);
  if (array !== undefined) {
    values.set(array.values);
    return realised(layer, { neurons, width, values });
  }
  if (weights === null || isArrayName(weights)) throw new RangeError(`${weights} has no digest`);
  const deviation = standardDeviation(weights, layer);
  if (weights === "constant") {
    values.fill(deviation);
    return realised(layer, { neurons, width, values });
  }
  createStandardDraw(kernel, weights, weightsKey(seed, layer))(values);
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width);
    if (alignment !== null) align(row, alignment);
    const mean = weightMean ?? 0;
    for (let at = 0; at < width; at++) row[at] = (row[at] + mean) * deviation;
  }
  return realised(layer, { neurons, width, values });
}

interface DrawOptions {
  readonly arrays?: Arrays | undefined;
  /** Where they go; room for neurons × width. */
  readonly values?: Float32Array | undefined;
}

/** The weights that the layer has: rounded to steps, whether its products are then taken in integers or not. */
function realised(layer: WeightsOfLayer, drawn: DrawnWeights): Weights {
  const step = weightStep(layer, drawn);
  if (step !== undefined) roundToSteps(drawn.values, step);
  return { ...drawn, step };
}

/**
 * Standard deviation of the weights (for constant weights their value): 1/√d, so that a neuron's weights have about unit
 * norm; he √(2/d) (He et al. 2015, eq. 10); xavier √(2/(d + fan-out)) (Glorot & Bengio 2010, eq. 12). No ratio of variances
 * depends on it.
 */
function standardDeviation(kind: WeightKind, { width, fanOut }: WeightsOfLayer): number {
  switch (kind) {
    case "he":
      return Math.sqrt(2 / width);
    case "xavier":
      return Math.sqrt(2 / (width + fanOut));
    default:
      return Math.sqrt(1 / width);
  }
}

/** What it returns fills an array with independent draws of mean 0 and variance 1, and the next one with those that follow. */
function createStandardDraw(kernel: Kernel, kind: WeightKind, key: WordPair): (values: Float32Array) => void {
  const address = { key, batch: ONCE };
  const radius = kernel.words(STATE_WORDS);
  const angle = kernel.words(STATE_WORDS);
  const stream = kernel.words(STATE_WORDS);
  startStream(address, "weightRadius", radius);
  startStream(address, "weightAngle", angle);
  startStream(address, "weightUniform", stream);
  const scratch = kernel.floats(STAGE_FLOATS);
  return (values) => {
    for (let start = 0; start < values.length; start += STAGE_FLOATS) {
      const count = Math.min(STAGE_FLOATS, values.length - start);
      const out = scratch.subarray(0, Math.ceil(count / GROUP) * GROUP);
      if (kind === "uniform") kernel.uniforms({ stream, scale: Math.sqrt(3), out });
      else kernel.normals({ radius, angle, out });
      values.set(scratch.subarray(0, count), start);
    }
  };
}

/**
 * Turns a vector to alignment a = (Σw)²/Σw², its norm unchanged: √(a/d) along 1/√d·(1, …, 1), the rest along the part of
 * the vector at right angles to it. Equal weights have no such part; (1, −1, 0, …) replaces it.
 */
function align(row: Float32Array, alignment: number): void {
  const width = row.length;
  if (row.every((weight) => weight === row[0]) && width > 1) {
    row[0] += 1;
    row[1] -= 1;
  }
  const mean = row.reduce((total, weight) => total + weight, 0) / width;
  const squares = row.reduce((total, weight) => total + weight * weight, 0);
  const squaresAcross = row.reduce((total, weight) => total + (weight - mean) * (weight - mean), 0);
  const along = Math.sqrt((alignment * squares) / width / width);
  const across = alignment === width ? 0 : Math.sqrt(((1 - alignment / width) * squares) / squaresAcross);
  for (let at = 0; at < width; at++) row[at] = along + (row[at] - mean) * across;
}
