import { type Kernel, STAGE_FLOATS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { Probe } from "./probe.ts";
import type { Weights } from "./weights.ts";

/** Floats of a panel: 32 KiB of the input stay in the first-level cache while all neurons read them. */
export const PANEL_FLOATS = 8 * STAGE_FLOATS;

/**
 * A linear layer between noise and Batch Normalization: y = W·x for the clean and the noisy input. Memory holds the outputs
 * of one tile, and never its whole input. Two multiply-adds a weight and sample.
 */
export function createLinearProbe(kernel: Kernel, weights: Weights): Probe {
  const clean = createProduct(kernel, weights);
  const noisy = createProduct(kernel, weights);
  return {
    channels: weights.neurons,
    startTile(stride) {
      clean.start(stride);
      noisy.start(stride);
    },
    take({ stage: { first }, clean: x, noisy: u }) {
      clean.add(x, first);
      noisy.add(u, first);
    },
    endTile({ samples, stride }, { train, test }) {
      kernel.addMoments({ x: clean.finish(), stride, samples, sums: test, first: 0 });
      kernel.addMoments({ x: noisy.finish(), stride, samples, sums: train, first: 0 });
    },
  };
}

/** W·x of one tile, from stages of x in the order of their channels. Stages are gathered to a panel before they count. */
function createProduct(kernel: Kernel, { values, width, neurons }: Weights) {
  const outputs = kernel.floats(neurons * TILE_SAMPLES);
  const panel = kernel.floats(PANEL_FLOATS);
  let y = outputs;
  let stride = TILE_SAMPLES;
  let gathered = 0;
  let firstOfPanel = 0;

  function multiplyPanel(): void {
    if (gathered === 0) return;
    kernel.multiplyAdd({ weights: values, width, first: firstOfPanel, x: panel.subarray(0, gathered), y, stride });
    gathered = 0;
  }

  return {
    start(tileStride: number): void {
      stride = tileStride;
      y = outputs.subarray(0, neurons * stride).fill(0);
    },
    add(x: Float32Array, first: number): void {
      if (gathered + x.length > PANEL_FLOATS) multiplyPanel();
      if (gathered === 0) firstOfPanel = first;
      panel.set(x, gathered);
      gathered += x.length;
    },
    finish(): Float32Array {
      multiplyPanel();
      return y;
    },
  };
}
