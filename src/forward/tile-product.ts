import { type Kernel, PAIR_ROWS, PANEL_SLOTS, STAGE_FLOATS, TILE_NEURONS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { WeightsOfLayer } from "../network/network.ts";
import type { WeightNoise } from "../noises/noise-kind.ts";
import { BOUND, roundToSteps } from "./fixed-point.ts";
import { packedPairs, packedRows, panelLength } from "./packed-weights.ts";
import type { DrawnWeights, Weights } from "./weights.ts";

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

/** A panel that rows of an input are put into: unchanged, or rounded to integers, two a slot. */
export type Panel =
  | { readonly kind: "rows"; readonly rows: Float32Array }
  | { readonly kind: "pairs"; readonly pairs: Uint32Array; readonly scale: number };

/** A matrix product of the rows of the input that a panel takes at a time. */
export interface RowProduct {
  /** Rows at a time, at most. */
  readonly rows: number;
  /** The panel, for an input of a largest magnitude. */
  panelFor(largest: number): Panel;
  /** y ← y + W·(scale·x)/step for so many rows of the input from `first` on, which are in the panel. */
  add(part: { readonly first: number; readonly rows: number; readonly y: Float32Array; readonly stride: number }): void;
  /** What 1 in y stands for, of such a panel. */
  unitOf(panel: Panel): number;
}

/** In integers of 16 bits where weights are multiples of a step, else in single precision. */
export function createRowProduct(kernel: Kernel, weights: Weights, room: ProductRoom): RowProduct {
  const { step } = weights;
  return step === undefined ? singleProduct(kernel, weights, room) : pairProduct(kernel, { ...weights, step }, room);
}

/** Rows that a panel takes of the input of such weights. */
export function rowsOfPanel({ step }: Pick<Weights, "step">): number {
  return step === undefined ? PANEL_SLOTS : PAIR_ROWS;
}

function pairProduct(
  kernel: Kernel,
  { step, ...weights }: DrawnWeights & { readonly step: number },
  { panel }: ProductRoom,
): RowProduct {
  const packed = packedPairs(kernel, weights, step);
  const length = panelLength(weights.neurons);
  return {
    rows: PAIR_ROWS,
    // Of values that are not finite the scale is not a number above 0, and so neither are the outputs numbers.
    panelFor: (largest) => ({
      kind: "pairs",
      pairs: panel,
      scale: largest === 0 ? 1 : Math.fround(BOUND / largest),
    }),
    add({ first, rows, y, stride }) {
      const part = packed.subarray((first / PAIR_ROWS) * length);
      kernel.multiplyPairs({ weights: part, panel, slots: Math.ceil(rows / 2), y, stride });
    },
    unitOf: (panel) => (panel.kind === "pairs" ? step / panel.scale : 1),
  };
}

function singleProduct(kernel: Kernel, weights: DrawnWeights, room: ProductRoom): RowProduct {
  const packed = packedRows(kernel, weights);
  const length = panelLength(weights.neurons);
  const panel = new Float32Array(room.panel.buffer, room.panel.byteOffset, room.panel.length);
  return {
    rows: PANEL_SLOTS,
    panelFor: () => ({ kind: "rows", rows: panel }),
    add({ first, rows, y, stride }) {
      const part = packed.subarray((first / PANEL_SLOTS) * length);
      kernel.multiplyRows({ weights: part, panel, slots: rows, y, stride });
    },
    unitOf: () => 1,
  };
}

/** Copies rows of a tile into a panel. */
export function pack(
  kernel: Kernel,
  panel: Panel,
  { x, stride }: { readonly x: Float32Array; readonly stride: number },
): void {
  if (panel.kind === "rows") kernel.packRows({ x, stride, first: 0, panel: panel.rows });
  else kernel.packPairs({ x, stride, first: 0, scale: panel.scale, bound: BOUND, panel: panel.pairs });
}

/**
 * Products of whole tiles. In integers they are exact: weights are multiples of a step; the input is rounded to multiples of the
 * largest magnitude in its tile over 32,767, which adds less than 10⁻⁸ of that magnitude's square to a neuron's variance.
 */
export function createTileProduct(kernel: Kernel, weights: Weights, room: ProductRoom): TileProduct {
  const { rows, panelFor, add, unitOf } = createRowProduct(kernel, weights, room);
  const { width } = weights;
  return {
    multiply({ x, y, stride }) {
      const panel = panelFor(kernel.largestMagnitude({ x }));
      y.fill(0);
      for (let first = 0; first < width; first += rows) {
        const count = Math.min(rows, width - first);
        pack(kernel, panel, { x: x.subarray(first * stride, (first + count) * stride), stride });
        add({ first, rows: count, y, stride });
      }
      return unitOf(panel);
    },
  };
}

/**
 * Weights of mean 0 rounded to steps, so that their products are taken in integers. Those that `drawWeights` leaves unrounded are few
 * and happen to be nearly equal; few weights are not small, and any fine step will do.
 */
export function inSteps({ weightMean, alignment }: WeightsOfLayer, weights: Weights): Weights {
  if (weights.step !== undefined || weightMean !== 0 || alignment !== null) return weights;
  roundToSteps(weights.values, FINEST_STEP);
  return { ...weights, step: FINEST_STEP };
}

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
