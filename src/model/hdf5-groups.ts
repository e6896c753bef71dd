import { invalidFile } from "../tensor/file-error.ts";
import type { Hdf5Bytes } from "./hdf5-bytes.ts";
import { MESSAGE, type Message } from "./hdf5-header.ts";

/** Addresses of the objects in a group, by their names; links to elsewhere are left out. Null for any other object. */
export function linksIn(file: Hdf5Bytes, messages: readonly Message[]): ReadonlyMap<string, number> | null {
  const of = (type: number) => messages.filter((message) => message.type === type);
  const [table] = of(MESSAGE.symbolTable);
  if (table !== undefined) return linksOfTable(file, table);
  const [info] = of(MESSAGE.linkInfo);
  if (info === undefined) return null;
  requireInHeader(file, info);
  return new Map(of(MESSAGE.link).flatMap(({ at }) => linkAt(file, at) ?? []));
}

/** The groups of HDF5 before 1.8, which h5py makes: a tree of tables, with the names in a heap. §III.A, §III.B, §III.D */
function linksOfTable(file: Hdf5Bytes, { at }: Message): ReadonlyMap<string, number> {
  const heap = file.address(at + 8);
  file.require("HEAP", heap);
  const [size, names] = [file.address(heap + 8), file.address(heap + 24)];
  const links = new Map<string, number>();
  const open = [file.address(at)];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    file.spend(1);
    if (file.has("SNOD", node)) {
      const count = file.number(node + 6, 2);
      for (let index = 0; index < count; index++) {
        file.spend(STEPS_OF_LINK);
        const entry = node + 8 + 40 * index;
        const offset = file.address(entry);
        if (file.number(entry + 16, 4) === SOFT_LINK) continue;
        links.set(file.text(names + offset, Math.min(LONGEST_NAME, size - offset)), file.address(entry + 8));
      }
      continue;
    }
    file.require("TREE", node);
    const count = file.number(node + 6, 2);
    // A key of 8 bytes stands before each child.
    for (let index = count - 1; index >= 0; index--) open.push(file.address(node + 32 + 16 * index));
  }
  return links;
}

/** For the memory that it takes. */
const STEPS_OF_LINK = 4;
const SOFT_LINK = 2;
const LONGEST_NAME = 4096;

/** Groups of many members may have them in a heap of their own, which h5py makes where it is asked for the newest format. §IV.A.2.c */
function requireInHeader(file: Hdf5Bytes, { at }: Message): void {
  const hasOrder = (file.number(at + 1, 1) & 1) !== 0;
  const heap = file.address(at + 2 + (hasOrder ? 8 : 0));
  if (heap >= file.length) return;
  const { where } = file.source;
  throw invalidFile({
    where,
    problem: "has groups in the newest form of HDF5, which vshift does not read",
    hint: "save it again with model.save",
  });
}

/** The name and address of a link to an object; undefined for one to elsewhere. §IV.A.2.g */
function linkAt(file: Hdf5Bytes, at: number): readonly (readonly [string, number])[] | undefined {
  const flags = file.number(at + 1, 1);
  const has = (bit: number) => (flags & (1 << bit)) !== 0;
  let next = at + 2;
  const type = has(3) ? file.number(next++, 1) : 0;
  next += (has(2) ? 8 : 0) + (has(4) ? 1 : 0);
  const width = 1 << (flags & 3);
  const length = file.number(next, width);
  const name = file.text(next + width, Math.min(LONGEST_NAME, length));
  return type === 0 ? [[name, file.address(next + width + length)]] : undefined;
}
