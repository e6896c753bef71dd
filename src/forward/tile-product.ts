import { type Kernel, PAIR_ROWS, PANEL_SLOTS, STAGE_FLOATS, TILE_NEURONS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { WeightNoise } from "../noises/noise-kind.ts";
import { BOUND, roundToSteps } from "./fixed-point.ts";
import { packedPairs, panelLength } from "./packed-weights.ts";
import type { Weights } from "./weights.ts";

/** A matrix product of whole tiles. */
export interface TileProduct {
  /** y ← W·x, of one tile; y has rows for a multiple of `TILE_NEURONS` neurons. Returns what 1 in y stands for. */
  multiply(tile: { readonly x: Float32Array; readonly y: Float32Array; readonly stride: number }): number;
}

/** Rows of outputs, for each sample of a tile's stride. */
export function outputRows(neurons: number): number {
  return Math.ceil(neurons / TILE_NEURONS) * TILE_NEURONS;
}

/** What the products of all layers share, since they are taken one after another. */
export interface ProductRoom {
  readonly panel: Uint32Array;
}

export function productRoom(kernel: Pick<Kernel, "words">): ProductRoom {
  return { panel: kernel.words(PANEL_SLOTS * TILE_SAMPLES) };
}

/**
 * Products in integers of 16 bits, exactly. Weights are multiples of a step; the input is rounded to multiples of the largest
 * magnitude in its tile over 32,767, which adds less than 10⁻⁸ of that magnitude's square to a neuron's variance.
 */
export function createTileProduct(kernel: Kernel, weights: Weights, { panel }: ProductRoom): TileProduct {
  const { width, neurons, values, step = FINEST_STEP } = weights;
  if (weights.step === undefined) roundToSteps(values, step);
  const packed = packedPairs(kernel, { neurons, width, values }, step);
  return {
    multiply({ x, y, stride }) {
      const most = kernel.largestMagnitude({ x });
      const scale = most > 0 ? Math.fround(BOUND / most) : 1;
      y.fill(0);
      for (let first = 0; first < width; first += PAIR_ROWS) {
        const rows = Math.min(PAIR_ROWS, width - first);
        const part = x.subarray(first * stride, (first + rows) * stride);
        kernel.packPairs({ x: part, stride, first: 0, scale, bound: BOUND, panel });
        kernel.multiplyPairs({
          weights: packed.subarray((first / PAIR_ROWS) * panelLength(neurons)),
          panel,
          slots: Math.ceil(rows / 2),
          y,
          stride,
        });
      }
      return step / scale;
    },
  };
}

/** Where all weights of a small layer happen to be nearly equal, any fine step will do. */
const FINEST_STEP = 2 ** -12;

/**
 * y ← Σᵢ wⱼᵢ(xᵢ + r·xᵢ) with draws r of each weight's own, a neuron after another; in single precision. The weights lie in the
 * kernel's memory.
 */
export function createNoisyTileProduct(
  kernel: Kernel,
  { neurons, width, values }: Weights,
  noise: WeightNoise,
): TileProduct {
  const { draw, threshold, kept, dropped } = noise;
  const room = kernel.words(STAGE_FLOATS);
  const rows = Array.from({ length: neurons }, (_, neuron) => values.subarray(neuron * width, (neuron + 1) * width));
  return {
    multiply({ x, y, stride }) {
      y.fill(0);
      const height = Math.floor(STAGE_FLOATS / stride);
      for (let first = 0; first < width; first += height) {
        const part = x.subarray(first * stride, Math.min(width, first + height) * stride);
        const words = room.subarray(0, part.length);
        for (const [neuron, weights] of rows.entries()) {
          draw(words, neuron);
          const outputs = y.subarray(neuron * stride, (neuron + 1) * stride);
          const masked = { x: part, stride, words, threshold, kept, dropped, centre: 0 };
          kernel.addMaskedProducts({ ...masked, weights, first, y: outputs });
        }
      }
      return 1;
    },
  };
}
