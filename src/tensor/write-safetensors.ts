/** A .safetensors file of vectors in single precision, in their order (see `readSafetensors`). */
export function safetensorsOf(vectors: ReadonlyMap<string, Float64Array>): Uint8Array {
  const header: { [name: string]: unknown } = {};
  let end = 0;
  for (const [name, { length }] of vectors) {
    header[name] = { dtype: "F32", shape: [length], data_offsets: [end, end + 4 * length] };
    end += 4 * length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + Math.ceil(text.length / 8) * 8;
  // Spaces, so that the elements are aligned.
  const file = new Uint8Array(start + end).fill(0x20, 8, start);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(start - 8), true);
  file.set(text, 8);
  let at = start;
  for (const vector of vectors.values()) {
    for (const value of vector) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return file;
}
