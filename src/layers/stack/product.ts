import { type Kernel, PAIR_ROWS, PANEL_SLOTS, TILE_NEURONS, TILE_SAMPLES } from "../../kernel/kernel.ts";
import type { WordPair } from "../../random/threefry.ts";
import type { StackScenario } from "../../scenario/stack/stack.ts";
import { createStandardDraw } from "../draw-weights.ts";
import { BOUND, roundToSteps, stepOf } from "../fixed-point.ts";
import { packedPairs, panelLength } from "../packed-weights.ts";
import { weightSums } from "../weights.ts";

/** The linear layer of a block. */
export interface BlockLinear {
  /** y ← W·x, of one tile; y has rows for a multiple of `TILE_NEURONS` neurons. Returns what 1 in y stands for. */
  multiply(tile: { readonly x: Float32Array; readonly y: Float32Array; readonly stride: number }): number;
  /** Σw² of each neuron. */
  readonly squares: Float64Array;
}

/** Numbers of a row of outputs, for each sample of a tile's stride. */
export function outputRows(width: number): number {
  return Math.ceil(width / TILE_NEURONS) * TILE_NEURONS;
}

/**
 * The linear layers of a stack, their weights drawn one block after the other: normal, mean 0, variance 1/width.
 *
 * Products are taken in integers of 16 bits, exactly. Weights are drawn as multiples of a step; the input is rounded to
 * multiples of the largest magnitude in its tile over 32,767, which adds less than 10⁻⁸ of that magnitude's square to a
 * neuron's variance.
 */
export function createBlockLinears(kernel: Kernel, { width, depth }: StackScenario, key: WordPair): BlockLinear[] {
  const draw = createStandardDraw(kernel, "normal", key);
  const values = new Float32Array(width * width);
  const panel = kernel.words(PANEL_SLOTS * TILE_SAMPLES);
  return Array.from({ length: depth }, () => {
    draw(values);
    for (let at = 0; at < values.length; at++) values[at] /= Math.sqrt(width);
    const drawn = { neurons: width, width, values };
    const step = stepOf(drawn, weightSums(drawn)) ?? FINEST_STEP;
    roundToSteps(values, step);
    const packed = packedPairs(kernel, drawn, step);
    const squares = Float64Array.from(weightSums(drawn), ({ sumOfSquares }) => sumOfSquares);
    return {
      squares,
      multiply({ x, y, stride }) {
        const most = kernel.largestMagnitude({ x });
        const scale = most > 0 ? Math.fround(BOUND / most) : 1;
        y.fill(0);
        for (let first = 0; first < width; first += PAIR_ROWS) {
          const rows = Math.min(PAIR_ROWS, width - first);
          const part = x.subarray(first * stride, (first + rows) * stride);
          kernel.packPairs({ x: part, stride, first: 0, scale, bound: BOUND, panel });
          const weights = packed.subarray((first / PAIR_ROWS) * panelLength(width));
          kernel.multiplyPairs({ weights, panel, slots: Math.ceil(rows / 2), y, stride });
        }
        return step / scale;
      },
    };
  });
}

/** Where all weights of a small layer happen to be nearly equal, any fine step will do. */
const FINEST_STEP = 2 ** -12;
