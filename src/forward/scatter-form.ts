import { TILE_SAMPLES } from "../kernel/kernel.ts";
import { lawOf } from "../laws/laws.ts";
import type { MaskPlan } from "../noises/noise-kind.ts";
import { propertiesOf } from "../noises/noises.ts";
import { isArrayName } from "../scenario/arrays.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { WeightSums } from "../theory/alignment.ts";
import { LARGEST_ERROR, outputVariances, type Phases, roundingErrors, scaleFor } from "./fixed-point.ts";
import { noiseForm, pivotCentre } from "./noise-form.ts";
import type { Segment } from "./schedule.ts";

/**
 * Variances of many neurons from the scatter matrix of their inputs. Of a mini-batch with scatter S about its mean the neurons' sums of
 * squares add up to
 *
 *   Σⱼ wⱼᵀS wⱼ = ⟨WᵀW, S⟩
 *
 * so that S serves them all: half of width² multiply-adds a sample, however many there are. S is of integers of 16 bits, and exact.
 * What each neuron's Batch Normalization sees follows from matrices, too, at the end of a run (`channelsOf`).
 */
export interface ScatterForm {
  /** Integers for a unit of the sampler. */
  readonly scales: Phases;
  /** Most that rounding adds to the variance in each phase, relative to it. */
  readonly errors: Phases;
  /** What stands for a unit of input 0 that is kept, and for one that is dropped; their mean is about 0. */
  readonly kept: number;
  readonly dropped: number;
}

/** Matrices of more units take too much memory, and cache. */
const WIDEST = 1024;
/** What a matrix costs in addition to its products, in samples: reading, weighing and storing each entry. */
const ENTRY = 16;

/** What says whether a scatter matrix is taken. */
export interface ScatterSetting
  extends Pick<
    Scenario,
    | "width"
    | "neurons"
    | "nonlinearity"
    | "noise"
    | "relativeVariance"
    | "activation"
    | "mean"
    | "variance"
    | "batchSize"
  > {
  readonly masks: MaskPlan;
}

/** Multiply-adds of a sample's unit in one phase. */
export function scatterWork({ width, batchSize }: Pick<ScatterSetting, "width" | "batchSize">): number {
  return (width / 2) * (1 + ENTRY / Math.min(TILE_SAMPLES, batchSize));
}

/**
 * Whether a network may be, and had better be, measured by scatter matrices: one for each mask and one without, where products take
 * one for each but a mirrored mask's.
 */
export function prefersScatter(setting: ScatterSetting): boolean {
  const { width, neurons, nonlinearity, noise, relativeVariance, activation, masks } = setting;
  if (neurons === null || nonlinearity !== null || isArrayName(activation) || relativeVariance === 0) return false;
  const { isSymmetric, shares, pivot } = propertiesOf(noise);
  if (isSymmetric || shares === "weight" || width > WIDEST) return false;
  const law = lawOf(activation);
  if (law.form(setting).mostSquares === null || (pivot !== 0 && law.hasAtom)) return false;
  return (1 + masks.masks) * scatterWork(setting) < (1 + (masks.isMirrored ? 1 : masks.masks)) * neurons;
}

interface Sampled {
  readonly batchSize: number;
  readonly masks: MaskPlan;
}

/** The setting of a segment. */
export function scatterSetting({ input, noise, linear, activation }: Segment, sampled: Sampled): ScatterSetting {
  return {
    ...{ width: input.width, neurons: linear?.neurons ?? null, nonlinearity: activation },
    ...{ noise: noise.noise, relativeVariance: noise.relativeVariance },
    ...{ activation: input.activation, mean: input.mean, variance: input.variance },
    ...sampled,
  };
}

/** Sums of products stay below 2³¹, and so does the square of this with an integer more or less in each of a tile's samples. */
const LARGEST_ROOT = Math.sqrt(2 ** 31) - 2 * Math.sqrt(TILE_SAMPLES);

/** Where weights and correlation take away more of the variance than this, sums in single precision are no longer exact enough. */
const LEAST_LEFT = 0.1;

/**
 * The scatter form of a segment that prefers it; undefined where rounding the input could change a variance by too much.
 *
 * Integers y of a unit over a tile have Σy² < 2³¹, and so by Cauchy and Schwarz has every sum of products. What a mask makes of x is
 * k·(x + c) less about keep·c, at most |x| + |c|·max(keep, drop); docs/METHOD.md has the bounds of each law.
 */
export function scatterForm(
  segment: Segment,
  neurons: readonly WeightSums[],
  sampled: Sampled,
): ScatterForm | undefined {
  const { input, noise } = segment;
  if (isArrayName(input.activation) || !prefersScatter(scatterSetting(segment, sampled))) return undefined;
  const form = lawOf(input.activation).form(input);
  if (form.mostSquares === null) return undefined;
  const { keep, drop } = noise;
  const centre = pivotCentre(noiseForm(noise), form);
  const reach = Math.sqrt(form.mostSquares);
  const noisyReach = reach + Math.abs(centre) * Math.max(keep, drop) * Math.sqrt(TILE_SAMPLES);
  const scales = {
    train: scaleFor(LARGEST_ROOT / noisyReach, centre),
    test: scaleFor(LARGEST_ROOT / reach, form.centre),
  };
  const { variance, testVariance, squares } = outputVariances(segment, neurons);
  const errors = roundingErrors(segment, neurons, { unit: form.unit, scales, rounded: 1 / keep });
  if (Math.max(errors.train, errors.test) > LARGEST_ERROR || testVariance < LEAST_LEFT * variance * squares)
    return undefined;
  const dropped = -Math.round(keep * centre * scales.train);
  return { scales, errors, kept: Math.round(centre * scales.train) + dropped, dropped };
}
