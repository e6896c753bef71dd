import type { Position } from "../network/network.ts";

/**
 * Means and unbiased variances at each position of a network, channel by channel, the channels of all positions one after another.
 */
export interface PositionStatistics {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** Where the channels of each position begin among those of all, and how many there are. */
export function channelStarts(positions: readonly Pick<Position, "channels">[]): {
  readonly starts: readonly number[];
  readonly total: number;
} {
  let total = 0;
  const starts = positions.map(({ channels }) => {
    const start = total;
    total += channels;
    return start;
  });
  return { starts, total };
}

export function createStatistics(length: number): PositionStatistics {
  return { mean: new Float64Array(length), variance: new Float64Array(length) };
}

/** total ← total + statistics. */
export function addStatistics(total: PositionStatistics, statistics: PositionStatistics): void {
  addTo(total.mean, statistics.mean);
  addTo(total.variance, statistics.variance);
}

function addTo(total: Float64Array, values: Float64Array): void {
  for (let at = 0; at < total.length; at++) total[at] += values[at];
}

/** The averages of sums over so many mini-batches: the running statistics of a layer that weighs all batches alike. */
export function averaged({ mean, variance }: PositionStatistics, batches: number): PositionStatistics {
  return { mean: mean.map((sum) => sum / batches), variance: variance.map((sum) => sum / batches) };
}
