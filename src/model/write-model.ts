import { excerpt, invalidFile } from "../tensor/file-error.ts";
import type { WeightFile } from "../tensor/read.ts";
import type { NewStatistics } from "./new-statistics.ts";

/** A copy of a model's file in which norms have new running statistics. What only its format needs is loaded here. */
export async function writeModel({ file, bytes }: WeightFile, changes: readonly NewStatistics[]): Promise<Uint8Array> {
  const where = excerpt(file);
  switch (endingOf(file)) {
    case ".pt2":
      return (await import("./pt2.ts")).writePt2(bytes, where, changes);
    case ".onnx":
      return (await import("./onnx-write.ts")).writeOnnx(where, bytes, changes);
    case ".keras":
    case ".h5":
    case ".hdf5":
      return (await import("./keras-write.ts")).writeKeras(where, bytes, changes);
    default:
      throw invalidFile({
        where,
        problem: "is of a kind that vshift does not write",
        hint: "write .safetensors or .npz",
      });
  }
}

/** ".pt2", in small letters; empty where there is none. */
export function endingOf(file: string): string {
  const [, ending = ""] = /(\.[^.\\/]*)$/.exec(file) ?? [];
  return ending.toLowerCase();
}
