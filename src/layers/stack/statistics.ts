/**
 * Means and unbiased variances at each position of a stack, channel by channel: of channel j at position l at
 * [l·width + j]. Positions are the input of each block's norm, in order, and the stack's output.
 */
export interface PlaceStatistics {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

export function createStatistics(length: number): PlaceStatistics {
  return { mean: new Float64Array(length), variance: new Float64Array(length) };
}

/** total ← total + statistics. */
export function addStatistics(total: PlaceStatistics, statistics: PlaceStatistics): void {
  addTo(total.mean, statistics.mean);
  addTo(total.variance, statistics.variance);
}

function addTo(total: Float64Array, values: Float64Array): void {
  for (let at = 0; at < total.length; at++) total[at] += values[at];
}

/** The averages of sums over so many mini-batches: the running statistics of a layer that weighs all batches alike. */
export function averaged({ mean, variance }: PlaceStatistics, batches: number): PlaceStatistics {
  return { mean: mean.map((sum) => sum / batches), variance: variance.map((sum) => sum / batches) };
}
