import { type Kernel, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { Probe } from "./probe.ts";
import type { Weights } from "./weights.ts";

/**
 * A linear layer between noise and Batch Normalization: y = W·x for the clean and the noisy input, added up channel by
 * channel as the stages come, so that memory holds the outputs of one tile and never its whole input.
 *
 * Two multiply-adds a weight and sample.
 */
export function createLinearProbe(kernel: Kernel, { values, width, neurons }: Weights): Probe {
  const cleanOutputs = kernel.floats(neurons * TILE_SAMPLES);
  const noisyOutputs = kernel.floats(neurons * TILE_SAMPLES);
  return {
    channels: neurons,
    startTile(stride) {
      cleanOutputs.fill(0, 0, neurons * stride);
      noisyOutputs.fill(0, 0, neurons * stride);
    },
    take({ stage: { first, stride }, clean, noisy }) {
      const length = neurons * stride;
      kernel.multiplyAdd({ weights: values, width, first, x: clean, y: cleanOutputs.subarray(0, length), stride });
      kernel.multiplyAdd({ weights: values, width, first, x: noisy, y: noisyOutputs.subarray(0, length), stride });
    },
    endTile({ samples, stride }, { train, test }) {
      const length = neurons * stride;
      kernel.addMoments({ x: cleanOutputs.subarray(0, length), stride, samples, sums: test, first: 0 });
      kernel.addMoments({ x: noisyOutputs.subarray(0, length), stride, samples, sums: train, first: 0 });
    },
  };
}
