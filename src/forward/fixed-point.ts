import { PAIR_ROWS } from "../kernel/kernel.ts";
import { lawOf } from "../laws/laws.ts";
import type { WeightsOfLayer } from "../network/network.ts";
import { propertiesOf } from "../noises/noises.ts";
import { isArrayName } from "../scenario/arrays.ts";
import { activationMoments } from "../theory/activation.ts";
import type { WeightSums } from "../theory/alignment.ts";
import { linearTheory } from "../theory/linear-shift.ts";
import { pivotCentre } from "./noise-form.ts";
import type { Segment } from "./schedule.ts";
import { type DrawnWeights, type Weights, weightSums } from "./weights.ts";

/**
 * A matrix product in integers of 16 bits with sums of 32: exact, twice as fast as single precision, and used where it can
 * be shown to change nothing. What it rounds is the input; the weights themselves are drawn as multiples of `step`.
 */
export interface FixedPoint {
  readonly step: number;
  /** Integers for a unit of the sampler, in train and in test mode. */
  readonly scales: Phases;
  /** Largest magnitude of an integer of the input. */
  readonly bound: number;
  /** What 1 in an output stands for, in units of the sampler. */
  readonly units: Phases;
}

export interface Phases {
  readonly train: number;
  readonly test: number;
}

/** The largest integer of 16 bits whose negative is one too. */
export const BOUND = 32_767;

/** Most that rounding the input may add to either variance, relative to it. */
export const LARGEST_ERROR = 4e-7;

/** Steps in the standard deviation of the weights, at the least: fewer would be another distribution. */
const FEWEST_STEPS = 256;

/**
 * The step of weights, which depends on them alone; undefined where they stay unchanged. Weights drawn to an exact
 * alignment would lose it by rounding, and those of a file must not change.
 */
export function weightStep({ weights, alignment }: WeightsOfLayer, drawn: DrawnWeights): number | undefined {
  if (alignment !== null || isArrayName(weights)) return undefined;
  return weights === "constant" ? drawn.values[0] : stepOf(drawn, weightSums(drawn));
}

/**
 * The fixed-point form of a layer with these weights, multiples of a step; undefined where single precision must serve. Of a
 * file's activations each unit has a range of its own.
 *
 * Rounding to multiples of h moves a unit's value by at most h/2, and so adds at most Σw²·h²/4 to the variance of a neuron's
 * output. That must be below `LARGEST_ERROR` of the variance, in either phase. An error of first order, a covariance of
 * value and rounding, appears where a value has a probability of its own: units that are dropped, or rectified to 0. They
 * lie at −centre, and h is chosen so that this is a multiple of it. Units that noise with a pivot drops lie at that instead;
 * those that are rectified too lie at two values, which need not be multiples of one h. Laws whose values crowd elsewhere have no largest
 * value for this. Noise of weights rounds nothing: it has no product of W.
 */
export function fixedPoint(
  segment: Segment,
  weights: Weights,
  neurons: readonly WeightSums[] = weightSums(weights),
): FixedPoint | undefined {
  const { step } = weights;
  const rounding = roundingOf(segment, neurons);
  if (step === undefined || rounding === undefined) return undefined;
  const { scales } = rounding;
  return { step, scales, bound: BOUND, units: { train: step / scales.train, test: step / scales.test } };
}

/**
 * Most that these products can move Δ by, relative to it, behind weights of an alignment; 0 where single precision serves.
 *
 * Either variance is off by its rounding at most. For a mirrored mask the output 2·W·x − y takes the ratio of both scales from
 * single precision: if that is off by ε, relatively, so is the variance during training by 2ε·Δ, on average over both masks.
 */
export function roundingBias(
  segment: Segment,
  { alignment, isMirrored }: { readonly alignment: number; readonly isMirrored: boolean },
): number {
  const rounding = roundingOf(segment, [{ sum: Math.sqrt(alignment), sumOfSquares: 1 }]);
  if (rounding === undefined) return 0;
  const { scales, errors } = rounding;
  const factor = scales.train / scales.test;
  const mirrored = isMirrored ? 2 * Math.abs(Math.fround(factor) / factor - 1) : 0;
  return errors.train + errors.test + mirrored;
}

interface Rounding {
  readonly scales: Phases;
  /** Most that is added to the variance in each phase, relative to it. */
  readonly errors: Phases;
}

function roundingOf(segment: Segment, neurons: readonly WeightSums[]): Rounding | undefined {
  const { input: source, noise: fields, linear } = segment;
  const { activation: kind, mean, variance } = source;
  if (linear === null || linear.alignment !== null || isArrayName(linear.weights) || isArrayName(kind))
    return undefined;
  const noise = propertiesOf(fields.noise);
  const law = lawOf(kind);
  if (noise.shares === "weight" || (noise.pivot !== 0 && law.hasAtom)) return undefined;
  const form = law.form({ mean, variance });
  const { unit, centre, largest } = form;
  if (largest === null) return undefined;
  const noisyCentre = pivotCentre(noise, form);
  const largestInTraining = noise.largestNoisy(fields, { centre: noisyCentre, largest });
  const scales = { train: scaleFor(BOUND / largestInTraining, noisyCentre), test: scaleFor(BOUND / largest, centre) };
  const errors = roundingErrors(segment, neurons, { unit, scales, rounded: 1 });
  return Math.max(errors.train, errors.test) > LARGEST_ERROR ? undefined : { scales, errors };
}

/**
 * Most that rounding units to whole numbers of 1/scale adds to the variance of a neuron's output in each phase, relative to it.
 *
 * rounded  mean squared factor by which the rounding of a unit counts during training: 1 of noisy values, 1/keep of what dropout scales
 */
export function roundingErrors(
  segment: Segment,
  neurons: readonly WeightSums[],
  { unit, scales, rounded }: { readonly unit: number; readonly scales: Phases; readonly rounded: number },
): Phases {
  const { trainVariance, testVariance, squares } = outputVariances(segment, neurons);
  const added = (scale: number) => (squares * unit * unit) / (4 * scale * scale);
  return { train: (rounded * added(scales.train)) / trainVariance, test: added(scales.test) / testVariance };
}

/** Variances of a neuron's output, and Σw², averages over the neurons; before the gains, and of noise that channels share at least that at test time. */
export function outputVariances({ input: source, noise: fields }: Segment, neurons: readonly WeightSums[]) {
  const { activation: kind, mean, variance, rho } = source;
  if (isArrayName(kind)) throw new RangeError(`${kind} is not a law`);
  const noise = propertiesOf(fields.noise);
  const input = activationMoments({ kind, mean, variance, correlation: rho });
  const seen = { ...input, mean: input.mean - noise.pivot };
  const ownStrength = noise.shares === "channel" ? 0 : fields.relativeVariance;
  const { trainVariance, testVariance } = linearTheory({ input: seen, neurons }, ownStrength);
  const squares = neurons.reduce((total, { sumOfSquares }) => total + sumOfSquares, 0) / neurons.length;
  return { trainVariance, testVariance, squares, variance: input.variance };
}

/** Integers for a unit, in single precision: as many as are allowed at the most, and −centre a whole number of them. */
export function scaleFor(most: number, centre: number): number {
  const whole = Math.floor(most * Math.abs(centre));
  return Math.fround(whole === 0 ? most : whole / Math.abs(centre));
}

/**
 * The step of the weights: a power of two, as small as 16 bits and 32-bit sums over a panel allow; undefined where that is
 * too coarse. (Equal weights are one step.)
 */
function stepOf(
  { values, width }: Pick<DrawnWeights, "values" | "width">,
  neurons: readonly WeightSums[],
): number | undefined {
  let largest = 0;
  let largestSum = 0;
  for (let start = 0; start < values.length; start += width) {
    for (let first = 0; first < width; first += PAIR_ROWS) {
      let magnitudes = 0;
      const end = start + Math.min(width, first + PAIR_ROWS);
      for (let at = start + first; at < end; at++) {
        largest = Math.max(largest, Math.abs(values[at]));
        magnitudes += Math.abs(values[at]);
      }
      largestSum = Math.max(largestSum, magnitudes);
    }
  }
  // Each weight is rounded by half a step at the most.
  const step = powerOfTwoFrom(Math.max(largest / (BOUND - 1), largestSum / (LARGEST_SUM - PAIR_ROWS / 2)));
  const spread = neurons.reduce(
    (total, { sum, sumOfSquares }) => total + sumOfSquares / width - (sum / width) * (sum / width),
    0,
  );
  return Math.sqrt(Math.max(0, spread) / neurons.length) < FEWEST_STEPS * step ? undefined : step;
}

/** Σ|w| of a panel in steps, at the most: times the input's bound it stays below 2³¹. */
const LARGEST_SUM = Math.floor((2 ** 31 - 1) / BOUND);

/** The smallest power of two that is not below x > 0. */
function powerOfTwoFrom(x: number): number {
  let power = 1;
  while (power < x) power *= 2;
  while (power / 2 >= x) power /= 2;
  return power;
}

/** Rounds weights to multiples of a step. */
export function roundToSteps(values: Float32Array, step: number): void {
  // Of a power of two the reciprocal is exact, and so is the sum with a half.
  const perStep = 1 / step;
  for (let at = 0; at < values.length; at++) values[at] = Math.floor(values[at] * perStep + 0.5) * step;
}
