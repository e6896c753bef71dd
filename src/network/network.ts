import type { ActivationKind } from "../activations/activations.ts";
import type { NormKind, Scenario } from "../scenario/scenario.ts";

/**
 * A network as plain data: a graph of layers, in an order in which each comes after those that it reads. Flags, text and files
 * make one; the forward pass runs it, theory follows the variances through it.
 */
export interface Network {
  /** What all draws depend on, besides what is drawn. */
  readonly seed: string;
  readonly nodes: readonly Node[];
  /** Where the variance is measured, in the order of the nodes. */
  readonly positions: readonly Position[];
}

export interface Node {
  readonly layer: Layer;
  /** Numbers of the nodes whose outputs it reads. */
  readonly from: readonly number[];
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

export type Layer = InputLayer | NoiseOfNetwork | LinearLayer | ActivationLayer | NormLayer | AddLayer;

/** Where samples come from: a law, or rows of a file. */
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
  /** Outputs of the linear layer that reads it, whose weights the noise may be on; null where none does. */
  readonly neurons: number | null;
}

export type NoiseField = "noise" | "keep" | "drop" | "beta" | "relativeVariance" | "channelSize" | "scaling";

export interface LinearLayer extends Pick<Scenario, "weights" | "weightsDigest" | "weightMean" | "alignment"> {
  readonly kind: "linear";
  readonly number: LayerNumber;
  readonly width: number;
  readonly neurons: number;
}

/** A function of each unit. */
export interface ActivationLayer {
  readonly kind: "activation";
  readonly activation: ActivationKind;
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

/**
 * Where a layer is among those that draw, in the address of its draws; null in a network with one layer of its kind. It depends on
 * nothing but its position in the network, so that leaving out the noise of one layer redraws nothing of the others.
 */
export type LayerNumber = number | null;
