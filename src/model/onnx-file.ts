import { type DescField, type DescMessage, fromBinary, ScalarType } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { invalidFile } from "../tensor/file-error.ts";
import { type Graph, type Model, ModelSchema } from "./onnx_pb.ts";

/** An ONNX model's content, as far as vshift reads it. */
export interface OnnxFile extends Pick<Model, "producerName" | "producerVersion" | "operatorSets"> {
  /** Its arrays of bytes are stretches of the file, not copies. */
  readonly graph: Graph;
}

/** Decodes a file, if what comes of it takes a bounded amount of memory. */
export function onnxFileOf(bytes: Uint8Array, where: string): OnnxFile {
  if (bytes.length === 0) throw invalidFile({ where, problem: "is empty", hint: SAVE_AGAIN });
  const { graph, functions, ...model } = decoded(bytes, where);
  if (graph === undefined) throw invalidFile({ where, problem: "contains no graph", hint: SAVE_AGAIN });
  if (functions.length === 0) return { ...model, graph };
  throw invalidFile({
    where,
    problem: "has its layers in local functions",
    hint: "inline them with onnx.inliner.inline_local_functions",
  });
}

/** For a file that contradicts itself. */
export const SAVE_AGAIN = "export or copy it again, because it is damaged or not ONNX";

function decoded(bytes: Uint8Array, where: string): Model {
  let fields: number;
  try {
    fields = fieldsIn(bytes);
    if (fields <= MOST_FIELDS) return fromBinary(ModelSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    throw invalidFile({ where, problem: "is not an ONNX model that vshift can read", hint: SAVE_AGAIN, cause });
  }
  const problem = `has more than ${MOST_FIELDS} fields, not counting those of unknown kinds`;
  throw invalidFile({ where, problem, hint: "export a part of the model" });
}

/** Some 20,000 operations; an empty message of 2 bytes becomes an object of several hundred. */
const MOST_FIELDS = 2 ** 20;

/**
 * How many fields, and elements of lists, a file has, up to one more than there may be. Throws where one is encoded in another way
 * than the format says, or is longer than what it is a part of.
 */
function fieldsIn(bytes: Uint8Array): number {
  const reader = new BinaryReader(bytes);
  let count = 0;
  within(ModelSchema, bytes.length);
  return count;

  function within({ fields }: DescMessage, end: number): void {
    while (reader.pos < end && count <= MOST_FIELDS) {
      const [number, wireType] = reader.tag();
      const field = fields.find((one) => one.number === number);
      count++;
      if (field === undefined) {
        reader.skip(wireType, number);
        continue;
      }
      if (!isEncodedAs(field, wireType)) throw new Error(`field ${number} has the wire type ${wireType}`);
      if (wireType !== WireType.LengthDelimited) {
        reader.skip(wireType, number);
        continue;
      }
      const length = reader.uint32();
      if (field.message !== undefined) {
        within(field.message, reader.pos + length);
        continue;
      }
      if (isPackable(field)) count += length;
      reader.pos += length;
    }
    if (count <= MOST_FIELDS && reader.pos !== end) throw new RangeError("a field is cut short");
  }
}

function isEncodedAs(field: DescField, wireType: WireType): boolean {
  if (wireType === WireType.LengthDelimited) return wireTypeOf(field) === wireType || isPackable(field);
  return wireTypeOf(field) === wireType;
}

function wireTypeOf({ scalar }: DescField): WireType {
  switch (scalar) {
    case ScalarType.INT32:
    case ScalarType.INT64:
      return WireType.Varint;
    case ScalarType.FLOAT:
      return WireType.Bit32;
    default:
      return WireType.LengthDelimited;
  }
}

/** A list of numbers, all of which may stand in one field. */
function isPackable(field: DescField): boolean {
  return field.fieldKind === "list" && wireTypeOf(field) !== WireType.LengthDelimited;
}
