import { LAW_KINDS } from "../laws/laws.ts";
import type { WrittenLayer } from "./graph.ts";

/** An option of a layer, by the name of its field. */
export type Option = {
  /** Whether it is written without its name: the first ones in their order, a word wherever it stands. */
  readonly isBare?: true;
  /** What holds where nothing is written; left out where something must be. */
  readonly usual?: number | string | null;
} & (
  | { readonly type: "shape" }
  | {
      readonly type: "choice";
      readonly choices: readonly string[];
      /** Whether it may also be file:NAME. */
      readonly files?: true;
    }
  | {
      readonly type: "count" | "number";
      readonly from: number;
      readonly to: number;
      /** Whether `to` is not a value itself. */
      readonly isBelow?: true;
      /** The rule in a sentence, where name and interval do not say it best. */
      readonly rule?: string;
    }
);

export type Options = { readonly [name: string]: Option };

/** Of channels, units and lengths. */
const MOST = 1_048_576;
const LARGEST = 1e12;

const count = (to = MOST): Option & { type: "count" } => ({ type: "count", from: 1, to });
const size = { ...count(), isBare: true } as const satisfies Option;
/** Taps in one direction. */
const window = { ...count(1024), isBare: true } as const satisfies Option;
const rate = {
  type: "number",
  from: 0,
  to: 1,
  isBelow: true,
  isBare: true,
  rule: "a drop rate must be in [0, 1)",
} as const satisfies Option;

const WEIGHTS = {
  weights: {
    type: "choice",
    choices: ["he", "xavier", "normal", "uniform", "constant"],
    files: true,
    isBare: true,
    usual: "he",
  },
  alignment: { type: "number", from: 0, to: LARGEST, usual: null },
  mean: { type: "number", from: -1000, to: 1000, usual: null },
} as const satisfies Options;

const STRIDE = { ...count(1024), usual: null } as const satisfies Option;

/** Every layer by its word, with its options in the order in which they are written. */
export const LAYERS = {
  input: {
    shape: { type: "shape", isBare: true, usual: null },
    law: { type: "choice", choices: LAW_KINDS, files: true, isBare: true, usual: "normal" },
    mean: { type: "number", from: -LARGEST, to: LARGEST, usual: null },
    variance: { type: "number", from: 1 / LARGEST, to: LARGEST, usual: 1 },
    rho: { type: "number", from: -1, to: 1, usual: 0 },
  },
  linear: { units: size, ...WEIGHTS },
  conv: {
    channels: size,
    kernel: window,
    stride: { ...count(1024), usual: 1 },
    padding: { type: "count", from: 0, to: 1024, usual: null },
    groups: { ...count(), usual: 1 },
    ...WEIGHTS,
  },
  relu: {},
  tanh: {},
  gelu: {},
  elu: { scale: { type: "number", from: 1e-3, to: 1000, isBare: true, usual: 1 } },
  leakyrelu: { slope: { type: "number", from: 0, to: 1, isBare: true, usual: 0.01 } },
  silu: {},
  sigmoid: {},
  identity: {},
  dropout: { rate },
  dropout2d: { rate },
  alphadropout: { rate },
  gaussiandropout: { rate },
  uout: { beta: { type: "number", from: 0, to: 1, isBare: true, rule: "the half width of Uout must be from 0 to 1" } },
  dropconnect: { rate },
  droppath: { rate },
  dropblock: { rate, size: window },
  gaussiannoise: { deviation: { type: "number", from: 0, to: LARGEST, isBare: true } },
  cutout: { size: window },
  mask: { rate, scaling: { type: "choice", choices: ["inverted", "unscaled"], isBare: true, usual: "inverted" } },
  bn: {},
  layernorm: {},
  groupnorm: { groups: size },
  maxpool: { size: window, stride: STRIDE },
  avgpool: { size: { ...window, usual: null }, stride: STRIDE },
  flatten: {},
} as const satisfies { readonly [Kind in WrittenLayer["kind"]]: Options };

export type LayerWord = keyof typeof LAYERS;

/** What takes a network in parentheses. */
export const BRANCHES = ["residual", "concat"] as const;
export type BranchWord = (typeof BRANCHES)[number];

export const LAYER_WORDS = Object.keys(LAYERS) as readonly LayerWord[];

/** Other names of a layer, in frameworks. */
const SYNONYMS: { readonly [word: string]: LayerWord } = {
  ...{ dense: "linear", conv1d: "conv", conv2d: "conv", conv3d: "conv", swish: "silu" },
  ...{ batchnorm: "bn", batchnorm1d: "bn", batchnorm2d: "bn", batchnorm3d: "bn", batchnormalization: "bn" },
  ...{ ln: "layernorm", layernormalization: "layernorm", gn: "groupnorm", groupnormalization: "groupnorm" },
  ...{ dropout1d: "dropout2d", dropout3d: "dropout2d", spatialdropout: "dropout2d", stochasticdepth: "droppath" },
  ...{ maxpool1d: "maxpool", maxpool2d: "maxpool", avgpool1d: "avgpool", avgpool2d: "avgpool", gap: "avgpool" },
};

/** The layer that a word names, without regard to case; undefined where none has it. */
export function layerNamed(word: string): LayerWord | undefined {
  const name = word.toLowerCase();
  return LAYER_WORDS.find((known) => known === name) ?? (Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name] : undefined);
}

export function isBranch(word: string): word is BranchWord {
  return BRANCHES.some((branch) => branch === word);
}
