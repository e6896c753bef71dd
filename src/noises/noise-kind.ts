import type { Kernel } from "../kernel/kernel.ts";
import type { Line } from "../numeric/line.ts";
import type { Address } from "../random/streams.ts";
import type { Parameter } from "./parameter.ts";

/** When dropout makes up for what it drops: during training, by 1/keep, or at test time, by keep (classic). */
export const SCALING_KINDS = ["inverted", "classic"] as const;
export type ScalingKind = (typeof SCALING_KINDS)[number];

/** A noise's strength in its four spellings; `beta` is null where the noise has no such number. */
export interface Strength {
  readonly keep: number;
  readonly drop: number;
  readonly beta: number | null;
  readonly relativeVariance: number;
}

/** What a scenario or a stack says of its noise. */
export interface NoiseFields extends Strength {
  readonly channelSize?: number | null;
  readonly scaling?: ScalingKind | null;
  /** Outputs of the linear layer. */
  readonly neurons?: number | null;
}

/**
 * A kind of noise by what it does: x becomes gain·(x + r·(x − pivot)) during training and gain′·x at test time, r being a draw of
 * mean 0 and variance σ². Everything that depends on the kind of noise asks for one of these and never for a name.
 *
 * `N` is the noise as theory has it: its kind, and the numbers that its law depends on.
 */
export interface NoiseProperties<N extends { readonly kind: string } = { readonly kind: string }> {
  readonly kind: N["kind"];

  // In words.

  /** In labels of a figure, next to other kinds: "Bernoulli". */
  readonly label: string;
  /** Where it stands alone: "Bernoulli dropout". */
  readonly name: string;
  /** With its strength: "Bernoulli dropout, keep 0.5 (drop 0.5)"; `shown` writes a number. */
  describe(fields: NoiseFields, shown: (value: number) => string): string;
  /** The same noise in a framework: "nn.Dropout(0.5)"; undefined where no framework has it. */
  frameworkCall(fields: NoiseFields): string | undefined;
  /** Its layer in the notation of networks (docs/NETWORKS.md); null where none is it. */
  readonly word: "dropout" | "gaussiandropout" | "alphadropout" | "dropconnect" | "uout" | "identity" | null;
  /** Whether frameworks ask for its probability to drop, which is then mistaken for the one to keep. */
  readonly isGivenByDrop: boolean;

  // Fields of a scenario.

  /** The number that its strength is; null without a strength. */
  readonly parameter: Parameter | null;
  /** Its strength where none is given, in one spelling. */
  readonly defaultStrength: Partial<Strength>;
  /** The end of its σ²; null where it has none. */
  readonly reach: Reach | null;
  /** Units of a channel where `channelSize` is not given; null where there is no such field. */
  readonly defaultChannelSize: number | null;
  /** Whether the scaling may be classic: gain p in both phases. */
  readonly hasClassicForm: boolean;

  // Its law, for theory: numbers only.

  /** As theory has it. */
  noise(fields: NoiseFields): N;
  /** The value of its own parameter. */
  parameterOf(noise: N): number;
  /** The noise whose parameter has a value; null where Δ does not follow from σ² alone, or there is none. */
  readonly ofParameter: ((value: number) => N) | null;
  /**
   * What has a draw r of its own: each unit, each channel (all units of it share one), or each weight of a neuron. The word is in the
   * key of the draws, so another word is value-breaking.
   */
  readonly shares: "unit" | "channel" | "weight";
  /** What x is where r does nothing: 0 if the noise multiplies, else the value that r = −1 sets a unit to. */
  readonly pivot: number;
  /** x → m·x + e of noise whose pivot is not 0; null of noise that only multiplies. */
  affine(noise: N): AffineNoise | null;
  /** The gains of both phases. */
  gains(noise: N): Gains;
  /** E r⁴/σ⁴, for σ² > 0: how much of the variance comes from rare events. */
  kurtosis(noise: N): number;

  // The derivation.

  /** From what is given to σ², or to what the formulas have in its place; a line may mention symbols of those before. */
  lines(noise: N): readonly Line[];
  formulas(noise: N): NoiseFormulas;

  // Simulation. It computes on its own what theory has computed too, so that each checks the other.

  /** The gains of both phases. */
  drawnGains(fields: NoiseFields): Gains;
  /** Whether −r is as likely as r: a second, balanced mask is then the first with the sign changed. */
  readonly isSymmetric: boolean;
  /** Largest magnitude of x + r(x + c) that counts, |x| ≤ `largest` and c = `centre`. */
  largestNoisy(fields: NoiseFields, input: { readonly centre: number; readonly largest: number }): number;
  draw(setting: DrawSetting): NoiseLayer;
}

/** The largest σ² of a kind of noise, and what is said of a larger one. */
export interface Reach {
  readonly relativeVariance: number;
  /** Completes "0.5 is not …". */
  readonly rule: string;
  /** Completes "0.5 is a relative variance of 1, and …". */
  readonly because: string;
  /** What has no such end. */
  readonly instead: string;
  /** The probability to keep of dropout of that σ². */
  readonly keep: number;
}

export interface Gains {
  readonly train: number;
  readonly test: number;
}

/**
 * What a phase makes of a unit: x becomes m·x + e. The pair (m, e) is independent of the input and from unit to unit; m and e
 * may be correlated.
 */
export interface AffineNoise {
  /** E m. */
  readonly gain: number;
  /** Var m. */
  readonly gainVariance: number;
  /** Var e. */
  readonly offsetVariance: number;
  /** Cov(m, e). */
  readonly covariance: number;
}

/** Texts of the formulas of both variances. */
export interface NoiseFormulas {
  /** The square of a gain that both phases have, as a factor: "p²·", or "". */
  readonly gain: string;
  /** The variance during training, from that without noise and the squares that r multiplies: "Var_test + σ²·E x²". */
  train(quiet: string, squares: string): string;
  /** Completes the source of the formulas: "; a mask of …", or "". */
  readonly source: { readonly direct: string; readonly linear: string };
}

/** What a kind of noise draws with. */
export interface DrawSetting {
  readonly kernel: Kernel;
  readonly fields: NoiseFields;
  readonly plan: MaskPlan;
}

/** The masks that are made of one draw of the noise. */
export interface MaskPlan {
  readonly masks: number;
  /** Whether there are two masks and the second is the first with the sign of m − 1 changed. */
  readonly isMirrored: boolean;
  /** Whether each mask is put on the input's mirror image about its mean, too. */
  readonly hasMirroredInput: boolean;
}

/**
 * Fills arrays with draws of r, of mean 0 and variance σ².
 *
 * One draw from the streams makes `masks` arrays of it. Each is a draw of the noise in its own right; together they are
 * balanced, so that what one does to a unit the others make up for.
 */
export interface NoiseLayer extends MaskPlan {
  startBatch(address: Address): void;
  /** Fills the same array with mask 0, which draws, then with 1, 2, … of the same draw. */
  deviate(deviation: Float32Array, mask: number, rows: Rows): void;
  /** Where the noise falls on the weights, and `deviate` leaves the units alone. */
  readonly ofWeights?: WeightNoise;
  /** Where a unit is kept or dropped by a word of its own. */
  readonly ofUnits?: UnitMasks;
}

/** The rows that an array holds: a row a channel of Batch Normalization, `stride` floats each. */
export interface Rows {
  readonly first: number;
  readonly stride: number;
}

/** Dropout of units: words that say which are kept, see `MaskWords` of the kernel. */
export interface UnitMasks {
  /** Draws the words of rows of so many floats; they hold until the next are drawn. */
  draw(rows: Rows, length: number): Uint32Array;
  readonly threshold: number;
  /** Whether the threshold says what is kept, or what is dropped. */
  readonly isKept: boolean;
  readonly keep: number;
}

/** Dropout of weights: each neuron's weight of each unit has, for each sample, a word of its own that says whether it is kept. */
export interface WeightNoise {
  /** Fills an array with the words of a stage's weights of one neuron. */
  draw(words: Uint32Array, neuron: number): void;
  readonly threshold: number;
  /** r of a weight that is kept, and of one that is dropped. */
  readonly kept: number;
  readonly dropped: number;
}
