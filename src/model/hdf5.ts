import { ELEMENT_TYPES } from "../tensor/element-type.ts";
import { excerpt, invalidFile, placeOf } from "../tensor/file-error.ts";
import { elementCount } from "../tensor/shape.ts";
import type { StridedTensor } from "../tensor/strided.ts";
import { Hdf5Bytes, type Hdf5Source, undamaged } from "./hdf5-bytes.ts";
import { linksIn } from "./hdf5-groups.ts";
import { MESSAGE, type Message, messagesAt } from "./hdf5-header.ts";
import { type Hdf5Type, shapeAt, typeAt } from "./hdf5-types.ts";

/** What an HDF5 file holds. Each answers with a `VshiftError` where the file is damaged. */
export interface Hdf5File {
  /** The text of an attribute of a group or an array; undefined where it has none of that name. "" is the whole file. */
  readonly text: (path: string, name: string) => string | undefined;
  /** Whether there is a group, or an array. */
  readonly has: (path: string) => boolean;
  /** Paths, seen from a group, of all arrays below it; none where there is no such group. */
  readonly arraysBelow: (path: string) => readonly string[];
  /** An array, not decoded yet; undefined where there is none. */
  readonly array: (path: string) => StridedTensor | undefined;
}

/**
 * A file of HDF5 as Keras writes it with h5py: groups, texts as attributes, and arrays whose elements lie one behind the other, so that
 * they are looked at in place. Nothing is read that is not asked for. HDF5 File Format Specification 3.0; not all of it: no chunks,
 * no filters, no links to elsewhere, no groups of many members in the newest form.
 *
 * The HDF5 library is not used: compiled to WebAssembly (h5wasm 0.10.3), it loops without end on one in a few hundred files with
 * changed bytes (docs/DECISIONS.md).
 */
export function openHdf5(source: Hdf5Source): Hdf5File {
  const file = new Hdf5Bytes(source);
  const root = undamaged(source, () => rootOf(file));
  const objects = new Map<number, Hdf5Object>();

  function objectAt(address: number): Hdf5Object {
    const known = objects.get(address);
    if (known !== undefined) return known;
    const messages = messagesAt(file, address);
    const object = { messages, links: linksIn(file, messages) };
    objects.set(address, object);
    return object;
  }

  function find(path: string): Hdf5Object | undefined {
    let object: Hdf5Object | undefined = objectAt(root);
    for (const name of path.split("/")) {
      if (name === "") continue;
      const next: number | undefined = object.links?.get(name);
      if (next === undefined) return undefined;
      object = objectAt(next);
    }
    return object;
  }

  return {
    text: (path, name) =>
      undamaged(source, () => {
        for (const { at, isShared } of find(path)?.messages.filter(({ type }) => type === MESSAGE.attribute) ?? []) {
          const found = isShared ? undefined : attributeAt(file, at);
          if (found?.name === name) return textOf(file, found);
        }
        return undefined;
      }),

    has: (path) => undamaged(source, () => find(path) !== undefined),

    arraysBelow: (path) =>
      undamaged(source, () => {
        const start = find(path);
        const found: string[] = [];
        const open = start === undefined ? [] : [{ object: start, prefix: "", depth: 0 }];
        for (let next = open.pop(); next !== undefined; next = open.pop()) {
          const { object, prefix, depth } = next;
          if (object.links === null && prefix !== "") found.push(prefix);
          for (const [name, address] of object.links ?? []) {
            // A group may be in itself.
            if (depth === DEEPEST) throw new RangeError("groups in groups without end");
            const below = prefix === "" ? name : `${prefix}/${name}`;
            file.spend(STEPS_OF_PATH);
            open.push({ object: objectAt(address), prefix: below, depth: depth + 1 });
          }
        }
        return found;
      }),

    array(path) {
      const object = undamaged(source, () => find(path));
      if (object === undefined || object.links !== null) return undefined;
      const isBfloat16 = this.text(path, "dtype") === "bfloat16";
      return arrayOf(file, path, { messages: object.messages, isBfloat16 });
    },
  };
}

interface Hdf5Object {
  readonly messages: readonly Message[];
  /** What a group holds; null for an array. */
  readonly links: ReadonlyMap<string, number> | null;
}

/** Groups in groups. */
const DEEPEST = 32;
/** For the memory that it takes. */
const STEPS_OF_PATH = 8;

/** The address of the header of the group that holds all, from the superblock. §II.A */
function rootOf(file: Hdf5Bytes): number {
  file.require("\x89HDF\r\n\x1a\n", 0);
  const version = file.number(8, 1);
  const isEarly = version < 2;
  const sizes = isEarly ? 13 : 9;
  const base = isEarly ? 24 + 4 * version : 12;
  const isPlain = file.number(sizes, 1) === 8 && file.number(sizes + 1, 1) === 8 && file.address(base) === 0;
  if (version > 3 || !isPlain) throw new RangeError("a superblock of another kind");
  return file.address(base + (isEarly ? 40 : 24));
}

interface Attribute {
  readonly name: string;
  /** Where its type, its space and its content begin. */
  readonly type: number;
  readonly space: number;
  readonly content: number;
}

/** §IV.A.2.m. In the first version each part is as long as a multiple of 8. */
function attributeAt(file: Hdf5Bytes, at: number): Attribute | undefined {
  const version = file.number(at, 1);
  const areShared = version > 1 && (file.number(at + 1, 1) & 3) !== 0;
  if (version < 1 || version > 3 || areShared) return undefined;
  const [name, type, space] = [2, 4, 6].map((offset) => {
    const size = file.number(at + offset, 2);
    return version === 1 ? 8 * Math.ceil(size / 8) : size;
  }) as [number, number, number];
  const start = at + (version === 3 ? 9 : 8);
  return {
    name: file.text(start, name),
    type: start + name,
    space: start + name + type,
    content: start + name + type + space,
  };
}

/** Of an attribute that is one text. */
function textOf(file: Hdf5Bytes, { type: typeStart, space, content }: Attribute): string | undefined {
  const type = typeAt(file, typeStart);
  if (shapeAt(file, space)?.length !== 0) return undefined;
  switch (type.kind) {
    case "text":
      return file.text(content, type.size);
    case "long text":
      return longText(file, {
        length: file.number(content, 4),
        heap: file.address(content + 4),
        index: file.number(content + 12, 4),
      });
    default:
      return undefined;
  }
}

/** From a heap that attributes share. §III.E */
function longText(
  file: Hdf5Bytes,
  { length, heap, index }: { readonly length: number; readonly heap: number; readonly index: number },
): string {
  file.require("GCOL", heap);
  const end = heap + file.address(heap + 8);
  for (let at = heap + 16; at + 16 <= end; ) {
    file.spend(1);
    const [number, size] = [file.number(at, 2), file.address(at + 8)];
    // What comes behind is free.
    if (number === 0) break;
    if (number === index) return file.text(at + 16, Math.min(length, size));
    at += 16 + 8 * Math.ceil(size / 8);
  }
  throw new RangeError("no text of this number");
}

interface StoredArray {
  readonly messages: readonly Message[];
  readonly isBfloat16: boolean;
}

function arrayOf(file: Hdf5Bytes, path: string, { messages, isBfloat16 }: StoredArray): StridedTensor | undefined {
  const { source } = file;
  const where = placeOf(source.where, path);
  const refusal = (problem: string, hint = source.hint) => invalidFile({ where, problem: excerpt(problem), hint });
  const of = (type: number) => messages.find((message) => message.type === type);
  const [space, kind, layout] = [MESSAGE.dataspace, MESSAGE.datatype, MESSAGE.layout].map(of);
  if (space === undefined || kind === undefined || layout === undefined) return undefined;
  const { shape, type, place } = undamaged(source, () => ({
    shape: space.isShared ? null : shapeAt(file, space.at),
    type: kind.isShared ? null : typeAt(file, kind.at),
    place: placeAt(file, layout.at),
  }));
  const numbers = isBfloat16 && type !== null ? asBfloat16(type) : type?.kind === "number" ? type : undefined;
  if (numbers === undefined || shape === null) {
    throw refusal("has elements of a type that vshift does not read", "save the model with weights in float32");
  }
  if (place === undefined) throw refusal("is stored in chunks or compressed, and Keras stores arrays as they are");
  const { start, size } = place;
  const count = elementCount(shape) ?? Number.POSITIVE_INFINITY;
  // What was never written is nowhere, and has no elements.
  const isInside = count === 0 || start + size <= file.length;
  if (!isInside || count * numbers.type.bytes > size) {
    throw refusal(`is of shape [${shape.join(", ")}], but its bytes are not in the file`);
  }
  const content = source.bytes.subarray(start, start + size);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const storage = { size, littleEndian: numbers.littleEndian, bytes: () => content };
  return { name: path, shape, strides, offset: 0, type: numbers.type, storage, where };
}

/** h5py stores them as 2 bytes of a type that it does not know. */
function asBfloat16(type: Hdf5Type): Numbers | undefined {
  const size = type.kind === "number" ? type.type.bytes : type.kind === "other" ? type.size : 0;
  return size === 2 ? { kind: "number", type: ELEMENT_TYPES.bfloat16, littleEndian: true } : undefined;
}

type Numbers = Extract<Hdf5Type, { kind: "number" }>;

/** Where elements lie one behind the other; undefined where they do not. §IV.A.2.i, versions 3 to 5: the first two are of HDF5 before 1.6. */
function placeAt(file: Hdf5Bytes, at: number): { readonly start: number; readonly size: number } | undefined {
  const version = file.number(at, 1);
  const isContiguous = version >= 3 && version <= 5 && file.number(at + 1, 1) === 1;
  return isContiguous ? { start: file.address(at + 2), size: file.address(at + 10) } : undefined;
}
