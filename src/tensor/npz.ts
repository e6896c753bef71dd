import { invalidFile, placeOf } from "./file-error.ts";
import { readNpy } from "./npy.ts";
import type { StoredTensor } from "./tensor.ts";
import { membersOf, unpacked, type ZipAdvice } from "./zip.ts";

/** The arrays of a .npz file, a zip archive of .npy files. Each is unpacked when it is opened, and not before. */
export function readNpz(bytes: Uint8Array, file: string): readonly StoredTensor[] {
  const seen = new Set<string>();
  return membersOf(bytes, { where: file, advice: ADVICE }).map((member) => {
    const name = member.name.replace(/\.npy$/, "");
    const where = placeOf(file, name);
    if (name === member.name) throw invalidFile({ where, problem: "is not a .npy file", hint: SAVE_AGAIN });
    if (seen.has(name)) throw invalidFile({ where, problem: "is there twice", hint: SAVE_AGAIN });
    seen.add(name);
    return { name, open: () => readNpy({ bytes: unpacked(bytes, member, { where, advice: ADVICE }), name, where }) };
  });
}

const SAVE_AGAIN = "save it with numpy.savez or numpy.savez_compressed";

const ADVICE: ZipAdvice = {
  compression: SAVE_AGAIN,
  member: "save it with numpy.save, or as .safetensors",
  archive: "save only the weights, in several files",
};
