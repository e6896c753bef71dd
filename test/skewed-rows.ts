import { float32, npy, npyHeader } from "./tensor/files.ts";

/** A matrix as a list of rows, every number one of single precision. */
export type Rows = readonly (readonly number[])[];

/**
 * Activations as a trained layer has them: rectified, skewed, with a factor in common that some units follow and others oppose,
 * and with a mean and a variance of each unit's own; one unit never varies.
 */
export function skewedRows(rows: number, width: number): Rows {
  const uniform = generator(20_261_124);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: rows }, () => {
    const common = normal();
    return Array.from({ length: width }, (_, unit) => {
      const place = unit / Math.max(1, width - 1);
      if (unit === 1) return Math.fround(0.25);
      const value = (0.3 + 3 * place) * (normal() + (2.5 * place - 1) * common) + (6 * place - 2);
      return Math.fround(Math.max(0, value));
    });
  });
}

/** Weights of very different size, leaning to one sign; the largest are those of the units that vary most. */
export function unequalWeights(neurons: number, width: number): Rows {
  const uniform = generator(7);
  return Array.from({ length: neurons }, () =>
    Array.from({ length: width }, (_, unit) => Math.fround((uniform() - 0.35) * (unit / width) ** 2)),
  );
}

/** The bytes of a .npy file of single precision. */
export function npyOf(matrix: Rows): Uint8Array {
  return npy(npyHeader("<f4", `(${matrix.length}, ${matrix[0]?.length})`), float32(...matrix.flat()));
}

/** mulberry32, from 0 to below 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
