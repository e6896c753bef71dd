import { type Kernel, PANEL_SLOTS, TILE_SAMPLES } from "../../kernel/kernel.ts";
import type { ConvolutionLayer, LinearLayer, Node } from "../../network/network.ts";
import { propertiesOf } from "../../noises/noises.ts";
import type { Shape } from "../../notation/graph.ts";
import { clearPadding, type Maps } from "../maps.ts";
import { isNoisy } from "../pass.ts";
import {
  createNoisyTileProduct,
  createRowProduct,
  createTileProduct,
  outputRows,
  type ProductRoom,
  type RowProduct,
  rowsOfPanel,
  type TileProduct,
} from "../tile-product.ts";
import type { Tile } from "../tiles.ts";
import type { Weights } from "../weights.ts";
import { maskedConvolution } from "./masked-convolution.ts";
import type { NoiseOnWeights } from "./noise.ts";
import { patchBytes, patchesOf } from "./patches.ts";
import type { Step } from "./step.ts";

/** A layer with weights in its network. */
export interface ProductSetting {
  readonly kernel: Kernel;
  readonly weights: Weights;
  readonly inputs: Maps;
  readonly outputs: Maps;
  readonly room: ProductRoom;
  readonly onWeights: NoiseOnWeights | undefined;
  /** Where what 1 in each tile of the output stands for goes, if the layer behind scales it; else it is scaled here. */
  readonly units: number[] | undefined;
}

/** y = W·x, tile by tile. */
export function linearStep({ kernel, weights, inputs, outputs, room, onWeights, units }: ProductSetting): Step {
  const clean = createTileProduct(kernel, weights, room);
  const noisy = onWeights && createNoisyTileProduct(kernel, weights, onWeights.masks);
  return (batch, pass) => {
    const isMasked = noisy !== undefined && isNoisy(pass);
    if (isMasked) onWeights?.start(batch, pass);
    const product: TileProduct = isMasked ? noisy : clean;
    for (const [at, { x, stride }] of inputs.tiles.entries()) {
      const { all } = outputs.tiles[at] as Tile;
      const unit = product.multiply({ x, y: all, stride });
      if (units !== undefined) units[at] = unit;
      else if (unit !== 1) kernel.scale({ x: all, scale: unit });
    }
  };
}

/** A convolution: a product of its weights with the patches of a tile's columns, some rows of them at a time. */
export function convolutionStep(setting: ProductSetting, layer: ConvolutionLayer): Step {
  const { onWeights, units } = setting;
  const clean = cleanConvolution(setting, layer);
  const noisy = onWeights && maskedConvolution(setting, layer, onWeights);
  return (batch, pass) => {
    if (noisy === undefined || !isNoisy(pass)) clean(batch, pass);
    else {
      noisy(batch, pass);
      units?.fill(1);
    }
  };
}

function cleanConvolution(
  { kernel, weights, inputs, outputs, room, units }: ProductSetting,
  layer: ConvolutionLayer,
): Step {
  const { width, groups } = layer;
  const neurons = layer.neurons / groups;
  const products = Array.from({ length: groups }, (_, group) => {
    const values = weights.values.subarray(group * neurons * width, (group + 1) * neurons * width);
    return createRowProduct(kernel, { ...weights, neurons, values }, room);
  });
  const channels = inputs.shape.channels / groups;
  const patches = patchesOf(kernel, { inputs, outputs, layer, rowsOfPanel: rowsOfPanel(weights) });
  // Of a group, whose rows a product rounds up.
  const apart = groups === 1 ? undefined : kernel.floats(outputRows(neurons) * TILE_SAMPLES);
  const [{ panelFor, unitOf, rows }] = products as [RowProduct];
  return () => {
    let largest = 0;
    for (const { x } of inputs.tiles) largest = Math.max(largest, kernel.largestMagnitude({ x }));
    const panel = panelFor(largest);
    const unit = unitOf(panel);
    for (const [at, { all, samples, stride }] of outputs.tiles.entries()) {
      patches.start({ first: at * TILE_SAMPLES, count: samples, stride });
      const y = apart === undefined ? all : apart.subarray(0, outputRows(neurons) * stride);
      const own = apart === undefined ? all : y.subarray(0, neurons * stride);
      for (let group = 0; group < groups; group++) {
        const product = products[group] as RowProduct;
        y.fill(0);
        for (let first = 0; first < width; first += rows) {
          const count = Math.min(rows, width - first);
          patches.fill(panel, { firstChannel: group * channels, first, rows: count });
          product.add({ first, rows: count, y, stride });
        }
        if (y !== all) all.set(own, group * neurons * stride);
      }
      if (units !== undefined) units[at] = unit;
      else if (unit !== 1) kernel.scale({ x: all, scale: unit });
    }
    clearPadding(outputs.tiles);
  };
}

/** Whether a node is noise on the weights of the layer that reads it. */
function isMaskedBy(source: Node | undefined): boolean {
  return source?.layer.kind === "noise" && propertiesOf(source.layer.noise).shares === "weight";
}

/** Bytes that such a layer takes in the kernel's memory, at most. */
export function productBytes(
  layer: LinearLayer | ConvolutionLayer,
  { source, shape }: { readonly source: Node | undefined; readonly shape: Shape },
): number {
  const isMasked = isMaskedBy(source);
  const { kind, width, weightMean, alignment } = layer;
  const groups = kind === "linear" ? 1 : layer.groups;
  const neurons = layer.neurons / groups;
  const rows = outputRows(neurons);
  const inSingles = 4 * (width + PANEL_SLOTS) * rows;
  // Weights of mean 0 are packed as integers, see `inSteps`.
  const packed = weightMean === 0 && alignment === null ? 2 * (width + 2 * TILE_SAMPLES) * rows : inSingles;
  const streams = isMasked ? 64 * layer.neurons : 0;
  if (kind === "linear") return packed + streams + (isMasked ? 4 * width * neurons : 0);
  const patches = source === undefined ? 0 : patchBytes(layer, { input: source.shape, output: shape });
  const room = 4 * TILE_SAMPLES * (PANEL_SLOTS + rows) + patches;
  return groups * (packed + 64) + streams + room + (isMasked ? inSingles + room : 0);
}
