import { ELEMENT_TYPES, type ElementType } from "../tensor/element-type.ts";
import { excerpt, invalidFile, placeOf } from "../tensor/file-error.ts";
import { elementCount } from "../tensor/shape.ts";
import type { Storage, StridedTensor } from "../tensor/strided.ts";
import { EXPORT_AGAIN, objectOf, storedMetaOf } from "./pt2-program.ts";

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
