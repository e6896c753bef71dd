import { readFileSync } from "node:fs";
import { create, toBinary } from "@bufbuild/protobuf";
import type { ModelGraph } from "../../src/model/graph.ts";
import { type Attribute, AttributeSchema, ModelSchema, type Tensor, TensorSchema } from "../../src/model/onnx_pb.ts";
import { readModel } from "../../src/model/read-model.ts";
import { float32 } from "../tensor/files.ts";

/** What torch 2.15's exporter to ONNX wrote of the networks that are here as .pt2, too. */
export function exported(name: string, mode: "eval" | "train" = "eval"): Uint8Array {
  return new Uint8Array(readFileSync(`test/model/data/${name}-drop-0.5-s0.${mode}.onnx`));
}

export type SmallTensor = Partial<Omit<Tensor, "$typeName" | "$unknown" | "lengths">> & {
  readonly lengths?: readonly number[];
};

/** A value of an attribute: one number is a float, `[…]` whole numbers, `{ int }` a whole one. */
export type SmallAttribute = number | string | readonly number[] | { readonly int: number } | SmallTensor;

export interface SmallNode {
  readonly operation: string;
  readonly inputs: readonly string[];
  /** y if there is nothing else. */
  readonly outputs?: readonly string[];
  readonly attributes?: { readonly [name: string]: SmallAttribute };
  readonly name?: string;
  readonly domain?: string;
}

export interface SmallOnnx {
  /** Of x. */
  readonly input?: readonly (number | null)[];
  readonly tensors?: { readonly [name: string]: SmallTensor };
  readonly nodes: readonly SmallNode[];
  readonly outputs?: readonly string[];
  /** Declared shapes of other values. */
  readonly shapes?: { readonly [name: string]: readonly (number | null)[] };
  readonly version?: number;
  readonly functions?: readonly Uint8Array[];
  /** Without the norm that makes it a model to audit. */
  readonly isBare?: boolean;
}

/** float32 in the order of its shape, raw. */
export function floats(lengths: readonly number[], ...values: readonly number[]): SmallTensor {
  return { lengths, type: 1, raw: float32(...values) };
}

export function ints(...values: readonly number[]): SmallTensor {
  return { lengths: [values.length], type: 7, raw: new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer) };
}

/** An ONNX file whose input is x, with a batch norm that no output depends on. */
export function onnx(model: SmallOnnx): Uint8Array {
  const { input = [null, 2], tensors = {}, nodes, outputs = ["y"], shapes = {}, version = 20, isBare = false } = model;
  const all = isBare ? { tensors, nodes } : { tensors: { ...NORM_TENSORS, ...tensors }, nodes: [...nodes, NORM] };
  return toBinary(
    ModelSchema,
    create(ModelSchema, {
      producerName: "pytorch",
      producerVersion: "2.15.0",
      operatorSets: [{ domain: "", version: BigInt(version) }],
      functions: [...(model.functions ?? [])],
      graph: {
        inputs: [valueInfo("x", input)],
        outputs: outputs.map((name) => valueInfo(name, [])),
        valueInfos: Object.entries(shapes).map(([name, shape]) => valueInfo(name, shape)),
        initializers: Object.entries(all.tensors).map(([name, tensor]) => ({ ...tensorOf(tensor), name })),
        nodes: all.nodes.map((node) => ({
          ...{ operation: node.operation, inputs: [...node.inputs], outputs: [...(node.outputs ?? ["y"])] },
          ...{ name: node.name ?? "", domain: node.domain ?? "" },
          attributes: Object.entries(node.attributes ?? {}).map(([name, value]) => attribute(name, value)),
        })),
      },
    }),
  );
}

const NORM_TENSORS = {
  "norm.x": floats([1, 1], 1),
  ...Object.fromEntries(["g", "b", "m", "v"].map((name) => [`norm.${name}`, floats([1], 1)])),
};

const NORM: SmallNode = {
  operation: "BatchNormalization",
  inputs: ["norm.x", "norm.g", "norm.b", "norm.m", "norm.v"],
  outputs: ["norm"],
};

function valueInfo(name: string, shape: readonly (number | null)[]) {
  const lengths = shape.map((length) => (length === null ? {} : { number: BigInt(length) }));
  return { name, type: { tensor: { element: 1, shape: { lengths } } } };
}

function tensorOf({ lengths = [], ...tensor }: SmallTensor): Tensor {
  return create(TensorSchema, { ...tensor, lengths: lengths.map(BigInt) });
}

function attribute(name: string, value: SmallAttribute): Attribute {
  if (typeof value === "number") return create(AttributeSchema, { name, number: value });
  if (typeof value === "string") return create(AttributeSchema, { name, text: Buffer.from(value) });
  if (isList(value)) return create(AttributeSchema, { name, integers: value.map(BigInt) });
  if ("int" in value) return create(AttributeSchema, { name, integer: BigInt(value.int) });
  return create(AttributeSchema, { name, tensor: tensorOf(value) });
}

function isList(value: SmallAttribute): value is readonly number[] {
  return Array.isArray(value);
}

export function readOnnx(model: SmallOnnx): Promise<ModelGraph> {
  return readModel({ file: "m.onnx", bytes: onnx(model) });
}
