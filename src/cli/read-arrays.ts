import { VshiftError } from "../errors.ts";
import { type ArrayBook, createArrayBook } from "../scenario/array-book.ts";
import { realArray } from "../scenario/array-input.ts";
import { type ArrayField, isArrayName, type RealArray } from "../scenario/arrays.ts";
import { excerpt, placeOf } from "../tensor/file-error.ts";
import type { Layout } from "../tensor/neuron-sums.ts";
import { readTensors } from "../tensor/read.ts";
import { rowsOf } from "../tensor/rows-of.ts";
import type { StoredTensor } from "../tensor/tensor.ts";
import { keepApart } from "./keep-apart.ts";
import { nativeDigest } from "./native-digest.ts";
import { readBytes } from "./read-bytes.ts";
import type { Flags } from "./scenario-input.ts";

/** Values that fields were given; those that name files are read. */
type FieldValues = { readonly [Field in ArrayField]: readonly unknown[] };

/** Reads the files that these values name, none of which may be written; makes a book of them when it is asked for. */
export async function readArrays({ activation, weights }: FieldValues, flags: Flags): Promise<() => ArrayBook> {
  const files = [...activation, ...weights].filter(isArrayName).map((name) => ({ path: placeIn(name).file, name }));
  keepApart(flags, files);
  const read = {
    activation: await readAll("activation", activation, "out-first"),
    weights: await readAll("weights", weights, (flags.layout ?? "out-first") as Layout),
  };
  return () => createArrayBook(read, nativeDigest);
}

async function readAll(field: ArrayField, values: readonly unknown[], layout: Layout) {
  const arrays = new Map<string, RealArray>();
  for (const name of new Set(values)) {
    if (isArrayName(name)) arrays.set(name, await readArray(field, { name, layout }));
  }
  return arrays;
}

async function readArray(
  field: ArrayField,
  { name, layout }: { readonly name: string; readonly layout: Layout },
): Promise<RealArray> {
  const { file, wanted } = placeIn(name);
  const stored = await readTensors({ file, bytes: readBytes(file) });
  const tensor = chosen(stored, { file, wanted }).open();
  return realArray(rowsOf(tensor, layout), { field, name });
}

/** "file:model.safetensors#fc1.weight" is an array of a file that may have several. */
function placeIn(name: string): { readonly file: string; readonly wanted: string | undefined } {
  const text = name.slice("file:".length);
  const [, file = text, wanted] = /^(.*\.(?:npz|safetensors))#(.*)$/i.exec(text) ?? [];
  return { file, wanted };
}

function chosen(
  stored: readonly StoredTensor[],
  { file, wanted }: { readonly file: string; readonly wanted: string | undefined },
): StoredTensor {
  const [first, second] = stored;
  const found = wanted === undefined ? first : stored.find(({ name }) => name === wanted);
  if (found !== undefined && (wanted !== undefined || second === undefined)) return found;
  const names = stored.slice(0, MOST_NAMED).map(({ name }) => excerpt(name));
  const all = `${names.join(", ")}${stored.length > MOST_NAMED ? ", …" : ""}`;
  throw new VshiftError({
    code: "invalid-file",
    field: wanted === undefined ? excerpt(file) : placeOf(excerpt(file), wanted),
    problem: wanted === undefined ? `has ${stored.length} arrays, and none is named` : "is no array of this file",
    hint: first === undefined ? "give a file with an array" : `write file:${excerpt(file)}#NAME; there are ${all}`,
  });
}

const MOST_NAMED = 5;
