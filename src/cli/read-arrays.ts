import { VshiftError } from "../errors.ts";
import { nativeDigest } from "../files/native-digest.ts";
import { type ArrayBook, createArrayBook } from "../scenario/array-book.ts";
import { shapedArray } from "../scenario/array-input.ts";
import { ARRAY_FIELDS, type ArrayField, isArrayName } from "../scenario/arrays.ts";
import type { ShapedArray } from "../scenario/lay-out.ts";
import { excerpt, placeOf } from "../tensor/file-error.ts";
import type { Layout } from "../tensor/neuron-sums.ts";
import { readTensors } from "../tensor/read.ts";
import { rowsOf } from "../tensor/rows-of.ts";
import type { StoredTensor, Tensor } from "../tensor/tensor.ts";
import { keepApart } from "./keep-apart.ts";
import { readBytes } from "./read-bytes.ts";
import type { Flags } from "./scenario-input.ts";

/** Values that fields were given; those that name files are read. */
export type FieldValues = { readonly [Field in ArrayField]: readonly unknown[] };

/** Reads the files that these values name, none of which may be written; makes a book of them when it is asked for. */
export async function readArrays(values: FieldValues, flags: Flags): Promise<() => ArrayBook> {
  const names = ARRAY_FIELDS.flatMap((field) => values[field]).filter(isArrayName);
  keepApart(
    flags,
    names.map((name) => ({ path: placeIn(name.slice(PREFIX.length)).file, name })),
  );
  const layout = (flags.layout ?? "out-first") as Layout;
  const read = {
    activation: await readAll("activation", values.activation, layout),
    testActivation: await readAll("testActivation", values.testActivation, layout),
    weights: await readAll("weights", values.weights, layout),
  };
  return () => createArrayBook(read, nativeDigest);
}

async function readAll(field: ArrayField, values: readonly unknown[], layout: Layout) {
  const arrays = new Map<string, ShapedArray>();
  for (const name of new Set(values)) {
    if (isArrayName(name)) arrays.set(name, await readArray(field, { name, layout }));
  }
  return arrays;
}

async function readArray(
  field: ArrayField,
  { name, layout }: { readonly name: string; readonly layout: Layout },
): Promise<ShapedArray> {
  const tensor = await readNamed(name.slice(PREFIX.length), (text) => `write ${PREFIX}${text}`);
  // Samples are on the first axis in every framework, and neurons where the layout says.
  const rows = rowsOf(tensor, field === "weights" ? layout : "out-first");
  return shapedArray({ ...rows, channels: layout === "in-first" ? "last" : "first" }, { field, name });
}

const PREFIX = "file:";

/** The array of a file that is named like "x.npy" or, where there may be several in it, "x.npz#inputs"; `hint` is how that is written. */
export async function readNamed(name: string, hint: (name: string) => string): Promise<Tensor> {
  const { file, wanted } = placeIn(name);
  const stored = await readTensors({ file, bytes: readBytes(file) });
  return chosen(stored, { file, wanted, hint }).open();
}

/** "model.safetensors#fc1.weight" is an array of a file that may have several. */
export function placeIn(text: string): { readonly file: string; readonly wanted: string | undefined } {
  const [, file = text, wanted] = /^(.*\.(?:npz|safetensors))#(.*)$/i.exec(text) ?? [];
  return { file, wanted };
}

function chosen(
  stored: readonly StoredTensor[],
  {
    file,
    wanted,
    hint,
  }: { readonly file: string; readonly wanted: string | undefined; readonly hint: (name: string) => string },
): StoredTensor {
  const [first, second] = stored;
  const found = wanted === undefined ? first : stored.find(({ name }) => name === wanted);
  if (found !== undefined && (wanted !== undefined || second === undefined)) return found;
  const names = stored.slice(0, MOST_NAMED).map(({ name }) => excerpt(name));
  const all = `${names.join(", ")}${stored.length > MOST_NAMED ? ", …" : ""}`;
  throw new VshiftError({
    code: "invalid-file",
    field: wanted === undefined ? excerpt(file) : placeOf(excerpt(file), wanted),
    problem:
      wanted === undefined
        ? `has ${stored.length} arrays, and the name of one is missing`
        : "is not an array of this file",
    hint: first === undefined ? "give a file with an array" : `${hint(`${excerpt(file)}#NAME`)}, with one of ${all}`,
  });
}

const MOST_NAMED = 5;
