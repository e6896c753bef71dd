import type { BatchNormOfModel } from "../model/graph.ts";
import type { Loaded } from "./loaded.ts";
import { addReceived, type ChannelSums, emptySums, momentsOf, pairedRatios } from "./moments.ts";
import type { Network, Statistics } from "./network.ts";

interface Repair {
  /** All inputs, one after another. */
  readonly x: Float32Array;
  readonly inputs: number;
  /** What each norm receives of these inputs with noise, by the stored statistics. */
  readonly on: readonly ChannelSums[];
  /** Norms that keep their statistics. */
  readonly isKept: (norm: number) => boolean;
}

/**
 * New running statistics by the same inputs with noise and without, one norm after the other in the order of the network:
 *
 *   V′ = V·Var_off/Var_on     M′ = M + mean_off − mean_on
 *
 * Without noise each norm receives what the repaired ones before it make. The ratio is that of `pairedRatios`. Statistics are rounded to
 * single precision, as files have them. Memory: all inputs at a time. The network has the new statistics afterwards.
 */
export function repaired(network: Network, { x, inputs, on: received, isKept }: Repair): readonly Statistics[] {
  network.run({
    ...{ x, inputs, firstInput: 0, masks: null },
    atNorm(now) {
      const { norm } = now;
      if (isKept(norm)) return;
      const { mean, variance } = network.norms[norm] as Loaded<BatchNormOfModel>;
      const off = emptySums(mean.length);
      addReceived(off, now, mean);
      const on = received[norm] as ChannelSums;
      const ratios = pairedRatios({ on, off }, { running: variance, inputs });
      const [before, after] = [momentsOf(on).mean, momentsOf(off).mean];
      network.statistics[norm] = {
        variance: variance.map((value, channel) => Math.fround(value * (ratios[channel] as number))),
        mean: mean.map((value, channel) =>
          Math.fround(value + (after[channel] as number) - (before[channel] as number)),
        ),
      };
    },
  });
  return network.statistics;
}
