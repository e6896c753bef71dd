import type { ActivationKind } from "../activations/activations.ts";
import type { PointwiseFunction } from "../activations/pointwise.ts";
import type { Shape } from "../notation/graph.ts";
import type { NormKind, Scenario } from "../scenario/scenario.ts";

/**
 * A network as plain data: a graph of layers, in an order in which each comes after those that it reads. Flags, text and files
 * make one; the forward pass runs it, theory follows the variances through it.
 */
export interface Network {
  /** What all draws depend on, besides what is drawn. */
  readonly seed: string;
  /** Added to a variance that something is divided by: of its norms, and of its outputs. */
  readonly epsilon: number;
  readonly nodes: readonly Node[];
  /** Where the variance is measured, in the order of the nodes. */
  readonly positions: readonly Position[];
}

export interface Node {
  readonly layer: Layer;
  /** Numbers of the nodes whose outputs it reads. */
  readonly from: readonly number[];
  /** Of its output: channels, and the lengths of a map, none of units without positions. */
  readonly shape: Shape;
}

/** The input of a norm, or an output of the network that enters none. */
export interface Position {
  /** The node whose output it is. */
  readonly node: number;
  /** Its channels. */
  readonly channels: number;
  /** "BN 3", "output". */
  readonly name: string;
  /** What receives it; null for an output. */
  readonly norm: NormLayer | null;
}

export type Layer =
  | InputLayer
  | NoiseOfNetwork
  | AddedNoise
  | LinearLayer
  | ConvolutionLayer
  | ActivationLayer
  | FunctionLayer
  | NormLayer
  | PoolLayer
  | FlattenLayer
  | AddLayer
  | ConcatLayer;

/** Where samples come from: a law, or rows of a file. Of a map, the units are the channels' positions, one channel after the other. */
export interface InputLayer extends Pick<Scenario, InputField> {
  readonly kind: "input";
}

export type InputField =
  | "activation"
  | "activationDigest"
  | "testActivation"
  | "testActivationDigest"
  | "mean"
  | "variance"
  | "rho"
  | "width";

/** Noise during training; at test time its gain alone. */
export interface NoiseOfNetwork extends Pick<Scenario, NoiseField> {
  readonly kind: "noise";
  readonly number: LayerNumber;
  readonly sharing: Sharing;
  /** False for a mask that sets units to 0 and scales nothing: its gain is keep during training, and 1 at test time. */
  readonly isScaled: boolean;
  /** Outputs of the linear layer that reads it, whose weights the noise may be on; null where none does. */
  readonly neurons: number | null;
}

export type NoiseField = "noise" | "keep" | "drop" | "beta" | "relativeVariance" | "channelSize" | "scaling";

/** What has a draw of a noise in common. */
export type Sharing =
  /** Nothing, except what the kind of noise itself shares: each unit at each position has its own. */
  | { readonly by: "unit" }
  /** All positions of a channel of a sample. */
  | { readonly by: "map" }
  /** All units of a sample. */
  | { readonly by: "sample" }
  /**
   * Squares of a channel of a sample, any number of them, that together drop each unit with the probability of the noise; they may
   * reach over the edge of the map. DropBlock, Ghiasi et al. 2018.
   */
  | { readonly by: "region"; readonly size: number }
  /** One square within the map, in all channels of a sample; the probability of the noise is its share of the map. */
  | { readonly by: "square"; readonly size: number };

/** A normal of mean 0 that is added to each unit during training. */
export interface AddedNoise {
  readonly kind: "added-noise";
  readonly number: LayerNumber;
  readonly deviation: number;
}

/** The weights of a layer: how they are drawn, or the file that has them. */
export interface WeightsOfLayer extends Pick<Scenario, "weights" | "weightsDigest" | "weightMean" | "alignment"> {
  readonly number: LayerNumber;
  /** Inputs of a neuron. */
  readonly width: number;
  readonly neurons: number;
  /** Outputs that an input leads to, as Glorot & Bengio 2010 count them. */
  readonly fanOut: number;
}

export interface LinearLayer extends WeightsOfLayer {
  readonly kind: "linear";
}

/** A neuron is a channel of its output, and reads the taps of its kernel: channel by channel, each row by row. */
export interface ConvolutionLayer extends WeightsOfLayer {
  readonly kind: "convolution";
  /** Taps in each direction. */
  readonly kernel: number;
  readonly stride: number;
  /** Zeros on each side. */
  readonly padding: number;
  readonly groups: number;
}

/** A function of each unit that a block of a stack may have. */
export interface ActivationLayer {
  readonly kind: "activation";
  readonly activation: ActivationKind;
}

/** Any other function of each unit. */
export interface FunctionLayer {
  readonly kind: "function";
  readonly function: PointwiseFunction;
}

/** The largest or the mean of each window, which lies within the map. */
export interface PoolLayer {
  readonly kind: "pool";
  readonly takes: "largest" | "mean";
  /** Of a window, in each direction; null for the whole map, of which units without positions are left. */
  readonly size: number | null;
  readonly stride: number;
}

/** Every position of a channel becomes a unit, one channel after the other. */
export interface FlattenLayer {
  readonly kind: "flatten";
}

export interface NormLayer {
  readonly kind: "norm";
  readonly norm: NormKind;
  /** Of Group Normalization; null for the others. */
  readonly groups: number | null;
  readonly epsilon: number;
}

/** The sum of all that it reads. */
export interface AddLayer {
  readonly kind: "add";
}

/** The channels of all that it reads, one after the other. */
export interface ConcatLayer {
  readonly kind: "concat";
}

/**
 * Where a layer is among those that draw, in the address of its draws; null in a network with one layer of its kind. It depends on
 * nothing but its position in the network, so that leaving out the noise of one layer redraws nothing of the others.
 */
export type LayerNumber = number | string | null;
