import { excerpt, invalidFile, placeOf } from "../tensor/file-error.ts";
import { membersOf, unpacked, type ZipAdvice, type ZipMember } from "../tensor/zip.ts";
import type { Hdf5Source } from "./hdf5-bytes.ts";
import { SAVE_AGAIN } from "./keras-config.ts";
import { SAVE } from "./read-model.ts";

/** A file of a trained Keras model: an archive of JSON and an HDF5 file of weights (.keras), or one HDF5 file of all (.h5). */
export type KerasFile =
  | {
      readonly kind: "archive";
      readonly weights: KerasWeights;
      readonly member: (name: string) => ZipMember | undefined;
    }
  | { readonly kind: "hdf5"; readonly weights: KerasWeights };

export interface KerasWeights extends Hdf5Source {
  /** Where in the archive it lies; null for a file of its own. */
  readonly member: ZipMember | null;
}

/** The file by its content: Keras before 2.13 wrote HDF5 with any ending. */
export function kerasFile(bytes: Uint8Array, where: string): KerasFile {
  if (bytes[0] === HDF5[0] && HDF5.every((byte, at) => bytes[at] === byte)) {
    return { kind: "hdf5", weights: { bytes, where, hint: SAVE_AGAIN, member: null } };
  }
  const members = new Map<string, ZipMember>();
  for (const member of membersOf(bytes, { where, advice: ADVICE })) {
    const place = placeOf(where, member.name);
    if (members.has(member.name)) throw invalidFile({ where: place, problem: "is there twice", hint: SAVE_AGAIN });
    members.set(member.name, member);
  }
  const member = members.get(WEIGHTS);
  if (member === undefined || !members.has("config.json")) throw noModel([...members.keys()], where);
  const weights = {
    bytes: contentOf(bytes, member, where),
    ...{ where: placeOf(where, WEIGHTS), hint: SAVE_AGAIN, member },
  };
  return { kind: "archive", weights, member: (name) => members.get(name) };
}

/** The content of a member, unpacked. */
export function contentOf(bytes: Uint8Array, member: ZipMember, file: string): Uint8Array {
  return unpacked(bytes, member, { where: placeOf(file, member.name), advice: ADVICE });
}

const HDF5 = [0x89, 0x48, 0x44, 0x46] as const;

const WEIGHTS = "model.weights.h5";

function noModel(names: readonly string[], where: string) {
  const other = names.find((name) => /^model\.weights\./.test(name));
  const problem =
    other === undefined
      ? "is a zip archive without a Keras model"
      : `has its weights in ${excerpt(other)}, and vshift reads them from ${WEIGHTS}`;
  return invalidFile({ where, problem, hint: SAVE });
}

export const SMALLER = "save a part of the model";

const ADVICE: ZipAdvice = { compression: SAVE_AGAIN, member: SMALLER, archive: SMALLER };
