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
 * What a user may say of a scenario. Each comment has the domain of the field and, in brackets, what holds where nothing is said.
 *
 * Fields of a part that is absent are null in a complete scenario: `beta` unless the noise is uout, `channelSize` unless it is spatial,
 * the weights' fields without a linear layer, and those from `depth` on unless it is a stack: `depth` blocks of norm → nonlinearity →
 * noise → linear, whose linear layers have as many neurons as the input has units, and normal weights of mean 0 and variance 1/width.
 *
 * Of a `network` that is written down, the input's fields are those of its input, and all else that its layers say is null, or what
 * it is without noise and without a layer. A network that the other fields can say is said by them, and `network` is null.
 */
export interface ScenarioFields {
  /** Any text of up to 1000 characters; the same text gives the same numbers ["vshift"]. */
  readonly seed: string;

  /**
   * Layers in the notation of docs/NETWORKS.md, as one text or a list of layers, up to 16384 characters; in a complete scenario the
   * canonical text [none: other fields say what is measured].
   */
  readonly network: string | null;
  /** Values of the variables of the network's text, "p=0.3, q=2" for dropout($p); up to 1000 characters. A note: the text then has them [none]. */
  readonly variables: string | null;

  /** Noise during training: bernoulli, gaussian or uout on units, spatial on whole channels, dropconnect on weights, alpha for SELU, or none ["bernoulli"]. */
  readonly noise: NoiseKind;
  /**
   * Probability that a unit is kept, from 0.0001 to 1 [0.5]. At most one of keep, drop, relativeVariance and beta may be given; a complete
   * scenario has all, for other noises those of the Bernoulli dropout of equal strength.
   */
  readonly keep: number;
  /** Probability that a unit is dropped, 1 − keep, from 0 to 0.9999: the `p` of PyTorch, the `rate` of Keras, the `ratio` of ONNX [0.5]. */
  readonly drop: number;
  /** Half width β of Uout's multiplier 1 + U(−β, β), from 0 to 1 [0.1 for uout]. */
  readonly beta: number | null;
  /** Strength of any noise as σ² = Var m / (E m)² of its multiplier m, from 0 to 9999 [1, that of keep 0.5]. */
  readonly relativeVariance: number;
  /** Units that spatial dropout drops together, a whole number from 1 to 1048576; the last channel may have fewer [16 for spatial]. */
  readonly channelSize: number | null;
  /** Dropout scaled by 1/keep during training (inverted), or by keep at test time (classic) [inverted for bernoulli; null in a complete scenario]. */
  readonly scaling: ScalingKind | null;

  /** Several balanced masks for each mini-batch where that pays, or independent: a single one ["balanced"; independent in a stack]. */
  readonly masks: MaskKind;

  /** Distribution of the input x: normal, relu, tanh, gelu, uniform or lognormal; of a normal z put through it for relu, tanh, gelu. "file:x.npy" draws rows of an array ["normal"]. */
  readonly activation: LawKind | ArrayName;
  /** The input at test time: "file:eval.npy", rows that were exported in evaluation mode; needs `activation` of a file [the same input]. */
  readonly testActivation: ArrayName | null;
  /** Mean c of the input x, from −1e12 to 1e12; of z where the activation is a function of a normal z [0; 1 for lognormal]. Of a file, this and the next two are averages over its units. */
  readonly mean: number;
  /** Variance v of the input x, or of z, from 1e-12 to 1e12 [1]. */
  readonly variance: number;
  /** Correlation ρ of every pair of units of x, or of z, from −1 to 1; at least −1/(width − 1) [0]. */
  readonly rho: number;
  /** Number d of input units, a whole number from 1 to 1048576 [512]. */
  readonly width: number;

  /** The layer between the noise and Batch Normalization: none, or linear ["none"]. */
  readonly layer: LayerKind;
  /** Number k of outputs of the linear layer, a whole number from 1 to 16384 [64 with linear]. */
  readonly neurons: number | null;
  /** Distribution of the linear layer's weights: normal, uniform, constant, he or xavier; "file:w.npy" takes those of an array [normal with linear]. */
  readonly weights: WeightKind | ArrayName | null;
  /** Positions from one patch of a file's feature maps to the next, a whole number from 1 to 1048576; for a kernel that slides over these [1 with a kernel]. */
  readonly stride: number | null;
  /** Zeros around these maps, on each side, a whole number from 0 to 1048576 [0 with a kernel]. */
  readonly padding: number | null;
  /** Mean of the weights in their standard deviations, from −1000 to 1000; not with `alignment` [0]. */
  readonly weightMean: number | null;
  /** Alignment a = (Σw)²/Σw² = d·cos²θ that every neuron's weights are drawn to, from 0 to the width, 1048576 at most [none: drawn by `weightMean`]. */
  readonly alignment: number | null;
  /** Function behind the linear layer, or in a stack's blocks between norm and noise: relu, tanh, gelu or identity [none; relu in a stack]. */
  readonly nonlinearity: ActivationKind | null;

  /** Number L of blocks of a stack, norm → nonlinearity → noise → linear, a whole number from 1 to 1000 [no stack; vshift stack 8]. */
  readonly depth: number | null;
  /** What a block of a stack adds its output to: plain for nothing, residual for its input [plain]. */
  readonly connection: ConnectionKind | null;
  /** Blocks of a stack with noise: all, last, none, or their numbers from 1, such as "3,4"; up to 1000 characters [all]. */
  readonly noiseAt: string | null;
  /** Norm of the blocks of a stack: batch, layer or group [batch]. */
  readonly norm: NormKind | null;
  /** Blocks whose norm is `norm`, as for noiseAt, up to 1000 characters; the others have Batch Normalization [all]. */
  readonly normAt: string | null;
  /** Groups of Group Normalization, a whole number from 1 to 16384 [32 with group, or as many as the width]. */
  readonly groups: number | null;
  /** Statistics that BN uses at test time: running, reestimated (noise off), reestimated-noisy (noise on) or corrected [running]. */
  readonly statistics: StatisticsKind | null;
  /** Mini-batches that statistics are re-estimated over, a whole number from 1 to 100000 [32 with re-estimated statistics]. */
  readonly reestimateBatches: number | null;
  /** "on" to draw masks at test time, too (MC dropout), or "off" [off]. */
  readonly noiseInTest: NoiseInTestKind | null;

  /** Framework conventions of Batch Normalization: torch, keras or onnx ["torch"]. */
  readonly preset: PresetName;
  /** Samples in a mini-batch, a whole number from 2 to 65536 [256; fewer with maps]. */
  readonly batchSize: number;
  /** Momentum of the running statistics, from 0 to 1: the weight of the new value (torch) or of the old one (keras, onnx) [the preset's: 0.1, 0.99, 0.9]. */
  readonly momentum: number;
  /** Constant that Batch Normalization adds to a variance, from 1e-12 to 1 [the preset's: 1e-5, 1e-3, 1e-5]. */
  readonly epsilon: number;

  /** Measure until the interval's half width is this fraction of Δ, above 0 and up to 0.5 [0.002]. */
  readonly precision: number;
  /** Confidence of the interval, from 0.5 to 0.999999 [0.95]. */
  readonly confidence: number;
  /** Budget of samples for the precision, a whole number from 4 to 1e12, rounded up to whole mini-batches [10000000]. */
  readonly maxSamples: number;
  /** Exactly this many samples, a whole number from 4 to 1e12, rounded up to whole mini-batches; replaces precision and maxSamples [as many as the precision needs]. */
  readonly samples: number | null;
  /** The same in mini-batches, a whole number from 2 to 1e9 [64 in a stack; 16 to 64 of a network as text]. */
  readonly batches: number | null;
  /** Largest relative deviation from theory that counts as agreement, above 0 and up to 0.5 [0.005]. */
  readonly tolerance: number;
}

/** What follows from the files that a scenario names, see `ArrayBook.complete`. It is not for anybody to say. */
interface DerivedFields {
  /** Of the files that the network's text names: their names, sizes and SHA-256; null without any. */
  readonly files: string | null;
  /** SHA-256 of the activations' values and shape, which the draws depend on, and not on the name; null without a file. */
  readonly activationDigest: string | null;
  /** Mean fourth central moment of a file's units over their squared mean variance, for planning; null without a file. */
  readonly activationKurtosis: number | null;
  /** Variance of the means of a file's units about the mean of them all, for planning; null without a file. */
  readonly activationSpread: number | null;
  /** SHA-256 of the values and shape of the activations in evaluation mode; null without a file of them. */
  readonly testActivationDigest: string | null;
  /** SHA-256 of the weights' values and shape; null unless they come from a file. */
  readonly weightsDigest: string | null;
}

/** Fields that follow from files. */
export const DERIVED_FIELDS = [
  ...(["files", "activationDigest", "activationKurtosis", "activationSpread"] as const),
  ...(["testActivationDigest", "weightsDigest"] as const),
] as const satisfies readonly (keyof DerivedFields)[];

/**
 * What to simulate, complete: every default filled in, every value checked. Made by `defineScenario` only.
 *
 * Of a file it has the name and what planning needs, and not the numbers: these travel alongside it (see `arrays.ts`).
 */
export interface Scenario extends ScenarioFields, DerivedFields {}

/** Fields as somebody gives them: any of them, and null is the same as nothing. */
export type Given<Fields> = {
  readonly [Field in keyof Fields]?:
    | Fields[Field]
    | (Field extends "network" ? readonly string[] : never)
    | null
    | undefined;
};

/**
 * What a user writes: any fields of a scenario, the rest by default. The noise's strength is given by at most one of
 * `keep`, `drop`, `relativeVariance` and, for uout, `beta`; `alignment` replaces `weightMean`; `samples` replaces
 * `precision` and `maxSamples`, and `batches` is another spelling of it. Null is the same as nothing.
 *
 * A `network` may be a list of its layers, and have variables such as $p, whose values `variables` says.
 *
 * A complete scenario, such as the `scenario` of a record, may be given back, too (see `defineScenario`).
 */
export type ScenarioInput = Given<ScenarioFields>;

/** The same with what is known of its files: what a scenario is made of. */
export type CompletedInput = Given<Scenario>;
