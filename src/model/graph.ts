import type { Tensor } from "../tensor/tensor.ts";
import type { PointwiseFunction } from "./pointwise.ts";

/**
 * A trained network as a file has it: layers in an order in which each comes after those that it reads, with their weights and
 * the running statistics of every Batch Normalization.
 */
export interface ModelGraph {
  /** What wrote the file: "torch 2.15.0". */
  readonly writer: string;
  /**
   * Whether it was exported in training mode: then noise that is written by hand is part of it. An export in evaluation mode
   * has the framework's own dropout layers only.
   */
  readonly mode: "training" | "evaluation";
  readonly nodes: readonly ModelNode[];
}

export interface ModelNode {
  readonly layer: ModelLayer;
  /** Numbers of the nodes whose outputs it reads. */
  readonly from: readonly number[];
  /** Lengths of its output's axes: samples, channels, then positions; null where the file leaves a length open. */
  readonly shape: readonly (number | null)[];
  /** Path of the module that it belongs to, as the framework names it: "features.3"; empty for code outside of one. */
  readonly module: string;
  /** File and line of the user's own code that it comes from, "train.py:31"; null where only the framework's is known. */
  readonly source: string | null;
}

export type ModelLayer =
  | InputOfModel
  | ConstantOfModel
  | LinearOfModel
  | ConvolutionOfModel
  | ActivationOfModel
  | NoiseOfModel
  | BatchNormOfModel
  | PoolOfModel
  | AddOfModel
  | ScaleOfModel
  | MultiplyOfModel
  | ConcatOfModel
  | FlattenOfModel
  | OpaqueOfModel;

export interface InputOfModel {
  readonly kind: "input";
}

/** What depends on no input: a parameter that is added or multiplied, and what is made of such. */
export interface ConstantOfModel {
  readonly kind: "constant";
}

/** y = xWᵀ + b over the last axis. */
export interface LinearOfModel {
  readonly kind: "linear";
  /** Outputs × inputs. */
  readonly weight: Tensor;
  readonly bias: Tensor | null;
}

/** A convolution over one to three axes of positions. */
export interface ConvolutionOfModel {
  readonly kind: "convolution";
  /** Outputs × inputs of a group × the kernel's axes. */
  readonly weight: Tensor;
  readonly bias: Tensor | null;
  readonly groups: number;
  /** For each axis of positions. */
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

/** A function of each element. */
export interface ActivationOfModel {
  readonly kind: "activation";
  readonly activation: PointwiseFunction;
}

/**
 * Noise during training; in evaluation mode its input passes unchanged.
 *
 * dropout         multiplies by 0 or by 1/(1 − drop)
 * alpha-dropout   the same around another value than 0
 * multiplied      multiplies by draws of mean 1
 * added           adds draws of mean 0
 * unknown         draws that are used in another way
 */
export interface NoiseOfModel {
  readonly kind: "noise";
  readonly noise: "dropout" | "alpha-dropout" | "multiplied" | "added" | "unknown";
  /** What has a draw of its own: each element, each channel of a sample, or each sample. */
  readonly shares: "unit" | "channel" | "sample";
  /** Probability that it is dropped, in [0, 1); null where nothing is. */
  readonly drop: number | null;
  /** σ² of the multiplier, or the variance of what is added; null for alpha dropout and where it is unknown. */
  readonly variance: number | null;
}

/** Batch Normalization over all axes but the second, in evaluation mode by its running statistics. */
export interface BatchNormOfModel {
  readonly kind: "batch-norm";
  /** Path of the module that has the statistics: "layer1.0.bn1". */
  readonly name: string;
  /** γ and β; null where it has none, which is 1 and 0. */
  readonly gain: Float64Array | null;
  readonly bias: Float64Array | null;
  /** Running mean and running variance of each channel; the variances are at least 0. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly epsilon: number;
}

/** The largest, or the average, of each window of positions. */
export interface PoolOfModel {
  readonly kind: "pool";
  readonly pool: "max" | "average";
  /** Positions in a window; null where the file leaves it open. */
  readonly window: number | null;
}

/** The sum of all that it reads. */
export interface AddOfModel {
  readonly kind: "add";
}

/** The product with a number. */
export interface ScaleOfModel {
  readonly kind: "scale";
  readonly factor: number;
}

/** The product of two values that both depend on the input. */
export interface MultiplyOfModel {
  readonly kind: "multiply";
}

/** The channels of all that it reads, one after the other. */
export interface ConcatOfModel {
  readonly kind: "concat";
}

/** Channels × positions as channels; each channel's positions stay together. */
export interface FlattenOfModel {
  readonly kind: "flatten";
}

/** An operation that vshift does not know. */
export interface OpaqueOfModel {
  readonly kind: "opaque";
  /** As the file names it: "aten.softmax.int". */
  readonly operation: string;
}
