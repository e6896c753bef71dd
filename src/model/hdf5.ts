import { VshiftError } from "../errors.ts";
import { ELEMENT_TYPES, type ElementType } from "../tensor/element-type.ts";
import { excerpt, invalidFile, placeOf } from "../tensor/file-error.ts";
import { elementCount } from "../tensor/shape.ts";
import type { StridedTensor } from "../tensor/strided.ts";
import { contiguousPlace } from "./hdf5-layout.ts";

/** What an HDF5 file holds, for as long as it is open. Each answers with a `VshiftError` where the file is damaged. */
export interface Hdf5File {
  /** The text of an attribute of a group or an array; undefined where it has none of that name. */
  readonly text: (path: string, name: string) => string | undefined;
  /** Paths, seen from a group, of all that is below it; none where there is no such group. */
  readonly below: (path: string) => readonly string[];
  /** An array, not decoded yet; undefined where there is none. It may be read when the file is closed, too. */
  readonly array: (path: string) => StridedTensor | undefined;
}

export interface Hdf5Source {
  readonly bytes: Uint8Array;
  readonly where: string;
  /** The next step where it cannot be read. */
  readonly hint: string;
}

type Library = Awaited<typeof import("h5wasm")>;
type Module = Awaited<Library["ready"]>;

/**
 * Reads an HDF5 file from memory. The HDF5 library (h5wasm) looks up names and attributes; the elements of arrays are read from the
 * bytes, so that what a file declares is compared with what it holds before memory is taken.
 */
export async function inHdf5<T>(source: Hdf5Source, read: (file: Hdf5File) => T): Promise<T> {
  const library = await import("h5wasm");
  const module = await library.ready;
  silence(module);
  const { bytes, where, hint } = source;
  // Of the library's own file system, which is memory.
  const path = "/model.h5";
  // Not copied: nothing here writes.
  const options = { flags: "w+", canOwn: true };
  module.FS.writeFile(path, bytes, options);
  const id = module.open(path, module.H5F_ACC_RDONLY);
  try {
    if (id < 0n) throw invalidFile({ where, problem: "is not an HDF5 file that vshift can read", hint });
    return read(opened(source, { library, module, id }));
  } finally {
    if (id >= 0n) asked(source, () => module.close_file(id));
    module.FS.unlink(path);
  }
}

/** The library prints its errors, which would stand between the lines of the user's terminal. */
function silence({ FS }: Module): void {
  const { getStream } = FS as unknown as { readonly getStream: (descriptor: number) => { stream_ops: object } };
  const errors = getStream(2);
  const write = (_stream: unknown, _buffer: unknown, _offset: number, length: number) => length;
  errors.stream_ops = { ...errors.stream_ops, write };
}

interface Opened {
  readonly library: Library;
  readonly module: Module;
  readonly id: bigint;
}

function opened(source: Hdf5Source, { library, module, id }: Opened): Hdf5File {
  const { bytes, where: file, hint } = source;
  const ask = <T>(call: () => T): T => asked(source, call);
  const typeAt = (path: string) => ask(() => module.get_type(id, path));
  return {
    text(path, name) {
      const at = path === "" ? "/" : path;
      if (typeAt(at) === -1 || !ask(() => module.get_attribute_names(id, at)).includes(name)) return undefined;
      return ask(() => {
        const attribute = new library.Attribute(id, at, name);
        const { type, vlen, size } = attribute.metadata;
        const isText = type === module.H5T_class_t.H5T_STRING.value && attribute.shape?.length === 0;
        // One that is as long as it needs is compared with the file by the library.
        if (!isText || (!vlen && size > bytes.length)) return undefined;
        return String(attribute.value);
      });
    },

    below(path) {
      return typeAt(path) === module.H5G_GROUP ? ask(() => module.get_names(id, path, true)) : [];
    },

    array(path) {
      if (typeAt(path) !== module.H5G_DATASET) return undefined;
      const where = placeOf(file, path);
      const refuse = (problem: string, next: string): never => {
        throw invalidFile({ where, problem: excerpt(problem), hint: next });
      };
      const metadata = ask(() => module.get_dataset_metadata(id, path));
      const { shape, littleEndian } = metadata;
      const isBfloat16 = this.text(path, "dtype") === "bfloat16";
      const type = isBfloat16 ? ELEMENT_TYPES.bfloat16 : typeOf(module, metadata);
      if (type === undefined || shape === null || type.bytes !== metadata.size) {
        return refuse("has elements of a type that vshift does not read", "save the model with weights in float32");
      }
      const reference = ask(() => module.create_object_reference(id, path));
      const place = contiguousPlace(bytes, addressIn(reference));
      if (place === undefined) {
        return refuse("is stored in chunks or compressed, and Keras stores arrays as they are", hint);
      }
      const count = elementCount(shape);
      if (count === undefined || count * type.bytes > place.size) {
        return refuse(`is of shape [${shape.join(", ")}], but ${place.size} bytes are stored`, hint);
      }
      const content = bytes.subarray(place.start, place.start + place.size);
      const storage = { size: place.size, littleEndian: isBfloat16 || littleEndian, bytes: () => content };
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
      return { name: path, shape, strides, offset: 0, type, storage, where };
    },
  };
}

/** What the library answers; whatever it throws means that the file is damaged. */
function asked<T>({ where, hint }: Hdf5Source, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    if (cause instanceof VshiftError) throw cause;
    throw invalidFile({ where, problem: "is not an HDF5 file that vshift can read", hint, cause });
  }
}

type Metadata = ReturnType<Module["get_dataset_metadata"]>;

function typeOf({ H5T_class_t: CLASS }: Module, { type, size, signed }: Metadata): ElementType | undefined {
  const types: Partial<Record<string, ElementType>> = ELEMENT_TYPES;
  if (type === CLASS.H5T_FLOAT.value) return types[`float${8 * size}`];
  return type === CLASS.H5T_INTEGER.value ? types[`${signed ? "int" : "uint"}${8 * size}`] : undefined;
}

/** An object is referred to by the address of its header, in 8 bytes from the lowest. */
function addressIn(reference: ArrayLike<number>): number {
  return Number(new DataView(Uint8Array.from(reference).buffer).getBigUint64(0, true));
}
