import { sharedFloats } from "../numeric/shared-memory.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** An array in memory that threads share where they can. */
export interface LoadedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The same description with its arrays in memory: plain data, which another thread can be given. */
export type Loaded<T> = T extends Tensor
  ? LoadedTensor
  : T extends Float64Array
    ? T
    : T extends object
      ? { readonly [Key in keyof T]: Loaded<T[Key]> }
      : T;

/** Reads every array of a description, each once, in single precision. */
export function loaded<T>(description: T, known = new Map<unknown, LoadedTensor>()): Loaded<T> {
  return loadedValue(description, known) as Loaded<T>;
}

function loadedValue(value: unknown, known: Map<unknown, LoadedTensor>): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((one) => loadedValue(one, known));
  if (isTensor(value)) {
    const tensor = known.get(value) ?? { shape: value.shape, values: shared(value.values()) };
    known.set(value, tensor);
    return tensor;
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, loadedValue(one, known)]));
}

function isTensor(value: object): value is Tensor {
  return "values" in value && typeof value.values === "function";
}

function shared(values: Float64Array): Float32Array {
  const copy = sharedFloats(values.length);
  copy.set(values);
  return copy;
}
