import { ACTIVATION_KINDS } from "../../activations/activations.ts";
import { FIELDS, type Field, type FieldTable } from "../fields.ts";
import { CONNECTION_KINDS, NORM_KINDS, STACK_NOISES, STATISTICS_KINDS, type StackScenario } from "./stack.ts";

/** 2²⁶ weights: 128 MB as the integers of 16 bits that they are kept in, for each thread. */
export const MOST_STACK_WEIGHTS = 2 ** 26;
/** 2²⁴ numbers of a mini-batch: 64 MB for each of the arrays that hold one on its way. */
export const MOST_STACK_BATCH = 2 ** 24;

const BLOCKS = { type: "text", maximumLength: 1000, hasCommas: true } as const;

/** What holds when nothing is said; null where it depends on other fields. */
export const STACK_DEFAULTS = {
  seed: "vshift",
  noise: "bernoulli",
  keep: null,
  drop: null,
  beta: null,
  relativeVariance: null,
  noiseAt: "all",
  activation: "relu",
  depth: 8,
  width: 512,
  connection: "plain",
  norm: "batch",
  normAt: "all",
  groups: null,
  statistics: "running",
  reestimateBatches: null,
  batchSize: 256,
  batches: 64,
  epsilon: 1e-5,
  confidence: 0.95,
} as const satisfies { readonly [Name in keyof StackScenario]: string | number | null };

/** Every field of a stack that a user may set; fields that a scenario has, too, are the same. */
const TABLE: { readonly [Name in keyof StackScenario]: Field } = {
  seed: { ...FIELDS.seed, group: "Stack:" },
  noise: {
    type: "choice",
    choices: STACK_NOISES,
    about: "noise that multiplies the units during training",
    example: "bernoulli",
    flag: "--noise <kind>",
    group: "Noise:",
    default: STACK_DEFAULTS.noise,
  },
  keep: FIELDS.keep,
  drop: FIELDS.drop,
  beta: FIELDS.beta,
  relativeVariance: FIELDS.relativeVariance,
  noiseAt: {
    ...BLOCKS,
    about: "blocks with noise: all, last, none, or numbers such as 3,4",
    example: "last",
    flag: "--noise-at <blocks>",
    group: "Noise:",
    default: STACK_DEFAULTS.noiseAt,
  },
  activation: {
    type: "choice",
    choices: ACTIVATION_KINDS,
    about: "nonlinearity between norm and noise",
    example: "relu",
    flag: "--activation <kind>",
    group: "Stack:",
    default: STACK_DEFAULTS.activation,
  },
  depth: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: 1000,
    about: "number L of blocks",
    example: "8",
    flag: "--depth <count>",
    group: "Stack:",
    default: STACK_DEFAULTS.depth,
  },
  width: {
    ...FIELDS.width,
    about: "number d of units of each layer",
    group: "Stack:",
    minimum: 2,
    maximum: 16_384,
  } as Field,
  connection: {
    type: "choice",
    choices: CONNECTION_KINDS,
    about: "whether a block's input is added to its output",
    example: "residual",
    flag: "--connection <kind>",
    group: "Stack:",
    default: STACK_DEFAULTS.connection,
  },
  norm: {
    type: "choice",
    choices: NORM_KINDS,
    about: "norm of the blocks",
    example: "layer",
    flag: "--norm <kind>",
    group: "Batch Normalization:",
    default: STACK_DEFAULTS.norm,
  },
  normAt: {
    ...BLOCKS,
    about: "blocks with that norm, the others have batch: all, last, none, or numbers",
    example: "3,4",
    flag: "--norm-at <blocks>",
    group: "Batch Normalization:",
    default: STACK_DEFAULTS.normAt,
  },
  groups: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: 16_384,
    about: "groups of Group Normalization",
    example: "32",
    defaultNote: "32 with group, or as many as the width",
    flag: "--groups <count>",
    group: "Batch Normalization:",
    default: STACK_DEFAULTS.groups,
  },
  statistics: {
    type: "choice",
    choices: STATISTICS_KINDS,
    about:
      "statistics that BN uses at test time: as trained, re-estimated with the noise off or on, or corrected without data",
    example: "reestimated",
    flag: "--statistics <kind>",
    group: "Batch Normalization:",
    default: STACK_DEFAULTS.statistics,
  },
  reestimateBatches: {
    type: "number",
    integer: true,
    minimum: 1,
    maximum: 100_000,
    about: "mini-batches to re-estimate over",
    example: "32",
    defaultNote: "32 with re-estimated statistics",
    flag: "--reestimate-batches <count>",
    group: "Batch Normalization:",
    default: STACK_DEFAULTS.reestimateBatches,
  },
  batchSize: { ...FIELDS.batchSize, minimum: 4, maximum: 16_384 } as Field,
  batches: {
    type: "number",
    integer: true,
    minimum: 8,
    maximum: 100_000,
    about: "mini-batches during training, and again at test time",
    example: "64",
    flag: "--batches <count>",
    group: "Measurement:",
    default: STACK_DEFAULTS.batches,
  },
  epsilon: { ...FIELDS.epsilon, about: "constant that a norm adds to a variance", default: 1e-5 },
  confidence: FIELDS.confidence,
};

export const STACK_TABLE: FieldTable = { noun: "stack", help: "vshift stack --help", fields: TABLE };
