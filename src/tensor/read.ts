import { excerpt, invalidFile } from "./file-error.ts";
import type { StoredTensor } from "./tensor.ts";

/** A file of weights, whole. */
export interface WeightFile {
  /** As it is named in messages; its ending says the format. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** The arrays in a file. What only some formats need is loaded here. */
export async function readTensors({ file, bytes }: WeightFile): Promise<readonly StoredTensor[]> {
  const [, name = "", ending = ""] = /([^\\/]*?)(\.[^.\\/]*)?$/.exec(file) ?? [];
  const source = { bytes, name, where: excerpt(file) };
  switch (ending.toLowerCase()) {
    case ".npy": {
      const { readNpy } = await import("./npy.ts");
      return [{ name, open: () => readNpy(source) }];
    }
    case ".npz":
      return (await import("./npz.ts")).readNpz(bytes, source.where);
    case ".safetensors":
      return (await import("./safetensors.ts")).readSafetensors(bytes, source.where);
    case ".csv": {
      const { readCsv } = await import("./csv.ts");
      return [{ name, open: () => readCsv(source) }];
    }
    default:
      throw invalidFile({
        where: source.where,
        problem: `${ending === "" ? "has no file extension" : `has the file extension ${excerpt(ending)}`}, and vshift reads .npy, .npz, .safetensors and .csv`,
        hint: "save it as one of these (docs/WEIGHTS.md shows how in PyTorch, Keras and NumPy)",
      });
  }
}
