import { ACTIVATION_KINDS } from "../activations/activations.ts";
import { LAW_KINDS, LAWS, LAWS_OF_Z } from "../laws/laws.ts";
import { SCALING_KINDS } from "../noises/noise-kind.ts";
import { kindsWith, NOISE_KINDS } from "../noises/noises.ts";
import { LONGEST_NETWORK } from "../notation/tokens.ts";
import {
  CONNECTION_KINDS,
  DERIVED_FIELDS,
  LAYER_KINDS,
  MASK_KINDS,
  NOISE_IN_TEST_KINDS,
  NORM_KINDS,
  PRESET_NAMES,
  type Scenario,
  STATISTICS_KINDS,
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
  /** Whether it may also be file:NAME. */
  readonly files?: true;
}

export interface TextField {
  readonly type: "text";
  readonly maximumLength: number;
  /** A text with commas is one value also where lists are taken. */
  readonly hasCommas?: true;
  /** Whether it may be a list of its layers, too. */
  readonly isOfLayers?: true;
  /** Whether it says values by name, which may be lists and ranges where these are taken. */
  readonly isOfVariables?: true;
  /** What the text must be, as a regular expression and in words. */
  readonly pattern?: string;
  readonly rule?: string;
}

/** One field of a scenario: its domain, and all that flags, help pages, schemas, columns and captions say of it. */
export type Field = (NumberField | ChoiceField | TextField) & {
  readonly about: string;
  /** A value to suggest when another was refused. */
  readonly example: string;
  /** What holds when nothing is said; null where it depends on other fields (see `defaultNote`). */
  readonly default: string | number | null;
  /** Shown as the default where it depends on other fields, or is null. */
  readonly defaultNote?: string;
  /** The flag that sets it, and the heading that it stands under; without one nobody types it. */
  readonly flag?: string;
  readonly group?: OptionGroup;
  /** Where it stands under the heading, if not where the table has it: below 0 before all others, above 0 behind them. */
  readonly order?: number;
  /** In labels of a figure, and on an axis; left out where they are the field's name. */
  readonly symbol?: string;
  readonly title?: string;
  /** Whether another value makes another experiment, and not more of the same. */
  readonly distinguishes?: true;
  /** Where it is null in a record; left out where it never is. */
  readonly nullWhen?: string;
  /** Whether there are records from before the field was there; it is null in them. */
  readonly isLater?: true;
  /** What a record says with it, where that is more than what a user asks for. */
  readonly aboutRun?: string;
};

/** A heading of flags on a help page. */
export type OptionGroup =
  | "Noise:"
  | "Network:"
  | "Stack:"
  | "Test time:"
  | "Input:"
  | "Layer:"
  | "Files:"
  | "Batch Normalization:"
  | "Measurement:"
  | "Output:";

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

const NO_STACK = "unless it is a stack";

/** Texts that name blocks of a stack. */
const BLOCKS = {
  type: "text",
  maximumLength: 1000,
  hasCommas: true,
  default: null,
  defaultNote: "all",
  distinguishes: true,
  isLater: true,
} as const;

/** Magnitude of means and variances: their squares, summed, stay far from the ends of single precision. */
const MAXIMUM_MAGNITUDE = 1e12;

/** "0; 1 for lognormal". */
const DEFAULT_MEANS = [
  "0",
  ...LAWS.filter(({ defaultMean }) => defaultMean !== 0).map(({ defaultMean, kind }) => `${defaultMean} for ${kind}`),
].join("; ");

/**
 * Every field of a scenario, in the order in which a record has them. Validation, defaults, the flags of the command line, help
 * pages, schemas, the columns of tables and the words of figures are read off this table.
 */
const TABLE = {
  seed: {
    type: "text",
    maximumLength: 1000,
    about: "any text; the same text gives the same numbers",
    example: "vshift",
    flag: "--seed <text>",
    group: "Input:",
    order: 1,
    default: "vshift",
  },
  network: {
    type: "text",
    maximumLength: LONGEST_NETWORK,
    hasCommas: true,
    isOfLayers: true,
    about: "layers as text, such as 'input(512) dropout(0.5) bn' (docs/NETWORKS.md)",
    example: "input(512) bn relu dropout(0.5) linear(512) bn",
    flag: "--network <layers>",
    group: "Network:",
    default: null,
    distinguishes: true,
    nullWhen: "where other fields say all layers",
    isLater: true,
  },
  variables: {
    type: "text",
    maximumLength: 1000,
    hasCommas: true,
    isOfVariables: true,
    about: "values of the variables of the network, such as p=0.3 for dropout($p); may be repeated",
    example: "p=0.3",
    flag: "--set <name=value>",
    group: "Network:",
    default: null,
    nullWhen: "without variables",
    isLater: true,
    aboutRun: "what the variables of the network's text stood for; a note, since the text has their values",
  },
  files: {
    type: "text",
    maximumLength: LONGEST_NETWORK,
    hasCommas: true,
    about: "names, sizes and SHA-256 of the files of the network's text",
    example: `file:w.npy 64x512 ${"0".repeat(64)}`,
    default: null,
    distinguishes: true,
    nullWhen: "without files in the network's text",
    isLater: true,
  },
  noise: {
    type: "choice",
    choices: NOISE_KINDS,
    about: "noise during training: on units, on whole channels (spatial), or on weights (dropconnect)",
    example: "bernoulli",
    flag: "--noise <kind>",
    group: "Noise:",
    default: "bernoulli",
    distinguishes: true,
  },
  keep: {
    type: "number",
    minimum: 1e-4,
    maximum: 1,
    about: "probability that a unit is kept",
    example: "0.5",
    defaultNote: "0.5",
    flag: "--p, --keep <number>",
    group: "Noise:",
    order: -2,
    symbol: "p",
    title: "keep probability p",
    default: null,
    distinguishes: true,
    aboutRun: "probability that a unit is kept; of another noise, that of the dropout of equal strength",
  },
  drop: {
    type: "number",
    minimum: 0,
    maximum: 0.9999,
    about: "probability that a unit is dropped (the p of PyTorch, the rate of Keras)",
    example: "0.5",
    flag: "--drop <number>",
    group: "Noise:",
    order: -1,
    title: "drop rate 1 − p",
    default: null,
    aboutRun: "1 − keep (the p of PyTorch, the rate of Keras)",
  },
  beta: {
    type: "number",
    minimum: 0,
    maximum: 1,
    about: "half width β of Uout's multiplier 1 + U(−β, β)",
    example: "0.1",
    defaultNote: "0.1 for uout",
    flag: "--beta <number>",
    group: "Noise:",
    symbol: "β",
    title: "half width β of Uout's multiplier",
    default: null,
    distinguishes: true,
    nullWhen: `unless the noise is ${kindsWith(({ parameter }) => parameter?.field === "beta")}`,
  },
  relativeVariance: {
    type: "number",
    minimum: 0,
    maximum: 9999,
    about: "strength of any noise as σ², the relative variance of its multiplier",
    example: "1",
    flag: "--relative-variance <number>",
    group: "Noise:",
    symbol: "σ²",
    title: "relative variance σ² of the noise",
    default: null,
    distinguishes: true,
  },
  channelSize: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: MAXIMUM_WIDTH,
    about: "units in a channel, which spatial dropout drops together",
    example: "16",
    defaultNote: "16 for spatial",
    flag: "--channel-size <count>",
    group: "Noise:",
    title: "units in a channel",
    default: null,
    distinguishes: true,
    nullWhen: `unless the noise is ${kindsWith(({ defaultChannelSize }) => defaultChannelSize !== null)}`,
    isLater: true,
  },
  scaling: {
    type: "choice",
    choices: SCALING_KINDS,
    about: "dropout scaled by 1/keep during training, or by keep at test time (classic)",
    example: "classic",
    defaultNote: "inverted for bernoulli",
    flag: "--scaling <kind>",
    group: "Noise:",
    default: null,
    distinguishes: true,
    nullWhen: "for inverted dropout, and all other noise",
    isLater: true,
  },
  masks: {
    type: "choice",
    choices: MASK_KINDS,
    about: "several balanced masks for each mini-batch, where that pays, or a single one",
    example: "balanced",
    flag: "--masks <kind>",
    group: "Measurement:",
    order: 1,
    default: "balanced",
    distinguishes: true,
  },
  activation: {
    type: "choice",
    choices: LAW_KINDS,
    files: true,
    about: `distribution of the input x (${LAWS_OF_Z}: of a normal z); file:x.npy draws rows of a file`,
    example: "normal",
    flag: "--activation <kind>",
    group: "Input:",
    default: "normal",
    distinguishes: true,
  },
  activationDigest: {
    ...DIGEST,
    about: "SHA-256 of the file of activations",
    symbol: "digest of the activations",
    title: "digest of the activations",
    default: null,
    distinguishes: true,
    nullWhen: "unless the activations are those of a file",
    isLater: true,
  },
  activationKurtosis: {
    type: "number",
    minimum: 1,
    about: "kurtosis of the units of the file of activations, pooled",
    example: "3",
    symbol: "kurtosis",
    title: "kurtosis of the activations",
    default: null,
    nullWhen: "unless the activations are those of a file",
    isLater: true,
  },
  activationSpread: {
    type: "number",
    minimum: 0,
    about: "variance of the means of the units of the file of activations",
    example: "0.5",
    symbol: "spread",
    title: "variance of the means of the activations",
    default: null,
    nullWhen: "unless the activations are those of a file",
    isLater: true,
  },
  testActivation: {
    type: "text",
    maximumLength: 4096,
    pattern: FILE_PATTERN,
    rule: "file:NAME",
    about: "the input at test time: rows of a file that was exported in evaluation mode",
    example: "file:eval.npy",
    defaultNote: "the same input",
    flag: "--test-activation <file>",
    group: "Files:",
    symbol: "activation at test time",
    title: "activation at test time",
    default: null,
    nullWhen: "unless test mode has rows of its own",
    isLater: true,
  },
  testActivationDigest: {
    ...DIGEST,
    about: "SHA-256 of the file of activations in evaluation mode",
    symbol: "digest at test time",
    title: "digest of the activations at test time",
    default: null,
    nullWhen: "unless test mode has rows of its own",
    isLater: true,
  },
  mean: {
    type: "number",
    minimum: -MAXIMUM_MAGNITUDE,
    maximum: MAXIMUM_MAGNITUDE,
    about: `mean c of x (of z with ${LAWS_OF_Z})`,
    example: "0",
    defaultNote: DEFAULT_MEANS,
    flag: "--mean <number>",
    group: "Input:",
    symbol: "c",
    title: "mean c of the input",
    default: null,
    distinguishes: true,
    aboutRun: `mean c of x (of z with ${LAWS_OF_Z}; of a file, averaged over the units)`,
  },
  variance: {
    type: "number",
    minimum: 1 / MAXIMUM_MAGNITUDE,
    maximum: MAXIMUM_MAGNITUDE,
    about: `variance v of x (of z with ${LAWS_OF_Z})`,
    example: "1",
    flag: "--variance <number>",
    group: "Input:",
    symbol: "v",
    title: "variance v of the input",
    default: 1,
    distinguishes: true,
    aboutRun: `variance v of x (of z with ${LAWS_OF_Z}; of a file, averaged over the units)`,
  },
  rho: {
    type: "number",
    minimum: -1,
    maximum: 1,
    about: `correlation ρ of every pair of units of x (of z with ${LAWS_OF_Z})`,
    example: "0.2",
    flag: "--rho <number>",
    group: "Input:",
    symbol: "ρ",
    title: "correlation ρ of the units",
    default: 0,
    distinguishes: true,
    aboutRun: `correlation ρ of every pair of units of x (of z with ${LAWS_OF_Z}; of a file, their mean covariance over v)`,
  },
  width: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: MAXIMUM_WIDTH,
    about: "number d of input units",
    example: "512",
    flag: "--d, --width <count>",
    group: "Input:",
    order: -1,
    symbol: "d",
    title: "width d",
    default: 512,
    distinguishes: true,
  },
  layer: {
    type: "choice",
    choices: LAYER_KINDS,
    about: "layer between the noise and Batch Normalization",
    example: "linear",
    flag: "--layer <kind>",
    group: "Layer:",
    default: "none",
    distinguishes: true,
  },
  neurons: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: MAXIMUM_NEURONS,
    about: "number k of outputs of the linear layer",
    example: "64",
    defaultNote: "64 with linear",
    flag: "--neurons <count>",
    group: "Layer:",
    symbol: "k",
    title: "neurons k",
    default: null,
    distinguishes: true,
    nullWhen: "without a linear layer",
  },
  weights: {
    type: "choice",
    choices: WEIGHT_KINDS,
    files: true,
    about: "distribution of the linear layer's weights; file:w.npy reads them from a file",
    example: "normal",
    defaultNote: "normal with linear",
    flag: "--weights <kind>",
    group: "Layer:",
    default: null,
    distinguishes: true,
    nullWhen: "without a linear layer",
  },
  weightsDigest: {
    ...DIGEST,
    about: "SHA-256 of the file of weights",
    symbol: "digest of the weights",
    title: "digest of the weights",
    default: null,
    distinguishes: true,
    nullWhen: "unless the weights are those of a file",
    isLater: true,
  },
  stride: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: MAXIMUM_WIDTH,
    about: "stride of a kernel --weights file:… over feature maps --activation file:…",
    example: "2",
    defaultNote: "1 with a kernel",
    flag: "--stride <count>",
    group: "Files:",
    title: "stride of the kernel",
    default: null,
    nullWhen: "unless a file's kernel slides over a file's feature maps",
    isLater: true,
  },
  padding: {
    type: "number",
    integer: true,
    minimum: 0,
    maximum: MAXIMUM_WIDTH,
    about: "zeros added around these maps, on each side",
    example: "1",
    defaultNote: "0 with a kernel",
    flag: "--padding <count>",
    group: "Files:",
    title: "padding of the maps",
    default: null,
    nullWhen: "unless a file's kernel slides over a file's feature maps",
    isLater: true,
  },
  weightMean: {
    type: "number",
    minimum: -1000,
    maximum: 1000,
    about: "mean of the weights, in their standard deviations",
    example: "0.1",
    defaultNote: "0",
    flag: "--weight-mean <number>",
    group: "Layer:",
    title: "mean of the weights, in their standard deviations",
    default: null,
    distinguishes: true,
    nullWhen:
      "without a linear layer, with weights that are constant or a file's, or when they are drawn to an alignment",
  },
  alignment: {
    type: "number",
    minimum: 0,
    maximum: MAXIMUM_WIDTH,
    about: "draw every neuron's weights to this alignment d·cos²θ",
    example: "8",
    flag: "--alignment <number>",
    group: "Layer:",
    symbol: "d·cos²θ",
    title: "alignment d·cos²θ of the weights",
    default: null,
    distinguishes: true,
    nullWhen: "without a linear layer",
    aboutRun: "alignment d·cos²θ of the weights as drawn: Σ(Σw)²/ΣΣw², the outer sums over the neurons",
  },
  nonlinearity: {
    type: "choice",
    choices: ACTIVATION_KINDS,
    about: "function behind the linear layer, or in a stack's blocks between norm and noise",
    example: "relu",
    default: null,
    defaultNote: "none; relu in a stack",
    flag: "--nonlinearity <kind>",
    group: "Layer:",
    distinguishes: true,
    nullWhen: "without a function behind the linear layer",
    isLater: true,
  },
  depth: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: 1000,
    about: "number L of blocks of a stack, norm → nonlinearity → noise → linear",
    example: "8",
    default: null,
    defaultNote: "no stack; vshift stack 8",
    flag: "--depth <count>",
    group: "Stack:",
    symbol: "L",
    title: "blocks L",
    distinguishes: true,
    nullWhen: NO_STACK,
    isLater: true,
  },
  connection: {
    type: "choice",
    choices: CONNECTION_KINDS,
    about: "whether a block's input is added to its output",
    example: "residual",
    default: null,
    defaultNote: "plain",
    flag: "--connection <kind>",
    group: "Stack:",
    distinguishes: true,
    nullWhen: NO_STACK,
    isLater: true,
  },
  noiseAt: {
    ...BLOCKS,
    about: "blocks with noise: all, last, none, or numbers such as 3,4",
    example: "last",
    flag: "--noise-at <blocks>",
    group: "Stack:",
    nullWhen: NO_STACK,
  },
  norm: {
    type: "choice",
    choices: NORM_KINDS,
    about: "norm of the blocks",
    example: "layer",
    default: null,
    defaultNote: "batch",
    flag: "--norm <kind>",
    group: "Stack:",
    distinguishes: true,
    nullWhen: NO_STACK,
    isLater: true,
  },
  normAt: {
    ...BLOCKS,
    about: "blocks with that norm, the others have batch: all, last, none, or numbers",
    example: "3,4",
    flag: "--norm-at <blocks>",
    group: "Stack:",
    nullWhen: NO_STACK,
  },
  groups: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: 16_384,
    about: "groups of Group Normalization",
    example: "32",
    default: null,
    defaultNote: "32 with group, or as many as the width",
    flag: "--groups <count>",
    group: "Stack:",
    distinguishes: true,
    nullWhen: "unless a norm is group",
    isLater: true,
  },
  statistics: {
    type: "choice",
    choices: STATISTICS_KINDS,
    about:
      "statistics that BN uses at test time: as trained, re-estimated with the noise off or on, or corrected without data",
    example: "reestimated",
    default: null,
    defaultNote: "running",
    flag: "--statistics <kind>",
    group: "Test time:",
    distinguishes: true,
    nullWhen: "where the network keeps no statistics of its own",
    isLater: true,
  },
  reestimateBatches: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: 100_000,
    about: "mini-batches to re-estimate over",
    example: "32",
    default: null,
    defaultNote: "32 with re-estimated statistics",
    flag: "--reestimate-batches <count>",
    group: "Test time:",
    nullWhen: "unless statistics are re-estimated",
    isLater: true,
  },
  noiseInTest: {
    type: "choice",
    choices: NOISE_IN_TEST_KINDS,
    about: "draw masks at test time, too (MC dropout)",
    example: "on",
    default: null,
    defaultNote: "off",
    flag: "--noise-in-test [when]",
    group: "Test time:",
    distinguishes: true,
    nullWhen: "without noise at test time",
    isLater: true,
  },
  preset: {
    type: "choice",
    choices: PRESET_NAMES,
    about: "framework conventions of Batch Normalization",
    example: "torch",
    flag: "--preset <framework>",
    group: "Batch Normalization:",
    default: "torch",
    distinguishes: true,
  },
  batchSize: {
    type: "number",
    integer: true,
    minimum: 2,
    maximum: 65_536,
    about: "samples in a mini-batch",
    example: "256",
    flag: "--batch-size <count>",
    group: "Batch Normalization:",
    title: "samples in a mini-batch",
    default: 256,
    defaultNote: "256; fewer with maps",
    distinguishes: true,
  },
  momentum: {
    type: "number",
    minimum: 0,
    maximum: 1,
    about: "momentum of the running statistics, in the preset's sense",
    example: "0.1",
    defaultNote: "the preset's",
    flag: "--momentum <number>",
    group: "Batch Normalization:",
    title: "momentum of the running statistics",
    default: null,
    distinguishes: true,
  },
  epsilon: {
    type: "number",
    minimum: 1e-12,
    maximum: 1,
    about: "constant that Batch Normalization adds to a variance",
    example: "1e-5",
    defaultNote: "the preset's",
    flag: "--epsilon <number>",
    group: "Batch Normalization:",
    symbol: "ε",
    title: "ε of Batch Normalization",
    default: null,
    distinguishes: true,
  },
  precision: {
    type: "number",
    exclusiveMinimum: 0,
    maximum: 0.5,
    about: "stop when the interval's half width is this fraction of the ratio",
    example: "0.002",
    flag: "--precision <number>",
    group: "Measurement:",
    title: "precision asked for",
    default: 0.002,
  },
  maxSamples: {
    type: "number",
    integer: true,
    minimum: 4,
    maximum: 1e12,
    about: "largest number of samples",
    example: "10000000",
    flag: "--max-samples <count>",
    group: "Measurement:",
    symbol: "budget",
    title: "budget of samples",
    default: 10_000_000,
  },
  samples: {
    type: "number",
    integer: true,
    minimum: 4,
    maximum: 1e12,
    about: "exactly this many samples, in whole mini-batches",
    example: "100000",
    defaultNote: "as many as the precision needs",
    flag: "--samples <count>",
    group: "Measurement:",
    title: "samples asked for",
    default: null,
    nullWhen: "when the precision says how many",
  },
  batches: {
    type: "number",
    integer: true,
    minimum: 2,
    maximum: 1_000_000_000,
    about: "the same in mini-batches; a deep network trains over them, and is tested over them again",
    example: "64",
    default: null,
    defaultNote: "64 in a stack; 16 to 64 of a network as text",
    flag: "--batches <count>",
    group: "Measurement:",
    nullWhen: "when the precision says how many",
    isLater: true,
  },
  confidence: {
    type: "number",
    minimum: 0.5,
    maximum: 0.999999,
    about: "confidence of the interval",
    example: "0.95",
    flag: "--confidence <number>",
    group: "Measurement:",
    title: "confidence of the interval",
    default: 0.95,
  },
  tolerance: {
    type: "number",
    exclusiveMinimum: 0,
    maximum: 0.5,
    about: "largest relative deviation that counts as agreement",
    example: "0.005",
    flag: "--tolerance <number>",
    group: "Measurement:",
    order: 2,
    title: "tolerance of the verdict",
    default: 0.005,
  },
} as const satisfies { readonly [Name in keyof Scenario]: Field };

export const FIELDS: { readonly [Name in keyof Scenario]: Field } = TABLE;

export const FIELD_NAMES = Object.keys(TABLE) as readonly (keyof Scenario)[];

/** A value for each field, in the order of the table. By copying: `Object.fromEntries` takes four times as long for so many. */
export function eachField(value: (name: keyof Scenario) => unknown): Scenario {
  const fields: Record<string, unknown> = { ...NOTHING };
  for (const name of FIELD_NAMES) fields[name] = value(name);
  return fields as unknown as Scenario;
}

const NOTHING = Object.fromEntries(FIELD_NAMES.map((name) => [name, null]));

/** Fields that records did not always have; where one is missing it is null. */
export const LATER_FIELDS: readonly (keyof Scenario)[] = FIELD_NAMES.filter((name) => FIELDS[name].isLater === true);

/** "--keep" of keep; undefined for what no flag sets. */
export function longFlagOf(field: string): string | undefined {
  const { flag } = (Object.hasOwn(FIELDS, field) && FIELDS[field as keyof Scenario]) || {};
  return flag?.match(/--[a-z-]+(?= [<[])/)?.[0];
}

type Defaults = { readonly [Name in keyof Scenario]: (typeof TABLE)[Name]["default"] };

/** What holds when nothing is said; null where it depends on other fields. */
export const DEFAULTS = Object.fromEntries(FIELD_NAMES.map((name) => [name, TABLE[name].default])) as Defaults;

/** All fields, those that follow from files too. */
export const COMPLETE_TABLE: FieldTable = { noun: "scenario", help: "vshift simulate --help", fields: FIELDS };

/** Fields of one of several kinds of network. */
function tableOf(noun: string, command: string, isOf: (field: Field, name: string) => boolean): FieldTable {
  const fields = Object.fromEntries(Object.entries(FIELDS).filter(([name, field]) => isOf(field, name)));
  return { noun, help: `vshift ${command} --help`, fields };
}

/** Whether it follows from files, and is not for anybody to say. */
export function isDerived(name: string): boolean {
  return DERIVED_FIELDS.some((derived) => derived === name);
}

const isOfStack = ({ group }: Field) => group === "Stack:";

/** Noise, an optional linear layer, and Batch Normalization; or layers that are written down. */
export const SCENARIO_TABLE = tableOf("scenario", "simulate", (field, name) => !isDerived(name) && !isOfStack(field));

/** Blocks with linear layers of their own, and no files. */
export const STACK_TABLE = tableOf(
  "stack",
  "stack",
  ({ group }, name) =>
    name === "nonlinearity" || (group !== undefined && !["Layer:", "Files:", "Network:"].includes(group)),
);

/** Layers that are written down: what other fields say of layers, the network says. */
export const NETWORK_TABLE = tableOf(
  "network",
  "simulate",
  ({ group }, name) =>
    name === "seed" ||
    name === "files" ||
    ["Network:", "Test time:", "Batch Normalization:", "Measurement:"].includes(group ?? ""),
);

/** Noise and input, of a layer of any width. */
export const SETTING_TABLE = tableOf(
  "setting of noise and input",
  "weights",
  ({ group }, name) => group === "Noise:" || (group === "Input:" && name !== "width" && name !== "seed"),
);

/** Either: all that somebody may give. */
export const GRID_TABLE = tableOf("scenario", "simulate", (_, name) => !isDerived(name));
