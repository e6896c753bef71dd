import { finite } from "../tensor/decode.ts";
import { ELEMENT_TYPES, type ElementType } from "../tensor/element-type.ts";
import { excerpt, invalidFile, placeOf } from "../tensor/file-error.ts";
import { elementCount } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { EXPORT_AGAIN, objectOf, storedMetaOf } from "./pt2-program.ts";

/** A stretch of bytes of the archive that one or several tensors lie in. */
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

export interface StoredEntry {
  readonly name: string;
  /** schema.PayloadMeta. */
  readonly entry: unknown;
  readonly file: string;
  /** The storage of this name. */
  readonly open: (path: string, where: string) => Storage;
}

/** The tensor of an entry of model_weights_config.json, if all of its elements lie in its storage. */
export function stridedOf({ name, entry, file, open }: StoredEntry): StridedTensor {
  const where = placeOf(file, name);
  const { path_name: path, use_pickle: isPickled, tensor_meta: meta } = objectOf(entry, "it", where);
  if (isPickled !== false) {
    const problem = "is stored as a pickle, which can run code and which vshift does not read";
    throw invalidFile({ where, problem, hint: "make it a plain torch.Tensor before the export" });
  }
  if (typeof path !== "string") throw invalidFile({ where, problem: "has no path_name", hint: EXPORT_AGAIN });
  const { dtype, shape, strides, offset } = storedMetaOf(meta, where);
  const type = TYPE_OF_DTYPE.get(dtype);
  if (type === undefined) {
    const problem = `has elements of type ${dtype} of torch's ScalarType, which vshift does not read`;
    throw invalidFile({ where, problem, hint: "export the model with weights in float32" });
  }
  const storage = open(path, where);
  const count = elementCount(shape) ?? Number.POSITIVE_INFINITY;
  const last = shape.reduce((at, length, axis) => at + (length - 1) * (strides[axis] as number), offset);
  const room = storage.size / type.bytes;
  // Elements that share bytes, as expand() makes them, could ask for any memory.
  if (count > room || (count > 0 && last >= room)) {
    const problem = `is of shape [${shape.join(", ")}] with strides [${strides.join(", ")}] from ${offset}, but ${storage.size} bytes are stored`;
    throw invalidFile({ where, problem: excerpt(problem), hint: EXPORT_AGAIN });
  }
  return { name, shape, strides, offset, type, storage, where };
}

/** The same matrix with rows as columns. */
export function transposed({ shape, strides, ...rest }: StridedTensor): StridedTensor {
  return { ...rest, shape: shape.toReversed(), strides: strides.toReversed() };
}

/** With its elements in the order of its shape; they are read at each call of `values`. */
export function tensorOf(stored: StridedTensor): Tensor {
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

/** schema.ScalarType of torch/_export/serde. */
const TYPE_OF_DTYPE: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [1, ELEMENT_TYPES.uint8],
  [2, ELEMENT_TYPES.int8],
  [3, ELEMENT_TYPES.int16],
  [4, ELEMENT_TYPES.int32],
  [5, ELEMENT_TYPES.int64],
  [6, ELEMENT_TYPES.float16],
  [7, ELEMENT_TYPES.float32],
  [8, ELEMENT_TYPES.float64],
  [12, ELEMENT_TYPES.bool],
  [13, ELEMENT_TYPES.bfloat16],
  [28, ELEMENT_TYPES.uint16],
]);

/** Of these, the numbers whose conversion into each other keeps a value. */
export const FLOATING: ReadonlySet<number> = new Set([6, 7, 8, 13]);
