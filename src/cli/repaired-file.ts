import type { Repair } from "../check/repair.ts";
import { VshiftError } from "../errors.ts";
import { endingOf } from "../model/write-model.ts";
import { excerpt } from "../tensor/file-error.ts";

/** A file of --fix: the model itself, or its new statistics alone. */
export type RepairedFile = (repair: Repair) => Promise<Uint8Array>;

/** How the file is made that its ending asks for; a `VshiftError` for any other. */
export function repairedFile(path: string, model: string): RepairedFile {
  const ending = endingOf(path);
  if (ending === endingOf(model) && ending !== "") return (repair) => repair.file();
  const write = WRITERS.get(ending);
  if (write !== undefined) return async ({ arrays }) => write(arrays);
  throw new VshiftError({
    code: "invalid-value",
    field: "--fix",
    problem: `${excerpt(path)} has ${ending === "" ? "no file extension" : `the file extension ${excerpt(ending)}`}, and a repair is written as ${endingOf(model)}, .safetensors or .npz`,
    hint: `use one of these: ${endingOf(model)} is a copy of the model`,
  });
}

const WRITERS: ReadonlyMap<string, (arrays: Repair["arrays"]) => Promise<Uint8Array>> = new Map([
  [".safetensors", async (arrays) => (await import("../tensor/write-safetensors.ts")).safetensorsOf(arrays)],
  [".npz", async (arrays) => (await import("../tensor/write-npz.ts")).npzOf(arrays)],
]);
