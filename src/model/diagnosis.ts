import type { BatchNormOfModel, ModelNode } from "./graph.ts";

/** What the stored statistics and weights alone say of a Batch Normalization, without any input. */
export interface NormDiagnosis {
  readonly norm: BatchNormOfModel;
  /** The node that it is. */
  readonly node: ModelNode;
  /** The noise layers that reach it, in the order of the graph, each a node whose layer is noise; none for a control. */
  readonly noise: readonly ModelNode[];
  readonly prediction: Prediction;
}

/**
 * Δ = Var_test / Var_train of a norm, with Var_train the stored running variance: the mean over its channels, which is the variance of
 * what it normalises at test time. Channels whose running variance is 0 count as 1.
 *
 * exact       multiplicative noise straight before the norm, for any law of the data
 * transport   the covariance of what the noise adds, carried through the layers between
 * bound       an interval that holds for any data; `ratio` is null
 * needs-data  a reason why no input means no answer; everything else is null
 */
export interface Prediction {
  readonly method: "exact" | "transport" | "bound" | "needs-data";
  readonly ratio: number | null;
  /** An interval that holds for any law of the data; null where none is known. */
  readonly low: number | null;
  readonly high: number | null;
  /** Root mean square over channels of (mean at test time − running mean)/√(running variance + ε). */
  readonly meanShift: number | null;
  /** Var_test/Var_train and the shift of the mean (in its own units) of each channel. */
  readonly channels: { readonly ratio: Float64Array; readonly meanShift: Float64Array } | null;
  /** For people: "dropout before a max-pool (features.3, net.py:12)"; null unless the method is needs-data. */
  readonly reason: string | null;
}
