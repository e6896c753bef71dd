import { finite } from "./decode.ts";
import type { ElementType } from "./element-type.ts";
import { invalidFile } from "./file-error.ts";
import { elementCount } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** A stretch of bytes of a file that one or several tensors lie in. */
export interface Storage {
  readonly size: number;
  readonly littleEndian: boolean;
  readonly bytes: () => Uint8Array;
}

/** A stored tensor, which may be a part of its storage, or lie in it with its axes exchanged. Nothing is read yet. */
export interface StridedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Elements from one index of an axis to the next. */
  readonly strides: readonly number[];
  /** Where its first element stands. */
  readonly offset: number;
  readonly type: ElementType;
  readonly storage: Storage;
  readonly where: string;
}

/** The same matrix with rows as columns. */
export function transposed({ shape, strides, ...rest }: StridedTensor): StridedTensor {
  return { ...rest, shape: shape.toReversed(), strides: strides.toReversed() };
}

/** With its elements in the order of its shape; they are read at each call of `values`. */
export function stridedTensor(stored: StridedTensor): Tensor {
  const { name, shape } = stored;
  return { name, shape, order: "C", values: () => finite(gathered(stored), { ...stored, order: "C" }) };
}

function gathered(stored: StridedTensor): Float64Array {
  const { shape, type, storage } = stored;
  const values = new Float64Array(elementCount(shape) ?? 0);
  if (values.length === 0) return values;
  const bytes = storage.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  eachPlace(stored, (place, at) => {
    values[at] = type.read(view, place * type.bytes, storage.littleEndian);
  });
  return values;
}

/** Puts values, in the order of its shape, where a tensor lies in these bytes; a `VshiftError` for one of whole numbers, or too narrow. */
export function writeStrided(stored: StridedTensor, bytes: Uint8Array, values: Float64Array): void {
  const { type, storage, where } = stored;
  const { read, write } = type;
  if (write === undefined) {
    throw invalidFile({ where, problem: "holds whole numbers, which cannot be repaired", hint: "save it as float32" });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  eachPlace(stored, (place, at) => {
    const value = values[at] as number;
    write(view, place * type.bytes, value, storage.littleEndian);
    if (Number.isFinite(read(view, place * type.bytes, storage.littleEndian))) return;
    const problem = `cannot be ${value}, which is beyond the range of its elements`;
    throw invalidFile({ where, problem, hint: "save it as float32" });
  });
}

/** Tells where each element stands in the storage, in the order of the shape. */
function eachPlace({ shape, strides, offset }: StridedTensor, take: (place: number, at: number) => void): void {
  const count = elementCount(shape) ?? 0;
  const length = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 1;
  const outer = shape.slice(0, -1);
  const index = outer.map(() => 0);
  let start = offset;
  for (let row = 0; row < count; row += length) {
    for (let at = 0; at < length; at++) take(start + at * step, row + at);
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number;
      start += stride;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (outer[axis] as number)) break;
      start -= (outer[axis] as number) * stride;
      index[axis] = 0;
    }
  }
}
