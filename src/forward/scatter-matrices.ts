import { GROUP, inScatter, type Kernel, PANEL_SLOTS, TILE_NEURONS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { Floats } from "./batch-norm.ts";
import { packInto, panelLength, roomForRows } from "./packed-weights.ts";
import { outputRows } from "./tile-product.ts";
import type { DrawnWeights } from "./weights.ts";

// Scatter and Gram matrices as the kernel has them, of units in whole groups: tiles of four rows by eight columns.

/** Units in whole groups. */
export function unitsOf(width: number): number {
  return Math.ceil(width / GROUP) * GROUP;
}

/** Rows of a tile of a scatter matrix. */
export const ROWS = 4;

/** Where a row of tiles begins among those that reach the diagonal, stored one row after another. */
export function triangleStart(row: number): number {
  const half = Math.floor(row / 2);
  return ROWS * GROUP * (half * (half + 1) + (row % 2) * (half + 1));
}

/** Copies the tiles of a matrix that reach the diagonal. */
export function copyTriangle(matrix: Float32Array, units: number, triangle: Floats): void {
  for (let row = 0; row < units / ROWS; row++) {
    const [start, end] = [triangleStart(row), triangleStart(row + 1)];
    triangle.set(matrix.subarray(ROWS * row * units, ROWS * row * units + end - start), start);
  }
}

/** An entry of a triangle, column ≤ row. */
function inTriangle(row: number, column: number): number {
  const tile = triangleStart(row >> 2) + ROWS * GROUP * (column >> 3);
  return tile + GROUP * (row & 3) + (column & 7);
}

/**
 * G = WᵀW as `trackScatter` takes it: the entries off the diagonal doubled, those above it 0. By the kernel, in single precision.
 */
export function gramOf(kernel: Kernel, { values, neurons, width }: DrawnWeights): Float32Array {
  const units = unitsOf(width);
  const gram = kernel.floats(units * units);
  const { y, packed, part, multiply } = columnProduct(kernel, { rows: width, terms: TILE_SAMPLES });
  const length = panelLength(width);
  for (let first = 0; first < width; first += TILE_SAMPLES) {
    const columns = Math.min(TILE_SAMPLES, width - first);
    y.fill(0);
    for (let start = 0; start < neurons; start += PANEL_SLOTS) {
      const slots = Math.min(PANEL_SLOTS, neurons - start);
      for (let slot = 0; slot < slots; slot++) {
        const row = values.subarray((start + slot) * width, (start + slot + 1) * width);
        packTerm(packed, slot, row);
        part.set(row.subarray(first, first + columns), slot * TILE_SAMPLES);
      }
      const x = part.subarray(0, slots * TILE_SAMPLES);
      multiply({ weights: packed.subarray(first * PANEL_SLOTS, length), x, y: y.subarray(first * TILE_SAMPLES) });
    }
    for (let row = first; row < width; row++) {
      const last = Math.min(row + 1, first + columns);
      for (let column = first; column < last; column++) {
        const product = y[row * TILE_SAMPLES + column - first];
        gram[inScatter(row, column, units)] = row === column ? product : 2 * product;
      }
    }
  }
  return gram;
}

/** Puts the weights that a term has in each row into a slot of a panel of packed weights. */
function packTerm(packed: Float32Array, slot: number, row: Float32Array): void {
  for (let at = 0; at < row.length; at++) {
    packed[(at - (at % TILE_NEURONS)) * PANEL_SLOTS + slot * TILE_NEURONS + (at % TILE_NEURONS)] = row[at];
  }
}

/**
 * wᵀAw = Σⱼ wⱼ(Aⱼⱼwⱼ + 2Σᵢ₍ᵢ﹥ⱼ₎ Aᵢⱼwᵢ) of each neuron, of each of some symmetric matrices by their triangles: the inner sums by the kernel,
 * in single precision, the outer ones in double.
 */
export function quadraticForms<T extends readonly Floats[]>(
  kernel: Kernel,
  { values, neurons, width }: DrawnWeights,
  triangles: T,
): { [Index in keyof T]: Float64Array } {
  const { y, packed, multiply } = columnProduct(kernel, { rows: TILE_SAMPLES, terms: width });
  const matrices = triangles.map((triangle) => ({
    columns: columnsOf(kernel, triangle, width),
    forms: new Float64Array(neurons),
  }));
  const length = panelLength(TILE_SAMPLES);
  for (let start = 0; start < neurons; start += TILE_SAMPLES) {
    const count = Math.min(TILE_SAMPLES, neurons - start);
    // Whole tiles of neurons: those that are missing have no weights.
    const rows = new Float32Array(TILE_SAMPLES * width);
    rows.set(values.subarray(start * width, (start + count) * width));
    packInto(packed, { values: rows, width, neurons: TILE_SAMPLES });
    for (const { columns, forms } of matrices) {
      for (const [tile, part] of columns.entries()) {
        const first = tile * TILE_SAMPLES;
        y.fill(0);
        for (let term = first; term < width; term += PANEL_SLOTS) {
          const x = part.subarray(term * TILE_SAMPLES, Math.min(width, term + PANEL_SLOTS) * TILE_SAMPLES);
          multiply({ weights: packed.subarray((term / PANEL_SLOTS) * length), x, y });
        }
        const last = Math.min(TILE_SAMPLES, width - first);
        for (let row = 0; row < count; row++) {
          let sum = 0;
          for (let column = 0; column < last; column++) {
            sum += rows[row * width + first + column] * y[row * TILE_SAMPLES + column];
          }
          forms[start + row] += sum;
        }
      }
    }
  }
  const results = matrices.map(({ forms }) => forms.map((form) => Math.max(0, form)));
  return results as { [Index in keyof T]: Float64Array };
}

/** A lower triangle with its entries off the diagonal doubled, `TILE_SAMPLES` columns after others, row after row. */
function columnsOf(kernel: Kernel, triangle: Floats, width: number): readonly Float32Array[] {
  return Array.from({ length: Math.ceil(width / TILE_SAMPLES) }, (_, tile) => {
    const first = tile * TILE_SAMPLES;
    const part = kernel.floats(width * TILE_SAMPLES);
    for (let row = first; row < width; row++) {
      const last = Math.min(row, first + TILE_SAMPLES - 1);
      for (let column = first; column <= last; column++) {
        const entry = triangle[inTriangle(row, column)];
        part[row * TILE_SAMPLES + column - first] = row === column ? entry : 2 * entry;
      }
    }
    return part;
  });
}

/** y ← y + A·B by panels, for matrices of so many rows and terms, and `TILE_SAMPLES` columns. */
function columnProduct(kernel: Kernel, { rows, terms }: ColumnProductSize) {
  const panel = kernel.floats(PANEL_SLOTS * TILE_SAMPLES);
  return {
    y: kernel.floats(outputRows(rows) * TILE_SAMPLES),
    /** Room for A. */
    packed: roomForRows(kernel, { width: terms, neurons: rows }),
    /** Room for rows of B. */
    part: kernel.floats(PANEL_SLOTS * TILE_SAMPLES),
    multiply({
      weights,
      x,
      y,
    }: {
      readonly weights: Float32Array;
      readonly x: Float32Array;
      readonly y: Float32Array;
    }) {
      kernel.packRows({ x, stride: TILE_SAMPLES, first: 0, panel });
      kernel.multiplyRows({ weights, panel, slots: x.length / TILE_SAMPLES, y, stride: TILE_SAMPLES });
    },
  };
}

interface ColumnProductSize {
  readonly rows: number;
  readonly terms: number;
}

/** Bytes of a column product's arrays, at most. */
export function columnProductBytes({ rows, terms }: ColumnProductSize): number {
  const packed = (terms + PANEL_SLOTS) * outputRows(rows);
  return 4 * (packed + TILE_SAMPLES * (2 * PANEL_SLOTS + outputRows(rows))) + 4 * 64;
}
