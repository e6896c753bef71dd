import { zipSync } from "fflate/browser";

/** A .npz file of vectors in single precision: .npy files of version 1.0 in a zip archive, not compressed. */
export function npzOf(vectors: ReadonlyMap<string, Float64Array>): Uint8Array {
  const files = Object.fromEntries([...vectors].map(([name, vector]) => [`${name}.npy`, npyOf(vector)]));
  return zipSync(files, { level: 0, mtime: EARLIEST });
}

/** The earliest time that a zip archive can have, so that the same arrays are the same bytes. */
const EARLIEST = "1980-01-01T12:00:00";

function npyOf(vector: Float64Array): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${vector.length},), }`;
  const length = Math.ceil((MAGIC.length + 2 + text.length + 1) / 64) * 64;
  const file = new Uint8Array(length + 4 * vector.length).fill(0x20, 0, length);
  const view = new DataView(file.buffer);
  file.set(MAGIC);
  view.setUint16(MAGIC.length, length - MAGIC.length - 2, true);
  file.set(new TextEncoder().encode(text), MAGIC.length + 2);
  file[length - 1] = 0x0a;
  for (const [at, value] of vector.entries()) view.setFloat32(length + 4 * at, value, true);
  return file;
}

/** "\x93NUMPY" and the version. */
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0);
