import type { Kernel } from "../kernel/kernel.ts";
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
  /** Makes f(z) of z in place, in single precision, by a loop of the kernel. */
  apply?(kernel: Kernel, z: Float32Array, ...parameters: readonly number[]): void;
  /** Whether f(m·x) = m·f(x) for every m ≥ 0, so that a mask may as well stand behind it. */
  readonly isHomogeneous?: boolean;
}

/** Functions of an element that trained networks have; definitions and defaults are PyTorch's (torch.nn, "Non-linear Activations"). */
export const POINTWISE = {
  relu: { at: RELU.at, kinks: () => [0], isHomogeneous: true },
  /** Slope below 0. */
  leaky_relu: {
    at: (x, slope = 0.01) => (x > 0 ? x : slope * x),
    kinks: () => [0],
    isHomogeneous: true,
    apply: (kernel, z, slope = 0.01) => kernel.leakyRelu({ z, slope }),
  },
  /** Scale below 0. */
  elu: {
    at: (x, scale = 1) => (x > 0 ? x : scale * (exp(x) - 1)),
    kinks: () => [0],
    apply: (kernel, z, scale = 1) => kernel.elu({ z, scale }),
  },
  /** Lower and upper limit. ReLU6 is 0 and 6. */
  hardtanh: { at: (x, low = -1, high = 1) => clamp(x, low, high), kinks: (low = -1, high = 1) => [low, high] },
  hardsigmoid: { at: (x) => clamp(x / 6 + 0.5, 0, 1), kinks: () => [-3, 3] },
  hardswish: { at: (x) => x * clamp(x / 6 + 0.5, 0, 1), kinks: () => [-3, 3] },
  sigmoid: { at: sigmoid, apply: (kernel, z) => kernel.sigmoid({ z }) },
  silu: { at: (x) => x * sigmoid(x), apply: (kernel, z) => kernel.silu({ z }) },
  tanh: { at: TANH.at },
  gelu: { at: GELU.at },
  /** GELU's approximation by tanh (Hendrycks & Gimpel 2016). */
  gelu_tanh: { at: (x) => 0.5 * x * (1 + tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) },
} as const satisfies { readonly [name: string]: Pointwise };

/** A function of the list with its parameters. */
export interface BoundFunction {
  readonly at: (x: number) => number;
  /** Makes f(z) of z in place, by a loop of the kernel; undefined where there is none. */
  readonly apply: ((kernel: Kernel, z: Float32Array) => void) | undefined;
  /** In ascending order. */
  readonly kinks: readonly number[];
  readonly isHomogeneous: boolean;
}

export function pointwise({ name, parameters }: PointwiseFunction): BoundFunction {
  const { at, kinks, apply, isHomogeneous = false }: Pointwise = POINTWISE[name];
  return {
    at: (x) => at(x, ...parameters),
    apply: apply && ((kernel, z) => apply(kernel, z, ...parameters)),
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
