import { type LawKind, lawOf } from "../laws/laws.ts";

/**
 * A network that somebody wrote, as plain data: a graph of layers with their shapes, in an order in which each comes after those that
 * it reads. this folder makes it, theory follows it; nothing in it depends on how either works.
 */
export interface NetworkGraph {
  readonly nodes: readonly GraphNode[];
  /** Where variances are compared, in the order of the nodes. */
  readonly positions: readonly GraphPosition[];
}

export interface GraphNode {
  readonly layer: GraphLayer;
  /** Numbers of the nodes whose outputs it reads. */
  readonly from: readonly number[];
  /** Of its output. */
  readonly shape: Shape;
  /** Character of the text where it begins, from 1. */
  readonly at: number;
}

/** The input of a norm, or the network's output where that enters none. */
export interface GraphPosition {
  /** The node whose output it is. */
  readonly node: number;
  /** "BN 3", "output", or the name that the text gives the norm. */
  readonly name: string;
  /** What receives it; null for the output. */
  readonly norm: NormLayer | null;
}

/** Channels, and the lengths of a map: none of units without positions, two of a picture. */
export interface Shape {
  readonly channels: number;
  readonly sizes: readonly number[];
}

/** A layer as it is written, by its word in the notation; fields are its options. */
export type WrittenLayer =
  | InputLayer
  | LinearLayer
  | ConvolutionLayer
  | FunctionLayer
  | NoiseLayer
  | NormLayer
  | PoolLayer
  | { readonly kind: "identity" }
  | { readonly kind: "flatten" };

/** And what joins branches: the sum of all that it reads, or its channels one after the other. */
export type GraphLayer = WrittenLayer | { readonly kind: "add" } | { readonly kind: "concat" };

/** Numbers of a file instead of drawn ones, by its name. */
export type FileName = `file:${string}`;

export function isFileName(value: unknown): value is FileName {
  return typeof value === "string" && value.startsWith("file:");
}

/** Mean, variance and correlation are the law's (laws/): with relu, those of the normal before it. */
export interface InputLayer {
  readonly kind: "input";
  /** Null where a file has it, which was not read yet. */
  readonly shape: Shape | null;
  /** Or the rows of a file. */
  readonly law: LawKind | FileName;
  /** Null for what the law has where none is given. */
  readonly mean: number | null;
  readonly variance: number;
  readonly rho: number;
}

/** How weights are drawn, or the file that has them. */
export interface LayerWeights {
  readonly weights: "he" | "xavier" | "normal" | "uniform" | "constant" | FileName;
  /** (Σw)²/Σw² that every neuron's weights have; null where it is not set. */
  readonly alignment: number | null;
  /** Mean of the weights in their standard deviations; null where it is not set. */
  readonly mean: number | null;
}

export interface LinearLayer extends LayerWeights {
  readonly kind: "linear";
  readonly units: number;
}

export interface ConvolutionLayer extends LayerWeights {
  readonly kind: "conv";
  readonly channels: number;
  /** Taps in each direction. */
  readonly kernel: number;
  readonly stride: number;
  /** Zeros on each side; null for (kernel − 1)/2, rounded down. */
  readonly padding: number | null;
  readonly groups: number;
}

/** A function of each unit. */
export type FunctionLayer =
  | { readonly kind: "relu" | "tanh" | "gelu" | "silu" | "sigmoid" }
  | { readonly kind: "elu"; readonly scale: number }
  | { readonly kind: "leakyrelu"; readonly slope: number };

const FUNCTION_KINDS: readonly string[] = ["relu", "tanh", "gelu", "elu", "leakyrelu", "silu", "sigmoid"];

export function isFunctionLayer(layer: GraphLayer): layer is FunctionLayer {
  return FUNCTION_KINDS.includes(layer.kind);
}

/**
 * Noise during training.
 *
 * rate      probability to drop
 * beta      half width of Uout's multiplier
 * size      side of a square, in positions
 * deviation standard deviation of what is added
 */
export type NoiseLayer =
  | { readonly kind: DropKind; readonly rate: number }
  | { readonly kind: "uout"; readonly beta: number }
  | { readonly kind: "dropblock"; readonly rate: number; readonly size: number }
  | { readonly kind: "gaussiannoise"; readonly deviation: number }
  | { readonly kind: "cutout"; readonly size: number }
  | { readonly kind: "mask"; readonly rate: number; readonly scaling: "inverted" | "unscaled" };

/** Whether a layer is noise. */
export function isNoiseLayer(layer: GraphLayer): layer is NoiseLayer {
  return "rate" in layer || "beta" in layer || "deviation" in layer || layer.kind === "cutout";
}

export type DropKind = "dropout" | "dropout2d" | "alphadropout" | "gaussiandropout" | "dropconnect" | "droppath";

export type NormLayer =
  | { readonly kind: "bn" }
  | { readonly kind: "layernorm" }
  | { readonly kind: "groupnorm"; readonly groups: number };

export type PoolLayer =
  | { readonly kind: "maxpool"; readonly size: number; readonly stride: number | null }
  /** A size of null is the whole map. */
  | { readonly kind: "avgpool"; readonly size: number | null; readonly stride: number | null };

/** Of an input that is drawn. */
export function inputMeanOf({ mean, law }: Pick<InputLayer, "mean"> & { readonly law: LawKind }): number {
  return mean ?? lawOf(law).defaultMean;
}

/** Zeros on each side of the maps of a convolution. */
export function paddingOf({ padding, kernel }: Pick<ConvolutionLayer, "padding" | "kernel">): number {
  return padding ?? Math.floor((kernel - 1) / 2);
}

/** Positions of a map; 1 where there are none. */
export function positionsOf({ sizes }: Pick<Shape, "sizes">): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/** 16×8×8. */
export function shapeInWords({ channels, sizes }: Shape): string {
  return [channels, ...sizes].join("×");
}

/** Inputs of a neuron of a convolution. */
export function tapsOf(
  { kernel, groups }: Pick<ConvolutionLayer, "kernel" | "groups">,
  { channels, sizes }: Shape,
): number {
  return (channels / groups) * sizes.reduce((product) => product * kernel, 1);
}
