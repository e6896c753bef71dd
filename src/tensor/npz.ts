import { type UnzipFileInfo, unzipSync } from "fflate/browser";
import { VshiftError } from "../errors.ts";
import { invalidFile, placeOf } from "./file-error.ts";
import { readNpy } from "./npy.ts";
import type { StoredTensor } from "./tensor.ts";

/** The arrays of a .npz file, a zip archive of .npy files. Each is unpacked when it is opened, and not before. */
export function readNpz(bytes: Uint8Array, file: string): readonly StoredTensor[] {
  const members = membersOf(bytes, file);
  const seen = new Set<string>();
  return members.map((member, index) => {
    const name = member.name.replace(/\.npy$/, "");
    const where = placeOf(file, name);
    if (name === member.name) throw invalidFile({ where, problem: "is no .npy file", hint: SAVE_AGAIN });
    if (seen.has(name)) throw invalidFile({ where, problem: "is there twice", hint: SAVE_AGAIN });
    seen.add(name);
    return { name, open: () => readNpy({ bytes: unpacked(bytes, { index, member, where }), name, where }) };
  });
}

/** The members that the archive's directory lists, refused if their sizes cannot be true or leave no room for them. */
function membersOf(bytes: Uint8Array, file: string): readonly UnzipFileInfo[] {
  const members: UnzipFileInfo[] = [];
  let total = 0;
  unzipped(bytes, {
    where: file,
    filter: (member) => {
      members.push(member);
      total += member.originalSize;
      requirePlausible(member, { where: placeOf(file, member.name), archive: bytes.length });
      if (members.length > MOST_MEMBERS || total > LARGEST_TOTAL) {
        const problem = `says that it unpacks to more than ${MOST_MEMBERS} arrays or ${LARGEST_TOTAL} bytes`;
        throw invalidFile({ where: file, problem, hint: "save the weights alone, as several files" });
      }
      return false;
    },
  });
  return members;
}

function requirePlausible(
  { size, originalSize, compression }: UnzipFileInfo,
  { where, archive }: { readonly where: string; readonly archive: number },
): void {
  const isStored = compression === 0;
  if (!(size <= archive) || !(isStored ? originalSize === size : originalSize <= HIGHEST_RATIO * size)) {
    const problem = `says that ${size} packed bytes unpack to ${originalSize}, in an archive of ${archive}`;
    throw invalidFile({ where, problem, hint: "it is cut short, damaged or made to fill memory: save it again" });
  }
  if (originalSize > LARGEST_MEMBER) {
    const problem = `says that it unpacks to ${originalSize} bytes; the limit is ${LARGEST_MEMBER}`;
    throw invalidFile({ where, problem, hint: "save it with numpy.save, or as .safetensors" });
  }
}

interface Packed {
  readonly index: number;
  readonly member: UnzipFileInfo;
  readonly where: string;
}

function unpacked(bytes: Uint8Array, { index, member, where }: Packed): Uint8Array {
  let number = 0;
  const [content] = unzipped(bytes, { where, filter: () => number++ === index });
  if (content?.length === member.originalSize) return content;
  const problem = `unpacks to ${content?.length ?? 0} bytes, and says that it has ${member.originalSize}`;
  throw invalidFile({ where, problem, hint: "it is damaged: copy or save it again" });
}

interface Unzipping {
  readonly where: string;
  readonly filter: (member: UnzipFileInfo) => boolean;
}

function unzipped(bytes: Uint8Array, { where, filter }: Unzipping): Uint8Array[] {
  try {
    return Object.values(unzipSync(bytes, { filter }));
  } catch (cause) {
    if (cause instanceof VshiftError) throw cause;
    const problem = bytes.length === 0 ? "is empty" : "is no zip archive that can be unpacked";
    throw invalidFile({ where, problem, hint: "it is cut short or damaged: copy or save it again", cause });
  }
}

const SAVE_AGAIN = "save it with numpy.savez or numpy.savez_compressed";

/** Deflate packs 258 bytes in 2 bits at best (RFC 1951, §3.2.5): 1032 to 1. */
const HIGHEST_RATIO = 1032;

/** 2 GiB: half a billion weights in single precision. */
const LARGEST_MEMBER = 2 ** 31;

/** 16 GiB, in all: archives whose members share their bytes would else be work without end. */
const LARGEST_TOTAL = 2 ** 34;

const MOST_MEMBERS = 65_535;
