import type { BatchNormOfModel } from "./graph.ts";

/** Running statistics that a norm is to have, channel by channel. */
export interface NewStatistics {
  readonly norm: BatchNormOfModel;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}
