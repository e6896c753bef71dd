import { GROUP, PANEL_SLOTS, STAGE_FLOATS, TILE_SAMPLES } from "../../kernel/kernel.ts";
import type { ConvolutionLayer } from "../../network/network.ts";
import { clearPadding, columnsIn } from "../maps.ts";
import { packInto, panelLength, roomForRows } from "../packed-weights.ts";
import { outputRows } from "../tile-product.ts";
import type { NoiseOnWeights } from "./noise.ts";
import { patchesOf } from "./patches.ts";
import type { ProductSetting } from "./products.ts";
import type { Step } from "./step.ts";

/**
 * A convolution whose weights are masked: a mask for each neuron, tap and sample, which all positions of the sample share. So each sample
 * has weights of its own; in single precision.
 */
export function maskedConvolution(
  { kernel, weights, inputs, outputs }: ProductSetting,
  layer: ConvolutionLayer,
  { masks, start }: NoiseOnWeights,
): Step {
  const { width, groups } = layer;
  const neurons = layer.neurons / groups;
  const values = weights.values.slice();
  const channels = inputs.shape.channels / groups;
  const patches = patchesOf(kernel, { inputs, outputs, layer, rowsOfPanel: PANEL_SLOTS });
  const panel = kernel.floats(PANEL_SLOTS * TILE_SAMPLES);
  const outputRoom = kernel.floats(outputRows(neurons) * TILE_SAMPLES);
  const length = panelLength(neurons);
  const masked = { values: new Float32Array(neurons * width), width, neurons };
  const packed = roomForRows(kernel, masked);
  const words = kernel.words(STAGE_FLOATS);

  /** Draws the masks of a group for the next sample, and packs what they leave of its weights. */
  function maskWeights(group: number): void {
    const { threshold } = masks;
    const kept = Math.fround(masks.kept);
    const dropped = Math.fround(masks.dropped);
    for (let neuron = 0; neuron < neurons; neuron++) {
      const row = (group * neurons + neuron) * width;
      for (let first = 0; first < width; first += STAGE_FLOATS) {
        const count = Math.min(STAGE_FLOATS, width - first);
        masks.draw(words.subarray(0, Math.ceil(count / GROUP) * GROUP), group * neurons + neuron);
        for (let at = 0, to = neuron * width + first; at < count; at++, to++) {
          const weight = values[row + first + at];
          masked.values[to] = weight + Math.fround((words[at] < threshold ? kept : dropped) * weight);
        }
      }
    }
    packInto(packed, masked);
  }

  return (batch, pass) => {
    start(batch, pass);
    for (let sample = 0; sample < outputs.batchSize; sample++) {
      for (let group = 0; group < groups; group++) {
        maskWeights(group);
        for (let position = 0; position < outputs.positions; position += TILE_SAMPLES) {
          const first = sample * outputs.positions + position;
          const count = Math.min(TILE_SAMPLES, outputs.positions - position);
          const stride = Math.ceil(count / GROUP) * GROUP;
          const y = outputRoom.subarray(0, outputRows(neurons) * stride).fill(0);
          patches.start({ first, count, stride });
          for (let row = 0; row < width; row += PANEL_SLOTS) {
            const slots = Math.min(PANEL_SLOTS, width - row);
            patches.fill({ kind: "rows", rows: panel }, { firstChannel: group * channels, first: row, rows: slots });
            const part = packed.subarray((row / PANEL_SLOTS) * length);
            kernel.multiplyRows({ weights: part, panel, slots, y, stride });
          }
          for (const { tile, column, position: from, length: columns } of columnsIn(outputs.tiles, first, count)) {
            for (let neuron = 0; neuron < neurons; neuron++) {
              const values = y.subarray(neuron * stride + from, neuron * stride + from + columns);
              tile.x.set(values, (group * neurons + neuron) * tile.stride + column);
            }
          }
        }
      }
    }
    clearPadding(outputs.tiles);
  };
}
