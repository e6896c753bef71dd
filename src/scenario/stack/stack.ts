import type { ActivationKind } from "../../activations/activations.ts";
import { type ListedNoise, NOISES } from "../../noises/noises.ts";
import type { Parameter } from "../../noises/parameter.ts";
import type { Scenario } from "../scenario.ts";

/** Noise that multiplies each unit by itself. */
type MultipliesUnits = Extract<ListedNoise, { shares: "unit"; pivot: 0; parameter: Parameter }>;
export type StackNoise = MultipliesUnits["kind"];

export const STACK_NOISES: readonly StackNoise[] = NOISES.filter(
  (noise): noise is MultipliesUnits => noise.shares === "unit" && noise.pivot === 0 && noise.parameter !== null,
).map(({ kind }) => kind);

/**
 * What normalises a block's input: each channel over the mini-batch, or each sample over its channels, all of them or group
 * by group.
 */
export const NORM_KINDS = ["batch", "layer", "group"] as const;
export type NormKind = (typeof NORM_KINDS)[number];

/** What a block adds its output to: nothing, or its own input. */
export const CONNECTION_KINDS = ["plain", "residual"] as const;
export type ConnectionKind = (typeof CONNECTION_KINDS)[number];

/**
 * The statistics that Batch Normalization uses at test time.
 *
 * running             those that training accumulated, with the noise on
 * reestimated         estimated again over other mini-batches with the noise off
 * reestimated-noisy   estimated again over other mini-batches with the noise on, as PyTorch's `update_bn` does in train mode
 * corrected           the running ones less the variance of the noise, σ² Σ w² E x², which needs no data
 */
export const STATISTICS_KINDS = ["running", "reestimated", "reestimated-noisy", "corrected"] as const;
export type StatisticsKind = (typeof STATISTICS_KINDS)[number];

/**
 * A stack of blocks, complete: norm → activation → noise → linear, `depth` times. Made by `defineStack` only.
 *
 * Its own input is standard normal; weights are normal with mean 0 and variance 1/width.
 */
export interface StackScenario extends Pick<Scenario, "seed" | "keep" | "drop" | "beta" | "relativeVariance"> {
  readonly noise: StackNoise;
  /** Blocks with noise: all, last, none, or their numbers from 1, such as "3,4". */
  readonly noiseAt: string;
  readonly activation: ActivationKind;
  readonly depth: number;
  /** Units of every layer. */
  readonly width: number;
  readonly connection: ConnectionKind;
  readonly norm: NormKind;
  /** Blocks whose norm is `norm`; the others have Batch Normalization. */
  readonly normAt: string;
  /** Groups of Group Normalization; null without. */
  readonly groups: number | null;
  readonly statistics: StatisticsKind;
  /** Mini-batches that statistics are re-estimated over; null where they are not. */
  readonly reestimateBatches: number | null;
  readonly batchSize: number;
  /** Mini-batches during training, and as many at test time. */
  readonly batches: number;
  readonly epsilon: number;
  readonly confidence: number;
}

/** What a user writes: any fields, the rest by default. Null is the same as nothing. */
export type StackInput = { readonly [Field in keyof StackScenario]?: StackScenario[Field] | null | undefined };
