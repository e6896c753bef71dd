import type { Kernel } from "../kernel/kernel.ts";

/**
 * A function f between the norm and the noise of a block, or between a normal and the noise of a single layer: each activation is a
 * law of the input, too (laws/of-activation.ts). Everything that depends on the activation asks for one of these and never for a name.
 */
export interface ActivationProperties<Kind extends string = string> {
  readonly kind: Kind;
  /** As it is written in a sentence: "GELU". */
  readonly name: string;
  /**
   * f(z) in double precision. The quadrature of its law (laws/under-normal.ts) takes it to be analytic within π/2 of the real axis,
   * except for a kink at 0 if it has one.
   */
  at(z: number): number;
  /** Whether f(−z) = −f(z). */
  readonly isOdd: boolean;
  /** Largest absolute error of `apply` where |z| is `size`: f is taken for constant where it varies by little more. */
  errorAt(size: number): number;
  /** As far as a stack of wide layers can tell; made when it is asked for, as some need a quadrature. */
  meanField(): MeanFieldFunction;
  /** Makes f(z) of z, in place. */
  apply(kernel: Kernel, z: Float32Array): void;
}

/** A function f under a normal. */
export interface MeanFieldFunction {
  /** c = E f(g). */
  readonly mean: number;
  /** e = E f(g)². */
  readonly secondMoment: number;
  /** `target` is what the neurons' means are compared with: of the same sign as c, or 0. */
  spread(law: NeuronLaw, target: number): Spread;
}

/**
 * What an activation f makes of a neuron's normal inputs, averaged over neurons.
 *
 * The neuron's inputs are μ + s·g: g ~ N(0, 1) over data, μ ~ N(0, q) over neurons.
 */
export interface Spread {
  /** E_μ Var_g f(μ + s·g). */
  readonly variance: number;
  /** E_μ (E_g f(μ + s·g) − target)²: c = E f(g) is the target where training has the neurons' means at c. */
  readonly squaredMean: number;
}

/**
 * s² and q, each at least 0. About 1 together, or less, where training has variance 1; what an activation states as its accuracy
 * holds up to 2.
 */
export interface NeuronLaw {
  readonly variance: number;
  readonly squaredMean: number;
}
