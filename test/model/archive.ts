import { type Zippable, zipSync } from "fflate/browser";
import { VshiftError } from "../../src/errors.ts";
import type { ModelGraph, ModelLayer } from "../../src/model/graph.ts";
import { readModel } from "../../src/model/read-model.ts";
import { ascii, float32 } from "../tensor/files.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A stored tensor: its bytes, and where in them it lies; float32 in the order of its shape unless something else is said. */
export interface SmallWeight {
  readonly bytes: Uint8Array;
  readonly shape: readonly number[];
  readonly dtype?: number;
  readonly strides?: readonly number[];
  readonly offset?: number;
  readonly kind?: "parameter" | "buffer" | "tensor_constant";
  readonly pickled?: boolean;
}

export interface SmallCall {
  /** Name of its output, and of more outputs. */
  readonly name: string;
  readonly more?: readonly string[];
  /** "relu.default" of aten, or a whole name with its space. */
  readonly operation: string;
  readonly inputs: { readonly [name: string]: Json };
  /** Of its outputs. */
  readonly shape: readonly (number | null)[];
  readonly dtype?: number;
  readonly metadata?: { readonly [name: string]: Json };
}

export interface SmallModel {
  readonly input?: readonly (number | null)[];
  readonly weights?: { readonly [name: string]: SmallWeight };
  readonly calls: readonly SmallCall[];
  /** Members of the archive to add, or to put in the place of others. */
  readonly members?: Zippable;
  /** Changes the program. */
  readonly edit?: (program: Program) => unknown;
  readonly level?: 0 | 9;
}

/** Its parts that tests change. */
export type Program = ReturnType<typeof programOf>;

export function tensor(name: string): Json {
  return { as_tensor: { name } };
}

export function tensors(...names: readonly string[]): Json {
  return { as_tensors: names.map((name) => ({ name })) };
}

export function stored(shape: readonly number[], ...values: readonly number[]): SmallWeight {
  return { shape, bytes: float32(...values) };
}

/** A .pt2 archive as torch lays one out. Weights are named in the graph as in the model; the input is x. */
export function pt2(model: SmallModel): Uint8Array {
  const { weights = {}, members = {}, edit = (program) => program, level = 0 } = model;
  const entries = Object.entries(weights).map(([name, weight], index) => ({ name, weight, path: `tensor_${index}` }));
  const config = (isOf: (weight: SmallWeight) => boolean) => ({
    config: Object.fromEntries(
      entries
        .filter(({ weight }) => isOf(weight))
        .map(({ name, weight, path }) => [
          name,
          { path_name: path, is_param: true, use_pickle: weight.pickled ?? false, tensor_meta: storedMeta(weight) },
        ]),
    ),
  });
  const isConstant = ({ kind }: SmallWeight) => kind === "tensor_constant";
  const files: Zippable = {
    "data/weights/model_weights_config.json": json(config((weight) => !isConstant(weight))),
    "data/constants/model_constants_config.json": json(config(isConstant)),
    "models/model.json": json(edit(programOf(model))),
    byteorder: ascii("little"),
    ...Object.fromEntries(
      entries.map(({ weight, path }) => [`data/${isConstant(weight) ? "constants" : "weights"}/${path}`, weight.bytes]),
    ),
    ...members,
  };
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, content]) => [`m/${name}`, content])), { level });
}

function json(value: unknown): Uint8Array {
  return ascii(JSON.stringify(value));
}

function programOf({ input = [null, 2], weights = {}, calls }: SmallModel) {
  const inputSpecs: Json[] = Object.entries(weights).map(([name, { kind = "parameter" }]) => ({
    [kind]: { arg: { name }, [`${kind}_name`]: name },
  }));
  const outputs = calls.flatMap(({ name, more = [], shape, dtype }) =>
    [name, ...more].map((each) => [each, meta(shape, dtype)] as const),
  );
  return {
    schema_version: { major: 8, minor: 20 },
    torch_version: "2.15.0",
    graph_module: {
      graph: {
        nodes: calls.map(nodeOf),
        tensor_values: Object.fromEntries([
          ...Object.entries(weights).map(([name, { shape, dtype }]) => [name, meta(shape, dtype)]),
          ["x", meta(input)],
          ...outputs,
        ]) as { [name: string]: unknown },
      },
      signature: { input_specs: [...inputSpecs, { user_input: { arg: tensor("x") } }] },
    },
  };
}

function nodeOf({ name, more = [], operation, inputs, metadata = {} }: SmallCall) {
  return {
    target: `torch.ops.${operation.split(".").length > 2 ? operation : `aten.${operation}`}`,
    inputs: Object.entries(inputs).map(([argument, arg]) => ({ name: argument, arg, kind: 1 })),
    outputs: [name, ...more].map(tensor),
    metadata,
  };
}

function meta(shape: readonly (number | null)[], dtype = 7) {
  const sizes = shape.map((length) => (length === null ? { as_expr: { expr_str: "s0" } } : { as_int: length }));
  return { dtype, sizes };
}

function storedMeta({ shape, dtype, offset = 0, ...rest }: SmallWeight) {
  const strides = rest.strides ?? shape.map((_, axis) => shape.slice(axis + 1).reduce((one, other) => one * other, 1));
  const numbers = (values: readonly number[]) => values.map((value) => ({ as_int: value }));
  return { ...meta(shape, dtype), strides: numbers(strides), storage_offset: { as_int: offset } };
}

export function read(model: SmallModel): Promise<ModelGraph> {
  return readModel({ file: "m.pt2", bytes: pt2(model) });
}

/** Kinds and parents of the nodes behind the input: "1 relu ← 0". */
export function sketch({ nodes }: ModelGraph): readonly string[] {
  return nodes.slice(1).map(({ layer, from }, index) => `${index + 1} ${wordOf(layer)} ← ${from.join(" ")}`.trim());
}

function wordOf(layer: ModelLayer): string {
  switch (layer.kind) {
    case "activation":
      return [layer.activation.name, ...layer.activation.parameters].join(" ");
    case "noise":
      return `${layer.noise} ${layer.drop} by ${layer.shares}`;
    case "pool":
      return `${layer.pool} ${layer.window.kind === "sliding" ? layer.window.size.join("×") : `to ${layer.window.to.join("×")}`}`;
    case "scale":
      return `scale ${layer.factor}`;
    case "opaque":
      return layer.operation;
    default:
      return layer.kind;
  }
}

/** The message with which a file is refused; anything but a `VshiftError` is thrown on. */
export async function refusalOf(bytes: Uint8Array, file = "m.pt2"): Promise<string> {
  try {
    for (const { layer } of (await readModel({ file, bytes })).nodes) {
      if (layer.kind !== "linear" && layer.kind !== "convolution") continue;
      layer.weight.values();
      layer.bias?.values();
    }
  } catch (error) {
    if (error instanceof VshiftError) return error.message;
    throw error;
  }
  return "none";
}
