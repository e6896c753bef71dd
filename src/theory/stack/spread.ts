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

/** An activation, as far as a stack of wide layers can tell. */
export interface StackFunction {
  /** c = E f(g). */
  readonly mean: number;
  /** e = E f(g)². */
  readonly secondMoment: number;
  spread(law: NeuronLaw): Spread;
}
