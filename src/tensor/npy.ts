import { tensorOf } from "./decode.ts";
import { ELEMENT_TYPES, type ElementType } from "./element-type.ts";
import { excerpt, invalidFile } from "./file-error.ts";
import { parseNpyHeader } from "./npy-header.ts";
import { elementCount } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** The bytes of a .npy file, and what to call the array in it. */
export interface NpySource {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly where: string;
}

/** The array of a .npy file, versions 1.0 to 3.0. */
export function readNpy({ bytes, name, where }: NpySource): Tensor {
  const { text, end } = headerText(bytes, where);
  const { descr, fortranOrder, shape } = parseNpyHeader(text, where);
  const { type, littleEndian } = elementTypeOf(descr, where);
  const data = bytes.subarray(end);
  const count = elementCount(shape);
  if (count === undefined || count * type.bytes !== data.length) {
    throw invalidFile({
      where,
      problem: `its header declares ${descr} of shape (${shape.join(", ")}), but ${data.length} bytes follow`,
      hint: "copy or save it again, one array per file, because it is cut short or damaged",
    });
  }
  const order = fortranOrder ? "Fortran" : "C";
  return tensorOf({ name, shape, order, type, littleEndian, bytes: data, where });
}

function headerText(bytes: Uint8Array, where: string): { readonly text: string; readonly end: number } {
  const isNpy = MAGIC.every((byte, index) => bytes[index] === byte);
  const version = bytes[6];
  const start = version === 1 ? 10 : 12;
  if (!isNpy || bytes.length < start) {
    const problem = bytes.length === 0 ? "is empty" : "does not start like a .npy file";
    throw invalidFile({ where, problem, hint: "save it with numpy.save" });
  }
  if ((version !== 1 && version !== 2 && version !== 3) || bytes[7] !== 0) {
    const problem = `has version ${version}.${bytes[7]} of the format, and vshift reads 1.0, 2.0 and 3.0`;
    throw invalidFile({ where, problem, hint: "save it again with numpy.save" });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const end = start + length;
  if (end > bytes.length || length > LONGEST_HEADER) {
    throw invalidFile({
      where,
      problem: `declares a header of ${length} bytes, but only ${bytes.length - start} follow`,
      hint: "copy or save it again, because it is cut short or damaged",
    });
  }
  const encoding = version === 3 ? "utf-8" : "latin1";
  return { text: new TextDecoder(encoding).decode(bytes.subarray(start, end)), end };
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Headers of one element type have some 120 bytes; only records of many fields would need more. */
const LONGEST_HEADER = 65_535;

function elementTypeOf(descr: string, where: string): { readonly type: ElementType; readonly littleEndian: boolean } {
  const [, byteOrder, code = ""] = /^([<>|])(\w+)$/.exec(descr) ?? [];
  if (code === "O") {
    throw invalidFile({
      where,
      problem: "contains Python objects, which can only be read by running untrusted code",
      hint: "save an array of numbers with numpy.save(file, array.astype(numpy.float32))",
    });
  }
  const type = TYPE_OF_CODE.get(code);
  if (type === undefined) {
    throw invalidFile({
      where,
      problem: `has elements of type ${excerpt(descr)}, and vshift reads ${[...TYPE_OF_CODE.keys()].join(", ")}`,
      hint: "save it as float32",
    });
  }
  return { type, littleEndian: byteOrder !== ">" };
}

const TYPE_OF_CODE: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["b1", ELEMENT_TYPES.bool],
  ["i1", ELEMENT_TYPES.int8],
  ["i2", ELEMENT_TYPES.int16],
  ["i4", ELEMENT_TYPES.int32],
  ["i8", ELEMENT_TYPES.int64],
  ["u1", ELEMENT_TYPES.uint8],
  ["u2", ELEMENT_TYPES.uint16],
  ["u4", ELEMENT_TYPES.uint32],
  ["u8", ELEMENT_TYPES.uint64],
  ["f2", ELEMENT_TYPES.float16],
  ["f4", ELEMENT_TYPES.float32],
  ["f8", ELEMENT_TYPES.float64],
]);
