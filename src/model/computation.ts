import type { Tensor } from "../tensor/tensor.ts";
import type { Padding } from "./graph.ts";

/**
 * An operation that is run, and through which noise is not followed. Axes count from 0, the samples; no operation mixes
 * samples. Its output has the shape of its node.
 *
 * softmax         of an axis; its logarithm where `isLogarithm`
 * layer-norm      over the last `axes` axes; (x − mean)/√(variance + ε)·gain + bias
 * group-norm      over the positions and the channels of a group
 * matrix-product  of the last two axes of two values, for each index of those before
 * attention       softmax(Q·Kᵀ·scale)·V over the last two axes; scale 1/√(last axis of Q) where it is null
 * permute         axis i of the output is axis `axes[i]` of the input
 * rearrange       the same numbers in the order of the input, in other axes
 * slice           from `start`, in steps, along an axis
 * join            of values, one after the other along an axis
 * mean            over axes
 * upsample        positions of the nearest, for each axis of positions
 * pad             a constant around it, for each axis but the samples
 * quotient        of two values; a length of 1 stands for any
 */
export type Computation =
  | { readonly name: "softmax"; readonly axis: number; readonly isLogarithm: boolean }
  | { readonly name: "layer-norm"; readonly axes: number; readonly affine: Affine }
  | { readonly name: "group-norm"; readonly groups: number; readonly affine: Affine }
  | { readonly name: "matrix-product" }
  | { readonly name: "attention"; readonly scale: number | null; readonly isCausal: boolean }
  | { readonly name: "permute"; readonly axes: readonly number[] }
  | { readonly name: "rearrange" }
  | { readonly name: "slice"; readonly axis: number; readonly start: number; readonly step: number }
  | { readonly name: "join"; readonly axis: number }
  | { readonly name: "mean"; readonly axes: readonly number[] }
  | { readonly name: "upsample" }
  | { readonly name: "pad"; readonly padding: readonly Padding[]; readonly value: number }
  | { readonly name: "quotient" };

/** What a norm of samples applies to what it has normalized. */
export interface Affine {
  readonly gain: Tensor | null;
  readonly bias: Tensor | null;
  readonly epsilon: number;
}
