import type { PointwiseFunction } from "../activations/pointwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ChannelAxis } from "../tensor/unfold.ts";
import type { Computation } from "./computation.ts";
import type { Draws } from "./draws.ts";

/**
 * A trained network as a file has it: layers in an order in which each comes after those that it reads, with their weights and
 * the running statistics of every Batch Normalization.
 */
export interface ModelGraph {
  /** Of the file; an export to ONNX in evaluation mode has lost its dropout. */
  readonly format: "pt2" | "keras" | "onnx";
  /** What wrote the file: "torch 2.15.0". */
  readonly writer: string;
  /**
   * Whether it was exported in training mode: then noise that is written by hand is part of it. An export in evaluation mode
   * has the framework's own dropout layers only.
   */
  readonly mode: "training" | "evaluation";
  readonly nodes: readonly ModelNode[];
  /** Numbers of the nodes that it returns, in its order; the first are the logits of a classifier. */
  readonly outputs: readonly number[];
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
  | ReshapeOfModel
  | OpaqueOfModel;

export interface InputOfModel {
  readonly kind: "input";
  /** Where its files have the channels; the graph has them first. */
  readonly channels: ChannelAxis;
}

/** What depends on no input: a parameter that is added or multiplied, and what is made of such. */
export interface ConstantOfModel {
  readonly kind: "constant";
  /** null where operations make it that vshift does not run. */
  readonly value: Tensor | null;
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
  readonly padding: readonly Padding[];
  readonly dilation: readonly number[];
}

/** Zeros before the first position of an axis, and after the last. */
export interface Padding {
  readonly before: number;
  readonly after: number;
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
  /** The multiplier, or what is added; null for alpha dropout and where it is unknown. */
  readonly draws: Draws | null;
}

/** Batch Normalization over all axes but the second, in evaluation mode by its running statistics. */
export interface BatchNormOfModel {
  readonly kind: "batch-norm";
  /** Path of the module that has the statistics: "layer1.0.bn1". */
  readonly name: string;
  /** Names of its running mean and running variance in the file. */
  readonly arrays: { readonly mean: string; readonly variance: string };
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
  readonly window: SlidingWindow | AdaptiveWindow;
}

/** The same window at each step. */
export interface SlidingWindow {
  readonly kind: "sliding";
  /** For each axis of positions. */
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly Padding[];
  readonly dilation: readonly number[];
  /** Whether a last window that is partly outside counts. */
  readonly roundsUp: boolean;
  /** What an average divides by: all elements of a window inside of the padding, those inside of the map, or a number. */
  readonly divisor: "padded" | "inside" | number;
}

/** Windows that divide the positions of each axis as evenly as they can. */
export interface AdaptiveWindow {
  readonly kind: "adaptive";
  /** Windows along each axis; null for as many as there are positions. */
  readonly to: readonly (number | null)[];
}

/** The sum of all that it reads; a length of 1 stands for any. */
export interface AddOfModel {
  readonly kind: "add";
}

/** The product with a number. */
export interface ScaleOfModel {
  readonly kind: "scale";
  readonly factor: number;
}

/** The product of two values of which one at least depends on the input; a length of 1 stands for any. */
export interface MultiplyOfModel {
  readonly kind: "multiply";
}

/** The channels of all that it reads, one after the other. */
export interface ConcatOfModel {
  readonly kind: "concat";
}

/** Channels × positions as channels. */
export interface FlattenOfModel {
  readonly kind: "flatten";
  /** Which runs fastest: a channel's positions stay together in PyTorch, a position's channels in Keras. */
  readonly fastest: "positions" | "channels";
}

/** The same numbers, channel by channel, in other axes of positions. */
export interface ReshapeOfModel {
  readonly kind: "reshape";
}

/** An operation through which noise is not followed. */
export interface OpaqueOfModel {
  readonly kind: "opaque";
  /** As the file names it: "aten.softmax.int". */
  readonly operation: string;
  /** null where vshift does not run it either. */
  readonly computes: Computation | null;
}
