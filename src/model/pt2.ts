import { excerpt, invalidFile, placeOf } from "../tensor/file-error.ts";
import { type Storage, type StridedTensor, writeStrided } from "../tensor/strided.ts";
import { membersOf, unpacked, withContents, type ZipAdvice, type ZipMember } from "../tensor/zip.ts";
import type { ModelGraph } from "./graph.ts";
import { modelJson } from "./model-json.ts";
import type { NewStatistics } from "./new-statistics.ts";
import { graphOf } from "./pt2-graph.ts";
import { EXPORT_AGAIN, objectOf, programOf } from "./pt2-program.ts";
import { stridedOf } from "./pt2-tensors.ts";
import { EXPORT } from "./read-model.ts";

/**
 * The network in an archive of torch.export.save. Only the program and the statistics of norms are read at once; weights when
 * their values are asked for.
 *
 * A zip archive whose members lie in one folder: models/model.json (the program), data/weights/model_weights_config.json (where
 * each weight lies), data/weights/weight_0 and so on (the bytes of a storage), the same for constants, and byteorder.
 * torch/export/pt2_archive/_package.py
 */
export function readPt2(bytes: Uint8Array, file: string): ModelGraph {
  const archive = archiveOf(bytes, file);
  const program = programOf(archive.json(`models/${archive.model}.json`), archive.where);
  return graphOf(program, { stored: storedIn(archive).tensor, where: archive.where });
}

/** A copy of such an archive in which norms have new running statistics: the same bytes, except these and checksums. */
export function writePt2(bytes: Uint8Array, file: string, changes: readonly NewStatistics[]): Uint8Array {
  const archive = archiveOf(bytes, file);
  const { tensor, memberOf } = storedIn(archive);
  const contents = new Map<ZipMember, Uint8Array>();
  for (const { norm, mean, variance } of changes) {
    const arrays = [
      { name: norm.arrays.mean, values: mean },
      { name: norm.arrays.variance, values: variance },
    ];
    for (const { name, values } of arrays) {
      const stored = tensor(name);
      const member = stored && memberOf.get(stored.storage);
      if (stored === undefined || member === undefined) throw new RangeError(`${name} is not in ${file}`);
      const content = contents.get(member) ?? new Uint8Array(archive.content(member));
      contents.set(member, content);
      writeStrided(stored, content, values);
    }
  }
  return withContents(bytes, contents, { where: file });
}

interface Archive {
  readonly file: string;
  /** What messages call the program. */
  readonly where: string;
  /** The name of the one model in it. */
  readonly model: string;
  /** What is missing is undefined. */
  readonly member: (path: string) => ZipMember | undefined;
  readonly content: (member: ZipMember) => Uint8Array;
  readonly json: (path: string) => unknown;
}

function archiveOf(bytes: Uint8Array, file: string): Archive {
  const members = new Map<string, ZipMember>();
  for (const member of membersOf(bytes, { where: file, advice: ADVICE })) {
    const where = placeOf(file, member.name);
    if (members.has(member.name)) throw invalidFile({ where, problem: "is there twice", hint: EXPORT_AGAIN });
    members.set(member.name, member);
  }
  const { folder, model } = modelIn([...members.keys()], file);
  const where = placeOf(file, `models/${model}.json`);
  const member = (path: string) => members.get(`${folder}${path}`);
  const content = (found: ZipMember) => {
    const place = placeOf(file, found.name);
    // Looked at in place, so that the archive is all the memory that it takes, however many tensors lie in a member.
    if (found.packedSize === found.size) return unpacked(bytes, found, { where: place, advice: ADVICE });
    throw invalidFile({
      where: place,
      problem: "is compressed, and torch stores its members as they are",
      hint: EXPORT_AGAIN,
    });
  };
  return {
    ...{ file, where, model, member, content },
    json(path) {
      const place = placeOf(file, path);
      const found = member(path);
      if (found === undefined) throw invalidFile({ where: place, problem: "is missing", hint: NEWER });
      const json = { size: found.size, bytes: () => content(found) };
      return modelJson(json, { where: place, again: EXPORT_AGAIN, smaller: SMALLER });
    },
  };
}

interface Found {
  /** With its slash; empty for none. */
  readonly folder: string;
  readonly model: string;
}

function modelIn(names: readonly string[], file: string): Found {
  const [found, ...others] = names.flatMap((name): Found[] => {
    const [, folder = "", model] = /^([^/]*\/)?models\/([^/]+)\.json$/.exec(name) ?? [];
    return model === undefined ? [] : [{ folder, model }];
  });
  if (found !== undefined && others.length === 0) return found;
  if (found !== undefined) {
    throw invalidFile({
      where: file,
      problem: `holds ${others.length + 1} models, and vshift reads archives of one`,
      hint: "save each with torch.export.save",
    });
  }
  const ends = (end: string) => names.some((name) => name === end || name.endsWith(`/${end}`));
  if (ends("serialized_exported_program.json")) {
    throw invalidFile({ where: file, problem: "was exported by torch before 2.8, which pickles weights", hint: NEWER });
  }
  if (ends("data.pkl")) {
    const problem = "is a pickle of torch.save or torch.jit.save, which can run code and which vshift does not read";
    throw invalidFile({ where: file, problem, hint: EXPORT });
  }
  throw invalidFile({ where: file, problem: "is a zip archive without an exported program", hint: EXPORT });
}

const SMALLER = "export a part of the model";

const ADVICE: ZipAdvice = { compression: EXPORT_AGAIN, member: SMALLER, archive: SMALLER };

const NEWER = "export it again with torch 2.8 or later";

interface Stored {
  /** By its name in the model; undefined where the archive has none of that name. */
  readonly tensor: (name: string) => StridedTensor | undefined;
  /** Where storages lie that were opened. */
  readonly memberOf: ReadonlyMap<Storage, ZipMember>;
}

function storedIn(archive: Archive): Stored {
  const { file, model } = archive;
  const littleEndian = isLittleEndian(archive);
  const entries = new Map<string, { readonly entry: unknown; readonly folder: string }>();
  for (const kind of ["constants", "weights"]) {
    const folder = `data/${kind}/`;
    const path = `${folder}${model}_${kind}_config.json`;
    if (kind === "constants" && archive.member(path) === undefined) continue;
    const where = placeOf(file, path);
    const { config } = objectOf(archive.json(path), "it", where);
    for (const [name, entry] of Object.entries(objectOf(config, "config", where))) entries.set(name, { entry, folder });
  }
  const seen = new Map<string, StridedTensor>();
  const opened = new Map<ZipMember, Storage>();
  const memberOf = new Map<Storage, ZipMember>();
  const tensorNamed = (name: string) => {
    const found = entries.get(name);
    if (found === undefined || seen.has(name)) return seen.get(name);
    const tensor = stridedOf({ name, file, entry: found.entry, open: storageIn(found.folder) });
    seen.set(name, tensor);
    return tensor;
  };
  return { tensor: tensorNamed, memberOf };

  function storageIn(folder: string): (path: string, where: string) => Storage {
    return (path, where) => {
      const member = archive.member(`${folder}${path}`);
      if (member === undefined) {
        throw invalidFile({ where, problem: `lies in ${excerpt(path)}, which is missing`, hint: EXPORT_AGAIN });
      }
      const known = opened.get(member) ?? {
        size: member.size,
        littleEndian,
        bytes: once(() => archive.content(member)),
      };
      opened.set(member, known);
      memberOf.set(known, member);
      return known;
    };
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function isLittleEndian({ member, content, file }: Archive): boolean {
  const found = member("byteorder");
  if (found === undefined) return true;
  const order = found.size > LONGEST_ORDER ? "" : new TextDecoder().decode(content(found));
  if (order === "little" || order === "big") return order === "little";
  const problem = `is ${JSON.stringify(excerpt(order))}, and must be little or big`;
  throw invalidFile({ where: placeOf(file, "byteorder"), problem, hint: EXPORT_AGAIN });
}

const LONGEST_ORDER = 16;
