import { readFileSync } from "node:fs";
import { VshiftError } from "../../src/errors.ts";
import { readTensors } from "../../src/tensor/read.ts";
import type { StoredTensor } from "../../src/tensor/tensor.ts";

/** What NumPy and safetensors wrote; data/make.py says how. */
export function stored(file: string): Uint8Array {
  return new Uint8Array(readFileSync(`test/tensor/data/${file}`));
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes one after another; a number is one byte. */
export function bytes(...parts: readonly (number | string | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === "number" ? [part] : [...(typeof part === "string" ? ascii(part) : part)])),
  );
}

/** A .npy file of version 1.0 with this header and these bytes after it. */
export function npy(header: string, data: Uint8Array): Uint8Array {
  return bytes(0x93, "NUMPY", 1, 0, header.length & 0xff, header.length >> 8, header, data);
}

export function npyHeader(descr: string, shape: string, fortranOrder = "False"): string {
  return `{'descr': '${descr}', 'fortran_order': ${fortranOrder}, 'shape': ${shape}, }\n`;
}

/** A .safetensors file with this header and these bytes after it. */
export function safetensors(header: unknown, data: Uint8Array): Uint8Array {
  const text = ascii(typeof header === "string" ? header : JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return bytes(length, text, data);
}

export function float32(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** Every array of a file, decoded. */
export async function valuesOf(file: string, content: Uint8Array) {
  return (await readTensors({ file, bytes: content })).map(({ open }: StoredTensor) => {
    const { name, shape, order, values } = open();
    return { name, shape, order, values: [...values()] };
  });
}

/** The message with which a file is refused; anything but a `VshiftError` is thrown on. */
export async function refusalOf(file: string, content: Uint8Array): Promise<string> {
  try {
    await valuesOf(file, content);
  } catch (error) {
    if (error instanceof VshiftError) return error.message;
    throw error;
  }
  return "none";
}
