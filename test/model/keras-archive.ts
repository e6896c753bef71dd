import { readFileSync } from "node:fs";
import { type Zippable, zipSync } from "fflate/browser";
import { File, Group, type LIBVER_BOUND, ready } from "h5wasm";
import type { ModelGraph } from "../../src/model/graph.ts";
import { readModel } from "../../src/model/read-model.ts";
import { ascii } from "../tensor/files.ts";
import type { Json } from "./archive.ts";

/** What Keras 3.15.1 saved of a network that was trained with dropout of 0.3. */
export function kfun(ending: "keras" | "h5"): Uint8Array {
  return new Uint8Array(readFileSync(`test/model/data/kfun-0.3.${ending}`));
}

/** An array by its path in an HDF5 file; float32 unless its numbers are of another type. */
export interface SmallArray {
  readonly shape: readonly number[];
  readonly values: readonly number[] | Float64Array | Int32Array | Uint16Array;
  readonly chunks?: readonly number[];
}

export interface SmallHdf5 {
  readonly arrays?: { readonly [path: string]: SmallArray };
  /** Texts by the path of a group or an array; "/" for the whole file. */
  readonly attributes?: { readonly [path: string]: { readonly [name: string]: string } };
  readonly version?: LIBVER_BOUND;
}

export async function hdf5({ arrays = {}, attributes = {}, version }: SmallHdf5): Promise<Uint8Array> {
  const { FS } = await ready;
  const file = new File("/made.h5", "w", version === undefined ? {} : { libver: version });
  for (const [path, { shape, values, chunks }] of Object.entries(arrays)) {
    const parts = path.split("/");
    const name = parts.pop() ?? path;
    const data = "buffer" in values ? values : Float32Array.from(values);
    const chunked = chunks === undefined ? {} : { chunks: [...chunks], compression: 9 };
    groupAt(file, parts).create_dataset({ name, data, shape: [...shape], ...chunked });
  }
  for (const [path, texts] of Object.entries(attributes)) {
    const parts = path.split("/").filter((part) => part !== "");
    const found = parts.length === 0 ? file : file.get(parts.join("/"));
    const place = found === null ? groupAt(file, parts) : found;
    if (!("create_attribute" in place)) throw new Error(`${path} has no attributes`);
    for (const [name, text] of Object.entries(texts)) place.create_attribute(name, text);
  }
  file.close();
  const bytes = FS.readFile("/made.h5", { encoding: "binary" });
  FS.unlink("/made.h5");
  return bytes;
}

function groupAt(file: Group, parts: readonly string[]): Group {
  return parts.reduce<Group>((group, part) => {
    const found = group.get(part);
    return found instanceof Group ? found : group.create_group(part);
  }, file);
}

/** A layer as config.json has it, with its variables in order. */
export interface SmallLayer {
  readonly class: string;
  readonly name?: string;
  readonly config?: { readonly [name: string]: Json };
  readonly variables?: readonly SmallArray[];
  /** Names of layers that it reads, or a reference in full; those before it where it is left out. */
  readonly reads?: readonly (string | readonly [layer: string, call: number, output: number])[];
  readonly training?: boolean;
  /** Of a class that is not Keras's: "mine". */
  readonly module?: string;
  /** Numbers among its arguments, at their positions; null for a layer that it reads. */
  readonly operands?: readonly (number | null)[];
}

/** Where the class's name as a folder, and not made by the test, would hide a mistake: "Conv2D" is "conv2d". */
const FOLDERS: { readonly [name: string]: string } = {
  BatchNormalization: "batch_normalization",
  Conv1D: "conv1d",
  Conv2D: "conv2d",
  Conv3D: "conv3d",
  Dense: "dense",
  DepthwiseConv2D: "depthwise_conv2d",
  GroupNormalization: "group_normalization",
  LayerNormalization: "layer_normalization",
  Normalization: "normalization",
  SeparableConv2D: "separable_conv2d",
};

export interface SmallModel {
  readonly input?: readonly (number | null)[];
  readonly layers: readonly SmallLayer[];
  readonly outputs?: readonly Json[];
  /** Members of the archive to add, or to put in the place of others. */
  readonly members?: Zippable;
  readonly level?: 0 | 9;
}

export function vector(...values: readonly number[]): SmallArray {
  return { shape: [values.length], values };
}

/** A .keras archive as Keras 3 lays one out; the input is x. */
export async function keras({ members = {}, level = 0, ...model }: SmallModel): Promise<Uint8Array> {
  const archive = {
    "metadata.json": json({ keras_version: "3.15.1", date_saved: "2026-01-01@00:00:00" }),
    "config.json": json(functional(model)),
    "model.weights.h5": await hdf5({ arrays: arraysOf(model.layers) }),
    ...members,
  };
  return zipSync(archive, { level });
}

export function functional({ input = [null, 2], layers, outputs }: SmallModel): Json {
  const names = ["x", ...layers.map(nameOf)];
  return {
    class_name: "Functional",
    config: {
      name: "model",
      layers: [
        {
          class_name: "InputLayer",
          module: "keras.layers",
          config: { name: "x", batch_shape: input },
          inbound_nodes: [],
        },
        ...layers.map((layer, index) => ({
          class_name: layer.class,
          module: layer.module ?? "keras.layers",
          config: { name: nameOf(layer, index), ...layer.config },
          inbound_nodes: [callOf(layer, names[index] as string)],
        })),
      ],
      input_layers: [["x", 0, 0]],
      output_layers: outputs ?? [[names.at(-1) as string, 0, 0]],
    },
  };
}

function callOf({ reads, training, operands }: SmallLayer, before: string): Json {
  const tensors = (reads ?? [before]).map((read) => ({
    class_name: "__keras_tensor__",
    config: { shape: null, keras_history: typeof read === "string" ? [read, 0, 0] : read },
  }));
  const kwargs = training === undefined ? {} : { training };
  if (operands === undefined) return { args: tensors.length === 1 ? tensors : [tensors], kwargs };
  const rest = [...tensors];
  return { args: operands.map((operand) => operand ?? rest.shift() ?? null), kwargs };
}

function nameOf({ name, class: className }: SmallLayer, index: number): string {
  return name ?? `${className.toLowerCase()}_${index}`;
}

export function arraysOf(layers: readonly SmallLayer[], folder = "layers"): { readonly [path: string]: SmallArray } {
  const counts = new Map<string, number>();
  return Object.fromEntries(
    layers.flatMap(({ class: className, variables = [] }) => {
      const nth = counts.get(className) ?? 0;
      counts.set(className, nth + 1);
      const own = `${FOLDERS[className] ?? className.toLowerCase()}${nth === 0 ? "" : `_${nth}`}`;
      return variables.map((array, index) => [`${folder}/${own}/vars/${index}`, array] as const);
    }),
  );
}

export function json(value: Json): Uint8Array {
  return ascii(JSON.stringify(value));
}

export async function readKeras(model: SmallModel): Promise<ModelGraph> {
  return readModel({ file: "m.keras", bytes: await keras(model) });
}
