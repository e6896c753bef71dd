import {
  ACTIVATION_KINDS,
  LAYER_KINDS,
  MASK_KINDS,
  NOISE_KINDS,
  PRESET_NAMES,
  type Scenario,
  WEIGHT_KINDS,
} from "./scenario.ts";

/** A number and the interval that it must lie in; bounds are included unless said otherwise. */
export interface NumberField {
  readonly type: "number";
  readonly integer?: true;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

export interface ChoiceField {
  readonly type: "choice";
  readonly choices: readonly string[];
}

export interface TextField {
  readonly type: "text";
  readonly maximumLength: number;
}

/** One field of a scenario: its domain, and a line for help pages and the JSON Schema. */
export type Field = (NumberField | ChoiceField | TextField) & {
  readonly about: string;
  /** A value to suggest when another was refused. */
  readonly example: string;
  /** Shown as the default where it depends on other fields, or stands in `DEFAULTS` as null. */
  readonly defaultNote?: string;
};

/** 2²⁰ units: four statistics of each, in double precision, are 32 MB. */
const MAXIMUM_WIDTH = 1_048_576;

/** 2¹⁴ neurons: their outputs for the samples in memory at a time, in both phases, are 32 MB. */
const MAXIMUM_NEURONS = 16_384;

/** 2²⁴ weights of the linear layer: 64 MB in single precision. */
export const MAXIMUM_WEIGHTS = 16_777_216;

/** Magnitude of means and variances: their squares, summed, stay far from the ends of single precision. */
const MAXIMUM_MAGNITUDE = 1e12;

/**
 * Every field of a scenario that a user may set. Validation, the command line's flags and help, and the JSON Schema are
 * read off this table.
 */
export const FIELDS: { readonly [Name in keyof Scenario]: Field } = {
  seed: {
    type: "text",
    maximumLength: 1000,
    about: "any text; the same text draws the same numbers",
    example: "vshift",
  },
  noise: {
    type: "choice",
    choices: NOISE_KINDS,
    about: "noise that multiplies the units in training",
    example: "bernoulli",
  },
  keep: {
    type: "number",
    minimum: 1e-4,
    maximum: 1,
    about: "probability that a unit is kept",
    example: "0.5",
    defaultNote: "0.5",
  },
  drop: {
    type: "number",
    minimum: 0,
    maximum: 0.9999,
    about: "probability that a unit is dropped (the p of PyTorch, the rate of Keras)",
    example: "0.5",
  },
  beta: {
    type: "number",
    minimum: 0,
    maximum: 1,
    about: "half width β of Uout's multiplier 1 + U(−β, β)",
    example: "0.1",
    defaultNote: "0.1 for uout",
  },
  relativeVariance: {
    type: "number",
    minimum: 0,
    maximum: 9999,
    about: "strength of any noise as σ², the relative variance of its multiplier",
    example: "1",
  },
  masks: {
    type: "choice",
    choices: MASK_KINDS,
    about: "several balanced masks for each mini-batch, where that pays, or a single one",
    example: "balanced",
  },
  activation: {
    type: "choice",
    choices: ACTIVATION_KINDS,
    about: "distribution of the input x; relu is max(0, z) of a normal z",
    example: "normal",
  },
  mean: {
    type: "number",
    minimum: -MAXIMUM_MAGNITUDE,
    maximum: MAXIMUM_MAGNITUDE,
    about: "mean c of x (of z with relu)",
    example: "0",
    defaultNote: "0; 1 for lognormal",
  },
  variance: {
    type: "number",
    minimum: 1 / MAXIMUM_MAGNITUDE,
    maximum: MAXIMUM_MAGNITUDE,
    about: "variance v of x (of z with relu)",
    example: "1",
  },
  rho: {
    type: "number",
    minimum: -1,
    maximum: 1,
    about: "correlation ρ of every pair of units of x (of z with relu)",
    example: "0.2",
  },
  width: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: MAXIMUM_WIDTH,
    about: "number d of input units",
    example: "512",
  },
  layer: {
    type: "choice",
    choices: LAYER_KINDS,
    about: "what stands between the noise and Batch Normalization",
    example: "linear",
  },
  neurons: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: MAXIMUM_NEURONS,
    about: "number k of outputs of the linear layer",
    example: "64",
    defaultNote: "64 with linear",
  },
  weights: {
    type: "choice",
    choices: WEIGHT_KINDS,
    about: "how the linear layer's weights are drawn",
    example: "normal",
    defaultNote: "normal with linear",
  },
  weightMean: {
    type: "number",
    minimum: -1000,
    maximum: 1000,
    about: "mean of the weights, in their standard deviations",
    example: "0.1",
    defaultNote: "0",
  },
  alignment: {
    type: "number",
    minimum: 0,
    maximum: MAXIMUM_WIDTH,
    about: "draw every neuron's weights to this alignment d·cos²θ",
    example: "8",
  },
  preset: { type: "choice", choices: PRESET_NAMES, about: "whose Batch Normalization", example: "torch" },
  batchSize: {
    type: "number",
    integer: true,
    minimum: 2,
    maximum: 65_536,
    about: "samples in a mini-batch",
    example: "256",
  },
  momentum: {
    type: "number",
    minimum: 0,
    maximum: 1,
    about: "momentum of the running statistics, in the preset's sense",
    example: "0.1",
    defaultNote: "the preset's",
  },
  epsilon: {
    type: "number",
    minimum: 1e-12,
    maximum: 1,
    about: "what Batch Normalization adds to a variance",
    example: "1e-5",
    defaultNote: "the preset's",
  },
  precision: {
    type: "number",
    exclusiveMinimum: 0,
    maximum: 0.5,
    about: "stop when the interval's half width is this fraction of the ratio",
    example: "0.002",
  },
  confidence: {
    type: "number",
    minimum: 0.5,
    maximum: 0.999999,
    about: "confidence of the interval",
    example: "0.95",
  },
  maxSamples: {
    type: "number",
    integer: true,
    minimum: 4,
    maximum: 1e12,
    about: "budget of samples",
    example: "10000000",
  },
  samples: {
    type: "number",
    integer: true,
    minimum: 4,
    maximum: 1e12,
    about: "exactly this many samples, in whole mini-batches",
    example: "100000",
    defaultNote: "as many as the precision needs",
  },
  tolerance: {
    type: "number",
    exclusiveMinimum: 0,
    maximum: 0.5,
    about: "largest relative deviation that counts as agreement",
    example: "0.005",
  },
};

/** What holds when nothing is said; null where it depends on other fields (see `defaultNote`). */
export const DEFAULTS = {
  seed: "vshift",
  noise: "bernoulli",
  keep: null,
  drop: null,
  beta: null,
  relativeVariance: null,
  masks: "balanced",
  activation: "normal",
  mean: null,
  variance: 1,
  rho: 0,
  width: 512,
  layer: "none",
  neurons: null,
  weights: null,
  weightMean: null,
  alignment: null,
  preset: "torch",
  batchSize: 256,
  momentum: null,
  epsilon: null,
  precision: 0.002,
  confidence: 0.95,
  maxSamples: 10_000_000,
  samples: null,
  tolerance: 0.005,
} as const satisfies { readonly [Name in keyof Scenario]: string | number | null };
