import type { VshiftError } from "../errors.ts";
import { excerpt, invalidFile } from "../tensor/file-error.ts";
import { elementCount } from "../tensor/shape.ts";
import { type StridedTensor, stridedTensor } from "../tensor/strided.ts";
import type { ModelGraph, ModelLayer, ModelNode } from "./graph.ts";
import type { Node, Tensor as StoredTensor, ValueInfo } from "./onnx_pb.ts";
import { Call, type Constant, type Term, type Value } from "./onnx-call.ts";
import { constantOf, isConstant, storedConstant } from "./onnx-constants.ts";
import { type OnnxFile, SAVE_AGAIN } from "./onnx-file.ts";
import { layersOf } from "./onnx-operations.ts";
import { stridedOf } from "./onnx-tensors.ts";
import { sharedNumbers } from "./shared-numbers.ts";
import { type MadeOf, type Shape, Unlike } from "./term.ts";

/**
 * The layers of a file, with their weights. An operation that changes nothing has no node, nor has a tensor that belongs to a layer,
 * nor what no output depends on.
 */
export function graphOf({ graph, producerName, producerVersion, operatorSets }: OnnxFile, where: string): ModelGraph {
  const nodes: ModelNode[] = [];
  const values = new Map<string, Value>();
  const nodeOfValue = new Map<Value, number>();
  const shared = sharedNumbers<StridedTensor>(refuse);
  const declared = new Map([...graph.outputs, ...graph.valueInfos].map((info) => [info.name, shapeOf(info)] as const));
  const version = Number(operatorSets.find(({ domain }) => OWN_DOMAINS.has(domain))?.version ?? 1n);

  for (const stored of graph.initializers) define(stored.name, constantIn(stored, stored.name));
  for (const info of graph.inputs) {
    // Before version 4 of the format they had the initializers among them.
    if (values.has(info.name)) continue;
    const shape = sound(shapeOf(info));
    define(info.name, { kind: "live", node: added({ kind: "input", channels: "first" }, [], shape), shape });
  }
  for (const node of graph.nodes) run(node);
  const outputs = graph.outputs.map(({ name }) => nodeOf(valueNamed(name), ""));
  const isTraining = graph.nodes.some(({ operation, inputs }) => operation === "Dropout" && isTrue(inputs[2] ?? ""));
  return {
    format: "onnx",
    writer: `${excerpt([producerName, producerVersion].filter((part) => part !== "").join(" "))} (ONNX)`.trim(),
    mode: isTraining ? "training" : "evaluation",
    ...reachable(nodes, outputs),
  };

  function run(node: Node): void {
    const call = new Call(node, { version, valueNamed, nodeAt, stridedOf: inAttribute, numbersOf, refuse });
    if (node.attributes.some(({ graph, graphs }) => graph.length > 0 || graphs.length > 0)) {
      throw invalidFile({
        where,
        problem: `has the operation ${excerpt(call.operation)} with graphs of its own, which vshift does not read`,
        hint: "export the model without control flow, or as .pt2",
      });
    }
    const read = call.values();
    const [first = "", ...others] = node.outputs;
    if (isConstant(call, read)) {
      for (const name of node.outputs.filter((name) => name !== "")) define(name, constantOf(call));
      return;
    }
    const [result, ...more] = resultsOf(call, read, first);
    if (first !== "") define(first, result);
    const of = others.length > more.length ? read.filter(isLive).map((value) => nodeOf(value, call.module)) : [];
    for (const [index, name] of others.entries()) {
      if (name === "") continue;
      const rest: Value = { kind: "rest", operation: call.operation, of, shape: sound(shapeNamed(name)) };
      define(name, more[index] ?? rest);
    }
  }

  /** The value of the first output, and those of further ones where they are known. */
  function resultsOf(call: Call, read: readonly Value[], first: string): readonly [Value, ...Value[]] {
    try {
      const [term, ...more] = layersOf(call) ?? [];
      if (term !== undefined) return [settled(term, call, first), ...more.map((one) => settled(one, call, ""))];
    } catch (error) {
      if (!(error instanceof Unlike)) throw error;
    }
    const layer: ModelLayer = { kind: "opaque", operation: call.operation, computes: null };
    const shape = call.isOwn && KEEPS_SHAPE.has(call.base) ? (read[0]?.shape ?? []) : [];
    return [settled(call.made(layer, shape, ...read.filter(isLive)), call, first)];
  }

  /** The value of a term, whose layers are made if they are not yet; lengths that are open are those of the file. */
  function settled(term: Term, call: Call, name: string): Value {
    if (term.kind !== "made") return term;
    const shape = closed(term.shape, shapeNamed(name));
    return placed({ ...term, shape }, call.module);
  }

  /** Samples stay open: a file may declare the batch size of its export. */
  function closed(shape: Shape, other: Shape): Shape {
    if (shape.length === 0) return other;
    if (shape.length !== other.length) return shape;
    return shape.map((length, axis) => (axis === 0 ? length : (length ?? (other[axis] as number | null))));
  }

  function placed({ layer, from, shape }: MadeOf<Value>, module: string): Value {
    const numbersOfFrom = from.map((term) => nodeOf(term, module));
    return { kind: "live", node: added(layer, numbersOfFrom, sound(shape), module), shape };
  }

  function nodeOf(term: Term, module: string): number {
    if (term.kind === "live") return term.node;
    if (term.kind === "made") return nodeOf(placed(term, module), module);
    const known = nodeOfValue.get(term);
    if (known !== undefined) return known;
    const node =
      term.kind === "constant"
        ? added({ kind: "constant", value: term.stored && stridedTensor(term.stored) }, [], term.shape)
        : added({ kind: "opaque", operation: term.operation, computes: null }, term.of, term.shape, module);
    nodeOfValue.set(term, node);
    return node;
  }

  function added(layer: ModelLayer, from: readonly number[], shape: Shape, module = ""): number {
    nodes.push({ layer, from, shape, module, source: null });
    return nodes.length - 1;
  }

  function nodeAt(node: number): ModelNode {
    return nodes[node] as ModelNode;
  }

  function define(name: string, value: Value): void {
    if (values.has(name)) throw refusal(`${excerpt(name)} is made twice`);
    values.set(name, value);
  }

  function valueNamed(name: string): Value {
    const value = values.get(name);
    if (value !== undefined) return value;
    throw refusal(`${excerpt(name)} is read before it is made`);
  }

  function shapeNamed(name: string): Shape {
    return declared.get(name) ?? [];
  }

  function constantIn(stored: StoredTensor, name: string): Constant {
    const tensor = stridedOf(stored, name, where);
    return tensor === null
      ? { kind: "constant", shape: stored.lengths.map(Number), stored: null, lengths: null }
      : storedConstant(tensor);
  }

  function inAttribute(stored: StoredTensor): StridedTensor | null {
    return stridedOf(stored, stored.name, where);
  }

  function isTrue(name: string): boolean {
    const value = values.get(name);
    return value?.kind === "constant" && value.stored !== null && numbersOf(value.stored)[0] === 1;
  }

  function numbersOf(stored: StridedTensor): Float64Array {
    return shared(stored, stridedTensor(stored));
  }

  /** A shape that a tensor can have. */
  function sound(shape: Shape): Shape {
    if (elementCount(shape.map((length) => length ?? 1)) !== undefined) return shape;
    throw refusal(`[${shape.join(", ")}] is a shape that no tensor has`);
  }

  function refuse(problem: string): never {
    throw refusal(problem);
  }

  function refusal(problem: string): VshiftError {
    return invalidFile({ where, problem: excerpt(problem), hint: SAVE_AGAIN });
  }
}

const OWN_DOMAINS: ReadonlySet<string> = new Set(["", "ai.onnx"]);

/** Operators without a layer of their own, or called in another way, whose output has the shape of their first input. */
const KEEPS_SHAPE: ReadonlySet<string> = new Set([
  ...["Abs", "Celu", "Clip", "Erf", "Exp", "Gelu", "HardSigmoid", "Log", "Mish", "PRelu", "Pow", "Reciprocal", "Selu"],
  ...["Sign", "Softplus", "Softsign", "Sqrt", "Swish", "ThresholdedRelu"],
  ...["GroupNormalization", "InstanceNormalization", "LayerNormalization", "LogSoftmax", "Softmax"],
]);

/** Lengths of the axes, null for open ones; none where not even their number is known. */
function shapeOf({ type }: ValueInfo): Shape {
  const lengths = type?.tensor?.shape?.lengths ?? [];
  return lengths.map(({ number }) => (number === undefined || number < 0n ? null : Number(number)));
}

function isLive(value: Value): boolean {
  return value.kind !== "constant";
}

/** The inputs, and the nodes that an output depends on. */
function reachable(nodes: readonly ModelNode[], outputs: readonly number[]): Pick<ModelGraph, "nodes" | "outputs"> {
  const isRead = nodes.map(({ layer }) => layer.kind === "input");
  for (const at of outputs) isRead[at] = true;
  for (const [at, { from }] of [...nodes.entries()].toReversed()) {
    if (isRead[at]) for (const before of from) isRead[before] = true;
  }
  let count = 0;
  const after = isRead.map((read) => (read ? count++ : count));
  const moved = (list: readonly number[]) => list.map((at) => after[at] as number);
  return {
    nodes: nodes.flatMap((node, at) => (isRead[at] ? [{ ...node, from: moved(node.from) }] : [])),
    outputs: moved(outputs),
  };
}
