import type { WrittenLayer } from "./graph.ts";
import type { BranchWord } from "./words.ts";

/** A network as it is written: layers in a row, with branches and repetitions. */
export type Tree = readonly Element[];

export type Element = LayerElement | BranchElement | RepeatElement;

export interface LayerElement {
  readonly kind: "layer";
  readonly layer: WrittenLayer;
  /** What the text calls it; null without a name. */
  readonly name: string | null;
  /** Character of the text where it begins, from 1. */
  readonly at: number;
}

/** x + f(x), or x and f(x) one after the other. */
export interface BranchElement {
  readonly kind: BranchWord;
  readonly branch: Tree;
  readonly at: number;
}

export interface RepeatElement {
  readonly kind: "repeat";
  readonly count: number;
  readonly branch: Tree;
  readonly at: number;
}
