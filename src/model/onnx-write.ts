import { excerpt, invalidFile, placeOf } from "../tensor/file-error.ts";
import { elementCount } from "../tensor/shape.ts";
import type { NewStatistics } from "./new-statistics.ts";
import type { Graph, Tensor as StoredTensor } from "./onnx_pb.ts";
import { onnxFileOf } from "./onnx-file.ts";
import { elementsIn, stridedOf } from "./onnx-tensors.ts";

/**
 * A copy of an ONNX file with other running statistics, which are written over the old ones: it has the same length, and all other
 * bytes are the same. A `VshiftError` for statistics that more than one norm reads, as exporters store equal tensors once.
 */
export function writeOnnx(file: string, bytes: Uint8Array, changes: readonly NewStatistics[]): Uint8Array {
  const { graph } = onnxFileOf(bytes, excerpt(file));
  const initializers = new Map(graph.initializers.map((stored) => [stored.name, stored]));
  const readers = readersIn(graph);
  // Not slice(), which of a Buffer is the same memory.
  const copy = new Uint8Array(bytes);
  for (const { norm, mean, variance } of changes) {
    replace(norm.arrays.mean, mean);
    replace(norm.arrays.variance, variance);
  }
  return copy;

  function replace(name: string, values: Float64Array): void {
    const where = placeOf(excerpt(file), name);
    const stored = initializers.get(name);
    if (stored === undefined) throw unwritable(where, "is not an initializer, so it cannot be replaced");
    const count = readers.get(name) ?? 0;
    if (count > 1) throw unwritable(where, `is shared by ${count} operations, so other values would change them all`);
    write(stored, values, where);
  }

  function write(stored: StoredTensor, values: Float64Array, where: string): void {
    const elements = elementsIn(stored);
    const { shape = [], type } = stridedOf(stored, stored.name, excerpt(file)) ?? {};
    if (elements === undefined || type?.write === undefined) {
      throw unwritable(where, "is not stored as floating-point numbers of a fixed width");
    }
    if (elementCount(shape) !== values.length) {
      throw unwritable(where, `has ${elementCount(shape)} elements, and ${values.length} are to be written`);
    }
    const view = new DataView(copy.buffer, elements.byteOffset - bytes.byteOffset, elements.byteLength);
    for (const [at, value] of values.entries()) {
      type.write(view, at * type.bytes, value, true);
      if (Number.isFinite(type.read(view, at * type.bytes, true))) continue;
      throw unwritable(where, `cannot be ${value}, which is beyond the range of its elements`);
    }
  }
}

function unwritable(where: string, problem: string) {
  const hint = "export the model again with its own statistics for each norm, in float32";
  return invalidFile({ where, problem, hint });
}

/** How often each name is read, not counting operations that pass a tensor on. */
function readersIn({ nodes }: Graph): ReadonlyMap<string, number> {
  const passedOn = new Map<string, string>();
  const readers = new Map<string, number>();
  for (const { operation, inputs, outputs } of nodes) {
    const [first = ""] = inputs.map((input) => passedOn.get(input) ?? input);
    if (PASSES_ON.has(operation)) {
      passedOn.set(outputs[0] ?? "", first);
      continue;
    }
    for (const input of inputs) {
      const name = passedOn.get(input) ?? input;
      readers.set(name, (readers.get(name) ?? 0) + 1);
    }
  }
  return readers;
}

const PASSES_ON: ReadonlySet<string> = new Set(["Identity", "Cast", "CastLike", "Reshape", "Squeeze", "Unsqueeze"]);
