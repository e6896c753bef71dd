import { VshiftError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { tensorOf } from "./decode.ts";
import { ELEMENT_TYPES, type ElementType } from "./element-type.ts";
import { excerpt, invalidFile, placeOf } from "./file-error.ts";
import { elementCount } from "./shape.ts";
import type { StoredTensor } from "./tensor.ts";

/**
 * The arrays of a .safetensors file, in the order of their bytes; their elements are looked at in place.
 *
 * Eight bytes (the header's length, little-endian), the header (JSON: name → dtype, shape, data_offsets), the elements of
 * all arrays without a gap. https://github.com/huggingface/safetensors#format
 */
export function readSafetensors(bytes: Uint8Array, file: string): readonly StoredTensor[] {
  const { header, data } = headerAndData(bytes, file);
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => checkedEntry(name, { entry, where: placeOf(file, name) }))
    .toSorted((one, other) => one.begin - other.begin || one.end - other.end);
  let covered = 0;
  for (const { begin, end, where } of entries) {
    if (begin !== covered) {
      const problem = `its bytes begin at ${begin}, but the array before it ends at ${covered}`;
      throw invalidFile({ where, problem, hint: SAVE_AGAIN });
    }
    covered = end;
  }
  if (covered !== data.length) {
    const problem = `its header declares ${covered} bytes of arrays, but ${data.length} follow`;
    throw invalidFile({ where: file, problem, hint: DAMAGED });
  }
  return entries.map(({ begin, end, ...entry }) => ({
    name: entry.name,
    open: () => tensorOf({ ...entry, order: "C", littleEndian: true, bytes: data.subarray(begin, end) }),
  }));
}

interface Split {
  readonly header: object;
  readonly data: Uint8Array;
}

function headerAndData(bytes: Uint8Array, where: string): Split {
  if (bytes.length < 8) {
    const problem =
      bytes.length === 0 ? "is empty" : `is too short for a .safetensors file (${bytes.length} of 8 bytes or more)`;
    throw invalidFile({ where, problem, hint: SAVE_AGAIN });
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > bytes.length - 8 || length > LONGEST_HEADER) {
    const problem = `declares a header of ${length} bytes, but only ${bytes.length - 8} follow`;
    throw invalidFile({ where, problem, hint: "copy or save it again, because it is not a whole .safetensors file" });
  }
  return { header: parsedHeader(bytes.subarray(8, 8 + length), where), data: bytes.subarray(8 + length) };
}

function parsedHeader(bytes: Uint8Array, where: string): object {
  let header: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    header = parseJson(text, { field: where, hint: SAVE_AGAIN });
  } catch (cause) {
    const fault = cause instanceof VshiftError ? excerpt(cause.problem) : "is not UTF-8 text";
    throw invalidFile({ where, problem: `its header ${fault}`, hint: SAVE_AGAIN, cause });
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw invalidFile({ where, problem: "its header is not a JSON object of arrays", hint: SAVE_AGAIN });
  }
  return header;
}

interface Entry {
  readonly name: string;
  readonly where: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly begin: number;
  /** exclusive */
  readonly end: number;
}

function checkedEntry(name: string, { entry, where }: { readonly entry: unknown; readonly where: string }): Entry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof dtype !== "string" || !Array.isArray(shape) || !Array.isArray(offsets)) {
    throw invalidFile({ where, problem: "lacks dtype, shape or data_offsets in the header", hint: SAVE_AGAIN });
  }
  const type = TYPE_OF_DTYPE.get(dtype);
  if (type === undefined) {
    const problem = `has elements of type ${excerpt(dtype)}, and vshift reads ${[...TYPE_OF_DTYPE.keys()].join(", ")}`;
    throw invalidFile({ where, problem, hint: "save it as float32" });
  }
  const [begin, end] = offsets as readonly unknown[];
  const count = elementCount(shape);
  if (
    offsets.length !== 2 ||
    !isOffset(begin) ||
    !isOffset(end) ||
    count === undefined ||
    end - begin !== count * type.bytes
  ) {
    const told = excerpt(`${dtype} of shape ${JSON.stringify(shape)}`);
    const problem = `is ${told}, which does not fit its bytes ${excerpt(JSON.stringify(offsets))}`;
    throw invalidFile({ where, problem, hint: SAVE_AGAIN });
  }
  return { name, where, shape: shape as readonly number[], type, begin, end };
}

function isOffset(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

const DAMAGED = "copy or save it again, because it is cut short or damaged";

const SAVE_AGAIN = "save it again with the safetensors library";

/** The limit of the safetensors library. */
const LONGEST_HEADER = 100_000_000;

const TYPE_OF_DTYPE: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["F64", ELEMENT_TYPES.float64],
  ["F32", ELEMENT_TYPES.float32],
  ["F16", ELEMENT_TYPES.float16],
  ["BF16", ELEMENT_TYPES.bfloat16],
  ["I64", ELEMENT_TYPES.int64],
  ["I32", ELEMENT_TYPES.int32],
  ["I16", ELEMENT_TYPES.int16],
  ["I8", ELEMENT_TYPES.int8],
  ["U64", ELEMENT_TYPES.uint64],
  ["U32", ELEMENT_TYPES.uint32],
  ["U16", ELEMENT_TYPES.uint16],
  ["U8", ELEMENT_TYPES.uint8],
  ["BOOL", ELEMENT_TYPES.bool],
]);
