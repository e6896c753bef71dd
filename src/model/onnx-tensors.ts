import { BinaryReader } from "@bufbuild/protobuf/wire";
import { ELEMENT_TYPES, type ElementType } from "../tensor/element-type.ts";
import { excerpt, invalidFile, placeOf } from "../tensor/file-error.ts";
import { elementCount } from "../tensor/shape.ts";
import type { Storage, StridedTensor } from "../tensor/strided.ts";
import type { Tensor as StoredTensor } from "./onnx_pb.ts";
import { SAVE_AGAIN } from "./onnx-file.ts";

/** The tensor of an initializer or an attribute; null where its elements are of a type that vshift does not read. */
export function stridedOf(stored: StoredTensor, name: string, file: string): StridedTensor | null {
  const where = placeOf(file, name);
  if (stored.location !== IN_THE_FILE) {
    throw invalidFile({
      where,
      problem: "is stored in another file, and vshift reads models of one",
      hint: 'save it as one with onnx.save(onnx.load("model.onnx"), "whole.onnx")',
    });
  }
  const shape = stored.lengths.map(Number);
  const count = elementCount(shape);
  if (count === undefined) {
    throw invalidFile({ where, problem: "has a shape that no tensor has", hint: SAVE_AGAIN });
  }
  const form = FORMS.get(stored.type);
  if (form === undefined) return null;
  const storage = storageOf(stored, form, { count, where });
  if (storage.size !== count * form.type.bytes) {
    const problem = `is of shape [${shape.join(", ")}], but ${storage.size} bytes are stored`;
    throw invalidFile({ where, problem: excerpt(problem), hint: SAVE_AGAIN });
  }
  return { name, shape, strides: stridesOf(shape), offset: 0, type: form.type, storage, where };
}

const IN_THE_FILE = 0;

/** Of elements in the order of the shape. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((one, other) => one * other, 1));
}

/** The bytes of the file that are the elements of a tensor; undefined where they are not stored at their own width. */
export function elementsIn(stored: StoredTensor): Uint8Array | undefined {
  if (stored.raw.length > 0) return stored.raw;
  const field = FORMS.get(stored.type)?.field;
  return field === "floats" || field === "doubles" ? stored[field] : undefined;
}

function storageOf(
  stored: StoredTensor,
  { type, field }: Form,
  { count, where }: { readonly count: number; readonly where: string },
): Storage {
  const elements = elementsIn(stored);
  if (elements !== undefined) return { size: elements.length, littleEndian: true, bytes: () => elements };
  const packed = stored[field];
  const packedCount = packed.reduce((sum, byte) => (byte < CONTINUES ? sum + 1 : sum), 0);
  const bytes = () => {
    try {
      return unpacked(packed, count, type);
    } catch (cause) {
      throw invalidFile({ where, problem: "has a whole number of more than 64 bits", hint: SAVE_AGAIN, cause });
    }
  };
  return { size: packedCount * type.bytes, littleEndian: true, bytes };
}

/** Every byte of a whole number but its last has this bit. */
const CONTINUES = 0x80;

/** Whole numbers of varying length at the width of their type; a number of half precision is there by its bits. */
function unpacked(packed: Uint8Array, count: number, { bytes: width }: ElementType): Uint8Array {
  const reader = new BinaryReader(packed);
  const bytes = new Uint8Array(count * width);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += width) {
    const value = BigInt(reader.int64());
    if (width === 1) view.setUint8(at, Number(BigInt.asUintN(8, value)));
    else if (width === 2) view.setUint16(at, Number(BigInt.asUintN(16, value)), true);
    else if (width === 4) view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
    else view.setBigInt64(at, value, true);
  }
  return bytes;
}

interface Form {
  readonly type: ElementType;
  /** Where the elements are, unless they are raw. */
  readonly field: "floats" | "doubles" | "int32s" | "int64s" | "uint64s";
}

/** By TensorProto.DataType. */
const FORMS: ReadonlyMap<number, Form> = new Map<number, Form>([
  [1, { type: ELEMENT_TYPES.float32, field: "floats" }],
  [2, { type: ELEMENT_TYPES.uint8, field: "int32s" }],
  [3, { type: ELEMENT_TYPES.int8, field: "int32s" }],
  [4, { type: ELEMENT_TYPES.uint16, field: "int32s" }],
  [5, { type: ELEMENT_TYPES.int16, field: "int32s" }],
  [6, { type: ELEMENT_TYPES.int32, field: "int32s" }],
  [7, { type: ELEMENT_TYPES.int64, field: "int64s" }],
  [9, { type: ELEMENT_TYPES.bool, field: "int32s" }],
  [10, { type: ELEMENT_TYPES.float16, field: "int32s" }],
  [11, { type: ELEMENT_TYPES.float64, field: "doubles" }],
  [12, { type: ELEMENT_TYPES.uint32, field: "uint64s" }],
  [13, { type: ELEMENT_TYPES.uint64, field: "uint64s" }],
  [16, { type: ELEMENT_TYPES.bfloat16, field: "int32s" }],
]);

/** Of these, the numbers whose conversion into each other keeps a value. */
export const FLOATING: ReadonlySet<number> = new Set([1, 10, 11, 16]);
