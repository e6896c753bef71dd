import { LAW_KINDS, LAWS, LAWS_OF_Z } from "../laws/laws.ts";
import { SCALING_KINDS } from "../noises/noise-kind.ts";
import { NOISE_KINDS } from "../noises/noises.ts";
import { LAYER_KINDS, MASK_KINDS, PRESET_NAMES, type Scenario, WEIGHT_KINDS } from "./scenario.ts";

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
  /** Whether it may also be file:NAME. */
  readonly files?: true;
}

export interface TextField {
  readonly type: "text";
  readonly maximumLength: number;
  /** A text with commas is one value also where lists are taken. */
  readonly hasCommas?: true;
  /** What the text must be, as a regular expression and in words. */
  readonly pattern?: string;
  readonly rule?: string;
}

/** One field of a scenario: its domain, and a line for help pages and the JSON Schema. */
export type Field = (NumberField | ChoiceField | TextField) & {
  readonly about: string;
  /** A value to suggest when another was refused. */
  readonly example: string;
  /** Shown as the default where it depends on other fields, or stands in `DEFAULTS` as null. */
  readonly defaultNote?: string;
};

/** The fields that an input may have, and what the input is called. */
export interface FieldTable {
  readonly noun: string;
  /** Where they are listed. */
  readonly help: string;
  readonly fields: { readonly [name: string]: Field };
}

/** 2²⁰ units: four statistics of each, in double precision, are 32 MB. */
const MAXIMUM_WIDTH = 1_048_576;

/** 2¹⁴ neurons: their outputs for the samples in memory at a time, in both phases, are 32 MB. */
const MAXIMUM_NEURONS = 16_384;

/** 2²⁴ weights of the linear layer: 64 MB in single precision. */
export const MAXIMUM_WEIGHTS = 16_777_216;

/** What names a file; no control characters. */
export const FILE_PATTERN = String.raw`^file:[^\u0000-\u001f\u007f-\u009f]+$`;

const DIGEST = {
  type: "text",
  maximumLength: 64,
  pattern: "^[0-9a-f]{64}$",
  rule: "a SHA-256 in hexadecimal",
  example: "0".repeat(64),
} as const;

/** Magnitude of means and variances: their squares, summed, stay far from the ends of single precision. */
const MAXIMUM_MAGNITUDE = 1e12;

/** "0; 1 for lognormal". */
const DEFAULT_MEANS = [
  "0",
  ...LAWS.filter(({ defaultMean }) => defaultMean !== 0).map(({ defaultMean, kind }) => `${defaultMean} for ${kind}`),
].join("; ");

/**
 * Every field of a scenario that a user may set. Validation, the command line's flags and help, and the JSON Schema are
 * read off this table.
 */
export const FIELDS: { readonly [Name in keyof Scenario]: Field } = {
  seed: {
    type: "text",
    maximumLength: 1000,
    about: "any text; the same text gives the same numbers",
    example: "vshift",
  },
  noise: {
    type: "choice",
    choices: NOISE_KINDS,
    about: "noise during training: on units, on whole channels (spatial), or on weights (dropconnect)",
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
  channelSize: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: MAXIMUM_WIDTH,
    about: "units in a channel, which spatial dropout drops together",
    example: "16",
    defaultNote: "16 for spatial",
  },
  scaling: {
    type: "choice",
    choices: SCALING_KINDS,
    about: "dropout scaled by 1/keep during training, or by keep at test time (classic)",
    example: "classic",
    defaultNote: "inverted for bernoulli",
  },
  masks: {
    type: "choice",
    choices: MASK_KINDS,
    about: "several balanced masks for each mini-batch, where that pays, or a single one",
    example: "balanced",
  },
  activation: {
    type: "choice",
    choices: LAW_KINDS,
    files: true,
    about: "distribution of the input x; relu is max(0, z) of a normal z; file:x.npy draws rows of a file",
    example: "normal",
  },
  activationDigest: { ...DIGEST, about: "SHA-256 of the file of activations" },
  activationKurtosis: {
    type: "number",
    minimum: 1,
    about: "kurtosis of the units of the file of activations, pooled",
    example: "3",
  },
  activationSpread: {
    type: "number",
    minimum: 0,
    about: "variance of the means of the units of the file of activations",
    example: "0.5",
  },
  testActivation: {
    type: "text",
    maximumLength: 4096,
    pattern: FILE_PATTERN,
    rule: "file:NAME",
    about: "the input at test time: rows of a file that was exported in evaluation mode",
    example: "file:eval.npy",
    defaultNote: "the same input",
  },
  testActivationDigest: { ...DIGEST, about: "SHA-256 of the file of activations in evaluation mode" },
  mean: {
    type: "number",
    minimum: -MAXIMUM_MAGNITUDE,
    maximum: MAXIMUM_MAGNITUDE,
    about: `mean c of x (of z with ${LAWS_OF_Z})`,
    example: "0",
    defaultNote: DEFAULT_MEANS,
  },
  variance: {
    type: "number",
    minimum: 1 / MAXIMUM_MAGNITUDE,
    maximum: MAXIMUM_MAGNITUDE,
    about: `variance v of x (of z with ${LAWS_OF_Z})`,
    example: "1",
  },
  rho: {
    type: "number",
    minimum: -1,
    maximum: 1,
    about: `correlation ρ of every pair of units of x (of z with ${LAWS_OF_Z})`,
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
    about: "layer between the noise and Batch Normalization",
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
    files: true,
    about: "distribution of the linear layer's weights; file:w.npy reads them from a file",
    example: "normal",
    defaultNote: "normal with linear",
  },
  weightsDigest: { ...DIGEST, about: "SHA-256 of the file of weights" },
  stride: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: MAXIMUM_WIDTH,
    about: "stride of a kernel --weights file:… over feature maps --activation file:…",
    example: "2",
    defaultNote: "1 with a kernel",
  },
  padding: {
    type: "number",
    integer: true,
    minimum: 0,
    maximum: MAXIMUM_WIDTH,
    about: "zeros added around these maps, on each side",
    example: "1",
    defaultNote: "0 with a kernel",
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
  preset: {
    type: "choice",
    choices: PRESET_NAMES,
    about: "framework conventions of Batch Normalization",
    example: "torch",
  },
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
    about: "constant that Batch Normalization adds to a variance",
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
    about: "largest number of samples",
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

export const SCENARIO_TABLE: FieldTable = { noun: "scenario", help: "vshift simulate --help", fields: FIELDS };

/** What holds when nothing is said; null where it depends on other fields (see `defaultNote`). */
export const DEFAULTS = {
  seed: "vshift",
  noise: "bernoulli",
  keep: null,
  drop: null,
  beta: null,
  relativeVariance: null,
  channelSize: null,
  scaling: null,
  masks: "balanced",
  activation: "normal",
  activationDigest: null,
  activationKurtosis: null,
  activationSpread: null,
  testActivation: null,
  testActivationDigest: null,
  mean: null,
  variance: 1,
  rho: 0,
  width: 512,
  layer: "none",
  neurons: null,
  weights: null,
  weightsDigest: null,
  stride: null,
  padding: null,
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
