import type { BatchNormOfModel, ModelGraph, ModelLayer, ModelNode, PoolOfModel } from "../../src/model/graph.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

/** A layer of a graph that is written down in a test; without `from` it reads the layer before it. */
export interface Written {
  readonly layer: ModelLayer;
  readonly from?: readonly number[];
  readonly shape: readonly (number | null)[];
}

export function graphOf(...layers: readonly Written[]): ModelGraph {
  const nodes = layers.map(({ layer, from, shape }, at): ModelNode => {
    const before = layer.kind === "input" ? [] : [at - 1];
    return { layer, from: from ?? before, shape, module: `m${at}`, source: at % 2 === 0 ? `net.py:${at}` : null };
  });
  return { format: "pt2", writer: "torch 2.15.0", mode: "evaluation", nodes, outputs: [nodes.length - 1] };
}

export function tensor(shape: readonly number[], values: readonly number[]): Tensor {
  return { name: "w", shape, order: "C", values: () => Float64Array.from(values) };
}

interface NormOf extends Partial<Pick<BatchNormOfModel, "name" | "epsilon">> {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  readonly gain?: readonly number[];
  readonly bias?: readonly number[];
}

export function norm({ mean, variance, gain, bias, name = "bn", epsilon = 0 }: NormOf): BatchNormOfModel {
  return {
    kind: "batch-norm",
    name,
    arrays: { mean: `${name}.running_mean`, variance: `${name}.running_var` },
    gain: gain === undefined ? null : Float64Array.from(gain),
    bias: bias === undefined ? null : Float64Array.from(bias),
    mean: Float64Array.from(mean),
    variance: Float64Array.from(variance),
    epsilon,
  };
}

export const INPUT = { kind: "input", channels: "first" } as const;
export const FLATTEN = { kind: "flatten", fastest: "positions" } as const;
export const RELU = { kind: "activation", activation: { name: "relu", parameters: [] } } as const;
export const GELU = { kind: "activation", activation: { name: "gelu", parameters: [] } } as const;

export function dropout(drop: number, shares: "unit" | "channel" | "sample" = "unit") {
  const draws = { base: { law: "mask", keep: 1 - drop }, offset: 0, factor: 1 / (1 - drop) } as const;
  return { kind: "noise", noise: "dropout", shares, drop, variance: drop / (1 - drop), draws } as const;
}

export function opaque(operation: string) {
  return { kind: "opaque", operation, computes: null } as const;
}

/** Windows side by side. */
export function tiles(pool: "max" | "average", ...size: readonly number[]): PoolOfModel {
  const window = {
    ...{ size, stride: size, padding: evenly(...size.map(() => 0)), dilation: size.map(() => 1) },
    ...({ kind: "sliding", roundsUp: false, divisor: "padded" } as const),
  };
  return { kind: "pool", pool, window };
}

/** As many zeros before as after, along each axis. */
export function evenly(...lengths: readonly number[]) {
  return lengths.map((length) => ({ before: length, after: length }));
}
