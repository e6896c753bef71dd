import { exp } from "../numeric/exp.ts";
import { tanh } from "../numeric/tanh.ts";
import { GELU } from "./gelu.ts";
import { RELU } from "./relu.ts";
import { TANH } from "./tanh.ts";

/** A function of each element, as plain data: a name of the list, and its parameters in the order that the list gives. */
export interface PointwiseFunction {
  readonly name: PointwiseName;
  readonly parameters: readonly number[];
}

export type PointwiseName = keyof typeof POINTWISE;

interface Pointwise {
  /** The function itself, in double precision. */
  at(x: number, ...parameters: readonly number[]): number;
  /** Where its slope jumps. */
  kinks?(...parameters: readonly number[]): readonly number[];
  /** Whether f(m·x) = m·f(x) for every m ≥ 0, so that a mask may as well stand behind it. */
  readonly isHomogeneous?: boolean;
}

/** Functions of an element that trained networks have; definitions and defaults are PyTorch's (torch.nn, "Non-linear Activations"). */
export const POINTWISE = {
  relu: { at: RELU.at, kinks: () => [0], isHomogeneous: true },
  /** Slope below 0. */
  leaky_relu: { at: (x, slope = 0.01) => (x > 0 ? x : slope * x), kinks: () => [0], isHomogeneous: true },
  /** Scale below 0. */
  elu: { at: (x, scale = 1) => (x > 0 ? x : scale * (exp(x) - 1)), kinks: () => [0] },
  /** Lower and upper limit. ReLU6 is 0 and 6. */
  hardtanh: { at: (x, low = -1, high = 1) => clamp(x, low, high), kinks: (low = -1, high = 1) => [low, high] },
  hardsigmoid: { at: (x) => clamp(x / 6 + 0.5, 0, 1), kinks: () => [-3, 3] },
  hardswish: { at: (x) => x * clamp(x / 6 + 0.5, 0, 1), kinks: () => [-3, 3] },
  sigmoid: { at: sigmoid },
  silu: { at: (x) => x * sigmoid(x) },
  tanh: { at: TANH.at },
  gelu: { at: GELU.at },
  /** GELU's approximation by tanh (Hendrycks & Gimpel 2016). */
  gelu_tanh: { at: (x) => 0.5 * x * (1 + tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) },
} as const satisfies { readonly [name: string]: Pointwise };

/** A function of the list with its parameters. */
export interface BoundFunction {
  readonly at: (x: number) => number;
  /** In ascending order. */
  readonly kinks: readonly number[];
  readonly isHomogeneous: boolean;
}

export function pointwise({ name, parameters }: PointwiseFunction): BoundFunction {
  const { at, kinks, isHomogeneous = false }: Pointwise = POINTWISE[name];
  return {
    at: (x) => at(x, ...parameters),
    kinks: (kinks?.(...parameters) ?? []).toSorted((one, other) => one - other),
    isHomogeneous,
  };
}

function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x));
}
