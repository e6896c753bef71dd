import type { Moments } from "../numeric/moments.ts";
import type { MeanFieldFunction } from "./activation-kind.ts";
import type { NormalNode } from "./normal-nodes.ts";

/** Mean and variance of f(μ + s·g) over g. */
export type AtOneNeuron = (mean: number, deviation: number) => Moments;

/** E d(g) and E d(g)². */
export function sums(nodes: readonly NormalNode[], d: (g: number) => number): { first: number; second: number } {
  let first = 0;
  let second = 0;
  for (const { at, weight } of nodes) {
    const value = d(at);
    first += weight * value;
    second += weight * value * value;
  }
  return { first, second };
}

/** The mean over μ of what happens at one neuron: 87 of them, at one only where all have the same mean. */
export function averaged(nodes: readonly NormalNode[], atOneNeuron: AtOneNeuron): MeanFieldFunction["spread"] {
  return (law, target) => {
    const deviation = Math.sqrt(law.variance);
    const width = Math.sqrt(law.squaredMean);
    const neurons = width === 0 ? [{ at: 0, weight: 1 }] : nodes;
    let variance = 0;
    let squaredMean = 0;
    for (const { at, weight } of neurons) {
      const here = atOneNeuron(width * at, deviation);
      variance += weight * here.variance;
      squaredMean += weight * (here.mean - target) * (here.mean - target);
    }
    return { variance, squaredMean };
  };
}
