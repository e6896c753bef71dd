import { finite } from "./decode.ts";
import type { ElementType } from "./element-type.ts";
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

function gathered({ shape, strides, offset, type, storage }: StridedTensor): Float64Array {
  const values = new Float64Array(elementCount(shape) ?? 0);
  if (values.length === 0) return values;
  const bytes = storage.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = shape.at(-1) ?? 1;
  const step = (strides.at(-1) ?? 1) * type.bytes;
  const outer = shape.slice(0, -1);
  const index = outer.map(() => 0);
  let start = offset;
  for (let row = 0; row < values.length; row += length) {
    for (let at = 0; at < length; at++) {
      values[row + at] = type.read(view, start * type.bytes + at * step, storage.littleEndian);
    }
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number;
      start += stride;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (outer[axis] as number)) break;
      start -= (outer[axis] as number) * stride;
      index[axis] = 0;
    }
  }
  return values;
}
