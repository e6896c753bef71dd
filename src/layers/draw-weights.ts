import { GROUP, type Kernel, STAGE_FLOATS } from "../kernel/kernel.ts";
import { ONCE, STATE_WORDS, startStream } from "../random/streams.ts";
import type { WordPair } from "../random/threefry.ts";
import { type Arrays, arrayOf, isArrayName, NO_ARRAYS } from "../scenario/arrays.ts";
import type { Scenario, WeightKind } from "../scenario/scenario.ts";
import { roundToSteps, weightSteps } from "./fixed-point.ts";
import type { DrawnWeights, Weights } from "./weights.ts";

/**
 * Draws the weights of a scenario's linear layer, once for all mini-batches, or takes a file's unchanged; undefined when
 * there is no such layer.
 *
 * Zero-mean kinds are shifted by `weightMean` of their standard deviations, or turned to the asked alignment.
 */
export function drawWeights(
  kernel: Kernel,
  scenario: Scenario,
  key: WordPair,
  arrays: Arrays = NO_ARRAYS,
): Weights | undefined {
  const { layer, neurons, width, weights, weightMean, alignment } = scenario;
  if (layer === "none" || neurons === null || weights === null) return undefined;
  const array = arrayOf(scenario, "weights", arrays);
  const values = kernel.floats(neurons * width);
  if (array !== undefined) {
    values.set(array.values);
    return realised(scenario, { neurons, width, values });
  }
  if (isArrayName(weights)) throw new RangeError(`${weights} has no digest`);
  const deviation = standardDeviation(weights, width, neurons);
  if (weights === "constant") {
    values.fill(deviation);
    return realised(scenario, { neurons, width, values });
  }
  createStandardDraw(kernel, weights, key)(values);
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width);
    if (alignment !== null) align(row, alignment);
    const mean = weightMean ?? 0;
    for (let at = 0; at < width; at++) row[at] = (row[at] + mean) * deviation;
  }
  return realised(scenario, { neurons, width, values });
}

/** The weights that the layer has: rounded to steps, whether its products are then taken in integers or not. */
function realised(scenario: Scenario, drawn: DrawnWeights): Weights {
  const steps = weightSteps(scenario, drawn);
  if (steps !== undefined) roundToSteps(drawn.values, steps.step);
  return { ...drawn, fixed: steps?.fixed };
}

/**
 * Standard deviation of the weights (for constant weights their value): 1/√d, so that a neuron's weights have about unit
 * norm; he √(2/d) (He et al. 2015, eq. 10); xavier √(2/(d + k)) (Glorot & Bengio 2010, eq. 12). No ratio of variances
 * depends on it.
 */
function standardDeviation(kind: WeightKind, width: number, neurons: number): number {
  switch (kind) {
    case "he":
      return Math.sqrt(2 / width);
    case "xavier":
      return Math.sqrt(2 / (width + neurons));
    default:
      return Math.sqrt(1 / width);
  }
}

/** What it returns fills an array with independent draws of mean 0 and variance 1, and the next one with those that follow. */
export function createStandardDraw(kernel: Kernel, kind: WeightKind, key: WordPair): (values: Float32Array) => void {
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
