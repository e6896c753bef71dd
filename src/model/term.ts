import type { ModelLayer, ModelNode } from "./graph.ts";

/** Samples, channels, then positions, as in the graph. */
export type Shape = ModelNode["shape"];

/** The output of a node. Where the file leaves open how many axes it has, its shape is without any. */
export interface Live {
  readonly kind: "live";
  readonly node: number;
  readonly shape: Shape;
}

/** A further output of an operation on these nodes, such as the indices of a maximum. */
export interface Rest {
  readonly kind: "rest";
  readonly operation: string;
  readonly of: readonly number[];
  readonly shape: Shape;
}

/** What an operation gives: a value that is there, which each format has its own kinds of, or a layer to be made. */
export type TermOf<Value> = Value | MadeOf<Value>;

export interface MadeOf<Value> {
  readonly kind: "made";
  readonly layer: ModelLayer;
  readonly from: readonly TermOf<Value>[];
  readonly shape: Shape;
}

/** An operation is used in a way that none of the graph's layers has: it is opaque. */
export class Unlike extends Error {}

export function isSame(one: Shape, other: Shape): boolean {
  return one.length === other.length && one.every((length, axis) => length === other[axis]);
}
