import { excerpt, type FileFault, invalidFile } from "../tensor/file-error.ts";
import type { WeightFile } from "../tensor/read.ts";
import type { ModelGraph } from "./graph.ts";

/** The trained network in a file. What only its format needs is loaded here. */
export async function readModel({ file, bytes }: WeightFile): Promise<ModelGraph> {
  const where = excerpt(file);
  const [, ending = ""] = /(\.[^.\\/]*)$/.exec(file) ?? [];
  switch (ending.toLowerCase()) {
    case ".pt2":
      return (await import("./pt2.ts")).readPt2(bytes, where);
    case ".onnx":
      return (await import("./onnx.ts")).readOnnx(bytes, where);
    case ".keras":
    case ".h5":
    case ".hdf5":
      return (await import("./keras.ts")).readKeras(bytes, where);
  }
  throw invalidFile({ where, ...(KNOWN.get(ending.toLowerCase()) ?? unknown(ending)) });
}

/** The line that makes a file which vshift reads. */
export const EXPORT =
  'save it with torch.export.save(torch.export.export(model.eval(), (x,)), "model.pt2"), x being an example input';

/** The same for Keras. */
export const SAVE = 'save a Keras model with model.save("m.keras")';

const PICKLE = { problem: "is a pickle, which can run code and which vshift never opens", hint: EXPORT };
const TORCH_SCRIPT = { problem: "is TorchScript, which vshift does not read", hint: EXPORT };
const WEIGHTS = { problem: "has weights, but not the layers that use them", hint: EXPORT };
const SAVED_MODEL = {
  problem: "is a SavedModel of TensorFlow, which vshift does not read",
  hint: `${SAVE}, where keras.models.load_model can load it`,
};

/** Why files of other kinds are not read, and the way out. */
const KNOWN: ReadonlyMap<string, Pick<FileFault, "problem" | "hint">> = new Map([
  [".pt", PICKLE],
  [".pth", PICKLE],
  [".ckpt", PICKLE],
  [".bin", PICKLE],
  [".pkl", PICKLE],
  [".pb", SAVED_MODEL],
  [".ts", TORCH_SCRIPT],
  [".torchscript", TORCH_SCRIPT],
  [".safetensors", WEIGHTS],
  [".npz", WEIGHTS],
  [".npy", WEIGHTS],
]);

function unknown(ending: string): Pick<FileFault, "problem" | "hint"> {
  const has = ending === "" ? "has no file extension" : `has the file extension ${excerpt(ending)}`;
  return { problem: `${has}, and vshift reads models as .pt2, .keras, .h5 and .onnx`, hint: `${EXPORT}; ${SAVE}` };
}
