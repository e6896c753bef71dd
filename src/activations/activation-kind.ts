import type { Kernel } from "../kernel/kernel.ts";

/**
 * A function f between the norm and the noise of a block. Everything that depends on the activation asks for one of these and
 * never for a name.
 */
export interface ActivationProperties {
  readonly kind: string;
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
  spread(law: NeuronLaw): Spread;
}

/**
 * What an activation f makes of a neuron's normal inputs, averaged over neurons.
 *
 * The neuron's inputs are μ + s·g: g ~ N(0, 1) over data, μ ~ N(0, q) over neurons.
 */
export interface Spread {
  /** E_μ Var_g f(μ + s·g). */
  readonly variance: number;
  /** E_μ (E_g f(μ + s·g) − c)², c = E f(g): how far the neurons' means are from where training has them. */
  readonly squaredMean: number;
}

/** s² and q, each at least 0, with s² + q at most about 1 (as where training has variance 1). */
export interface NeuronLaw {
  readonly variance: number;
  readonly squaredMean: number;
}
