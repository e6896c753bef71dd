import { type NetworkGraph, positionsOf, tapsOf } from "./graph.ts";

/** What running a network takes, for one sample. */
export interface WorkOfGraph {
  /** Multiplications and additions of its products, and as many steps for its other layers. */
  readonly steps: number;
  /** Numbers of the largest map. */
  readonly largest: number;
  /** Weights of all its layers. */
  readonly weights: number;
}

/** Steps for each number that a layer without a product makes, in multiply-adds of a product. */
const STEPS_OF_A_NUMBER = 16;

export function workOfGraph({ nodes }: NetworkGraph): WorkOfGraph {
  let steps = 0;
  let largest = 0;
  let weights = 0;
  for (const { layer, from, shape } of nodes) {
    const before = nodes[from[0] ?? 0]?.shape ?? shape;
    const inputs = layer.kind === "linear" ? before.channels : layer.kind === "conv" ? tapsOf(layer, before) : 0;
    const numbers = shape.channels * positionsOf(shape);
    steps += numbers * (inputs + STEPS_OF_A_NUMBER);
    largest = Math.max(largest, numbers);
    weights += inputs * shape.channels;
  }
  return { steps, largest, weights };
}
