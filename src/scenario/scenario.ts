import type { ActivationKind } from "../activations/activations.ts";
import type { LawKind } from "../laws/laws.ts";
import type { ScalingKind } from "../noises/noise-kind.ts";
import type { NoiseKind } from "../noises/noises.ts";

/**
 * How the masks of a mini-batch are correlated: one mask, or several of one draw that balance each other, each as good as
 * the one, from the same input.
 */
export const MASK_KINDS = ["balanced", "independent"] as const;
export type MaskKind = (typeof MASK_KINDS)[number];

/** The layer between the noise and Batch Normalization. */
export const LAYER_KINDS = ["none", "linear"] as const;
export type LayerKind = (typeof LAYER_KINDS)[number];

/** How the linear layer's weights are drawn. */
export const WEIGHT_KINDS = ["normal", "uniform", "constant", "he", "xavier"] as const;
export type WeightKind = (typeof WEIGHT_KINDS)[number];

/**
 * What normalises the input of a block: each channel over the mini-batch, or each sample over its channels, all of them or group by
 * group.
 */
export const NORM_KINDS = ["batch", "layer", "group"] as const;
export type NormKind = (typeof NORM_KINDS)[number];

/** What a block of a stack adds its output to: nothing, or its own input. */
export const CONNECTION_KINDS = ["plain", "residual"] as const;
export type ConnectionKind = (typeof CONNECTION_KINDS)[number];

/**
 * The statistics that the Batch Normalization of a stack uses at test time.
 *
 * running             those that training accumulated, with the noise on
 * reestimated         estimated again over other mini-batches with the noise off
 * reestimated-noisy   estimated again over other mini-batches with the noise on, as PyTorch's `update_bn` does in train mode
 * corrected           the running ones less the variance of the noise, σ² Σ w² E x², which needs no data
 */
export const STATISTICS_KINDS = ["running", "reestimated", "reestimated-noisy", "corrected"] as const;
export type StatisticsKind = (typeof STATISTICS_KINDS)[number];

/** Real numbers instead of drawn ones, by the name of the file that has them. */
export type ArrayName = `file:${string}`;

/** Whether noise is on at test time, too. */
export const NOISE_IN_TEST_KINDS = ["on", "off"] as const;
export type NoiseInTestKind = (typeof NOISE_IN_TEST_KINDS)[number];

/** Framework conventions of Batch Normalization: momentum's sense, Bessel's correction of the running variance, epsilon. */
export const PRESET_NAMES = ["torch", "keras", "onnx"] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/**
 * What to simulate, complete: every default filled in, every value checked. Made by `defineScenario` only.
 *
 * Fields of a part that is absent are null: `beta` unless the noise is uout, `channelSize` unless it is spatial, the weights'
 * fields without a linear layer, and those from `depth` on unless it is a stack: `depth` blocks of norm → nonlinearity → noise →
 * linear, whose linear layers have as many neurons as the input has units, and normal weights of mean 0 and variance 1/width.
 *
 * Of a `network` that is written down, the input's fields are those of its input, and all else that its layers say is null, or what
 * it is without noise and without a layer. A network that the other fields can say is said by them, and `network` is null.
 *
 * Of a file it has the name and what planning needs, and not the numbers: these travel alongside it (see `arrays.ts`).
 */
export interface Scenario {
  readonly seed: string;

  /** Layers in the notation of docs/NETWORKS.md, in their canonical text; null where other fields say what is measured. */
  readonly network: string | null;
  /** What the variables of the text stood for, "p=0.3, q=2"; null without any. A note: the text has their values. */
  readonly variables: string | null;
  /** Of the files that the text names: their names, sizes and SHA-256; null without any. */
  readonly files: string | null;

  readonly noise: NoiseKind;
  /** Probability that a unit is kept, in (0, 1]; for other noises that of the Bernoulli dropout of equal strength. */
  readonly keep: number;
  /** 1 − keep: the `p` of PyTorch, the `rate` of Keras, the `ratio` of ONNX. */
  readonly drop: number;
  /** Half width of Uout's multiplier 1 + U(−β, β), in [0, 1]. */
  readonly beta: number | null;
  /** σ² = Var m / (E m)² of the multiplier m. */
  readonly relativeVariance: number;
  /** Units that spatial dropout drops together; the last channel may have fewer. */
  readonly channelSize: number | null;
  /** Null for inverted dropout, and for every noise that has no other form. */
  readonly scaling: ScalingKind | null;

  readonly masks: MaskKind;

  readonly activation: LawKind | ArrayName;
  /** SHA-256 of the activations' values and shape, which the draws depend on, and not on the name; null without a file. */
  readonly activationDigest: string | null;
  /** Mean fourth central moment of a file's units over their squared mean variance, for planning; null without a file. */
  readonly activationKurtosis: number | null;
  /** Variance of the means of a file's units about the mean of them all, for planning; null without a file. */
  readonly activationSpread: number | null;
  /** Rows that test mode has instead of the training's: a file's in evaluation mode; null where both have the same. */
  readonly testActivation: ArrayName | null;
  /** SHA-256 of their values and shape. */
  readonly testActivationDigest: string | null;
  /** Mean of the input; with relu, of the normal z in x = max(0, z). With a file, this and the next two are averages of the units. */
  readonly mean: number;
  /** Variance of the input, > 0; with relu, of z. */
  readonly variance: number;
  /** Correlation of every pair of units; with relu, of z. */
  readonly rho: number;
  /** Number of input units, d. */
  readonly width: number;

  readonly layer: LayerKind;
  /** Number of outputs of the linear layer, k. */
  readonly neurons: number | null;
  readonly weights: WeightKind | ArrayName | null;
  /** SHA-256 of the weights' values and shape; null unless they come from a file. */
  readonly weightsDigest: string | null;
  /** Positions from one patch of a file's feature maps to the next; null unless the weights are a kernel that slides over these. */
  readonly stride: number | null;
  /** Zeros around the maps, on each side. */
  readonly padding: number | null;
  /** Mean of the weights in their standard deviations; null when they are drawn to an alignment. */
  readonly weightMean: number | null;
  /** Alignment a = (Σw)²/Σw² = d·cos²θ that every neuron's weights are drawn to; null when their mean is given. */
  readonly alignment: number | null;
  /** What a linear layer's outputs go through before the norm, or in a stack a norm's before the noise; null for nothing. */
  readonly nonlinearity: ActivationKind | null;

  /** Number of blocks of a stack; null where the network is noise, an optional linear layer, and Batch Normalization. */
  readonly depth: number | null;
  readonly connection: ConnectionKind | null;
  /** Blocks with noise: all, last, none, or their numbers from 1, such as "3,4". */
  readonly noiseAt: string | null;
  readonly norm: NormKind | null;
  /** Blocks whose norm is `norm`; the others have Batch Normalization. */
  readonly normAt: string | null;
  /** Groups of Group Normalization; null without. */
  readonly groups: number | null;
  readonly statistics: StatisticsKind | null;
  /** Mini-batches that statistics are re-estimated over; null where they are not. */
  readonly reestimateBatches: number | null;
  /** "on" where masks are drawn at test time, too (MC dropout); null where none is. */
  readonly noiseInTest: NoiseInTestKind | null;

  readonly preset: PresetName;
  readonly batchSize: number;
  /** In the sense of the preset: the weight of the new value (torch) or of the old one (keras, onnx). */
  readonly momentum: number;
  readonly epsilon: number;

  /** Target half width of the interval, relative to Δ. */
  readonly precision: number;
  readonly confidence: number;
  /** Budget: no more samples than this, rounded up to whole mini-batches. */
  readonly maxSamples: number;
  /** Exactly this many samples, rounded up to whole mini-batches; null to stop by precision. */
  readonly samples: number | null;
  /** The same in whole mini-batches. */
  readonly batches: number | null;
  /** Half width of the band 1 ± tolerance around the closed form that still counts as agreement. */
  readonly tolerance: number;
}

/**
 * What a user writes: any fields of a scenario, the rest by default. The noise's strength is given by at most one of
 * `keep`, `drop`, `relativeVariance` and, for uout, `beta`; `alignment` replaces `weightMean`; `samples` replaces
 * `precision` and `maxSamples`, and `batches` is another spelling of it. Null is the same as nothing.
 *
 * A `network` may be a list of its layers, and have variables such as $p, whose values `variables` says.
 */
export type ScenarioInput = {
  readonly [Field in keyof Scenario]?:
    | Scenario[Field]
    | (Field extends "network" ? readonly string[] : never)
    | null
    | undefined;
};
