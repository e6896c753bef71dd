import { type Kernel, PAIR_ROWS, PANEL_SLOTS, TILE_NEURONS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { FixedPoint } from "./fixed-point.ts";
import type { DrawnWeights, Weights } from "./weights.ts";

/** Weights laid out for products with panels of the input, and how such a panel is filled. */
export interface MatrixForm {
  /** Rows of the input that fill a panel. */
  readonly panelRows: number;
  createPanel(): Panel;
}

export interface Panel {
  /** Copies rows to where `row` rows are already. */
  pack(call: { readonly x: Float32Array; readonly stride: number; readonly row: number }): void;
  /** Adds to y the products of this panel's rows, the first of which is `panel·panelRows`. */
  multiply(call: {
    readonly panel: number;
    readonly rows: number;
    readonly y: Float32Array;
    readonly stride: number;
  }): void;
}

/** Single precision, a slot a row. */
export function rowForm(kernel: Kernel, { values, width, neurons }: Weights): MatrixForm {
  const packed = packedRows(kernel, { values, width, neurons });
  return {
    panelRows: PANEL_SLOTS,
    createPanel() {
      const floats = kernel.floats(PANEL_SLOTS * TILE_SAMPLES);
      return {
        pack: ({ x, stride, row }) => kernel.packRows({ x, stride, first: row, panel: floats }),
        multiply({ panel, rows, y, stride }) {
          const weights = packed.subarray(panel * panelLength(neurons));
          kernel.multiplyRows({ weights, panel: floats, slots: rows, y, stride });
        },
      };
    },
  };
}

/** Integers of 16 bits, a slot two rows; for the clean and for the noisy input, which differ in their scale. */
export function pairForm(
  kernel: Kernel,
  { values, width, neurons }: Weights,
  { step, scales, bound }: FixedPoint,
): readonly [MatrixForm, MatrixForm] {
  const packed = packedPairs(kernel, { values, width, neurons }, step);
  const form = (scale: number): MatrixForm => ({
    panelRows: PAIR_ROWS,
    createPanel() {
      const pairs = kernel.words(PANEL_SLOTS * TILE_SAMPLES);
      return {
        pack: ({ x, stride, row }) => kernel.packPairs({ x, stride, first: row / 2, scale, bound, panel: pairs }),
        multiply({ panel, rows, y, stride }) {
          const weights = packed.subarray(panel * panelLength(neurons));
          kernel.multiplyPairs({ weights, panel: pairs, slots: Math.ceil(rows / 2), y, stride });
        },
      };
    },
  });
  return [form(scales.test), form(scales.train)];
}

/** Weights in single precision, panel by panel of `PANEL_SLOTS` rows of the input. */
export function packedRows(kernel: Pick<Kernel, "floats">, weights: DrawnWeights): Float32Array {
  return packInto(roomForRows(kernel, weights), weights);
}

/** Room for weights in single precision. */
export function roomForRows(
  kernel: Pick<Kernel, "floats">,
  { width, neurons }: Pick<DrawnWeights, "width" | "neurons">,
): Float32Array {
  return kernel.floats(packedLength({ slots: width, neurons }));
}

export function packInto(packed: Float32Array, { values, width, neurons }: DrawnWeights): Float32Array {
  const length = panelLength(neurons);
  for (let neuron = 0; neuron < neurons; neuron++) {
    const start = neuron * width;
    for (let first = 0, panel = slotOf(neuron); first < width; first += PANEL_SLOTS, panel += length) {
      const end = Math.min(width, first + PANEL_SLOTS);
      for (let channel = first, at = panel; channel < end; channel++, at += TILE_NEURONS) {
        packed[at] = values[start + channel];
      }
    }
  }
  return packed;
}

/** Weights that are multiples of a step as pairs of integers, panel by panel of `PAIR_ROWS` rows of the input. */
export function packedPairs(kernel: Pick<Kernel, "words">, { values, width, neurons }: DrawnWeights, step: number) {
  const packed = kernel.words(packedLength({ slots: Math.ceil(width / 2), neurons }));
  const length = panelLength(neurons);
  for (let neuron = 0; neuron < neurons; neuron++) {
    const start = neuron * width;
    for (let first = 0, panel = slotOf(neuron); first < width; first += PAIR_ROWS, panel += length) {
      const end = Math.min(width, first + PAIR_ROWS);
      for (let channel = first, at = panel; channel < end; channel += 2, at += TILE_NEURONS) {
        const low = Math.round(values[start + channel] / step);
        const high = channel + 1 < width ? Math.round(values[start + channel + 1] / step) : 0;
        packed[at] = (low & 0xffff) | (high << 16);
      }
    }
  }
  return packed;
}

/** Where the first slot of a neuron is in a panel: its own of the four neurons that stand together. */
function slotOf(neuron: number): number {
  return Math.floor(neuron / TILE_NEURONS) * TILE_NEURONS * PANEL_SLOTS + (neuron % TILE_NEURONS);
}

/** Numbers of the packed weights of one panel. */
export function panelLength(neurons: number): number {
  return Math.ceil(neurons / TILE_NEURONS) * TILE_NEURONS * PANEL_SLOTS;
}

/** Slots of a whole input, and neurons. */
interface PackedSize {
  readonly slots: number;
  readonly neurons: number;
}

/** Numbers of all packed weights. */
function packedLength({ slots, neurons }: PackedSize): number {
  return Math.ceil(slots / PANEL_SLOTS) * panelLength(neurons);
}
