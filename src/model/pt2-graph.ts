import type { VshiftError } from "../errors.ts";
import { excerpt, invalidFile } from "../tensor/file-error.ts";
import { type StridedTensor, stridedTensor } from "../tensor/strided.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { UNKNOWN_NOISE } from "./draws.ts";
import type { ModelGraph, ModelLayer, ModelNode } from "./graph.ts";
import { Call, type Constant, type Idle, type Term, type Value } from "./pt2-call.ts";
import { unknownDraws } from "./pt2-draws.ts";
import { layersOf } from "./pt2-operations.ts";
import { EXPORT_AGAIN, type Program, type ProgramCall, tensorsIn } from "./pt2-program.ts";
import { sharedNumbers } from "./shared-numbers.ts";
import { type MadeOf, Unlike } from "./term.ts";

/** What a program refers to, and what messages call it. */
export interface Surroundings {
  /** A stored tensor by its name in the model. */
  readonly stored: (name: string) => StridedTensor | undefined;
  readonly where: string;
}

/** The layers of a program, with their weights. An operation that changes nothing has no node, nor has a tensor that belongs to a layer. */
export function graphOf(program: Program, { stored, where }: Surroundings): ModelGraph {
  const { torch, inputs, calls, outputs, tensors } = program;
  const nodes: ModelNode[] = [];
  const values = new Map<string, Value>();
  const nodeOfValue = new Map<Value, number>();
  const numbersOf = sharedNumbers<StridedTensor>(refuse);

  for (const { name, stored: nameInModel } of inputs) {
    const { shape } = metaOf(name);
    if (nameInModel === null)
      define(name, { kind: "live", node: added({ kind: "input", channels: "first" }, [], shape), shape });
    else define(name, { kind: "constant", shape, stored: nameInModel });
  }
  for (const call of calls) run(call);
  const returned = outputs.map((name) => nodeOf(valueNamed(name), NOWHERE));
  return {
    format: "pt2",
    writer: `torch ${excerpt(torch.split("+")[0] as string)}`,
    mode: calls.some(isTraining) ? "training" : "evaluation",
    nodes,
    outputs: returned,
  };

  function run(call: ProgramCall): void {
    const [first, ...others] = call.outputs;
    const read = [...call.arguments.values()].flatMap(tensorsIn).map(valueNamed);
    // Assertions, and calculations with lengths.
    if (first === undefined) return;
    const [result, ...more] = resultsOf(call, { first, read });
    define(first, result);
    const isOpen = others.length > more.length;
    const of = isOpen ? read.filter(isLive).map((value) => nodeOf(value, call)) : [];
    for (const [index, name] of others.entries()) {
      const { shape } = metaOf(name);
      const rest: Value =
        result.kind === "constant"
          ? { kind: "constant", shape, stored: null }
          : { kind: "rest", operation: call.operation, of, shape };
      define(name, more[index] ?? rest);
    }
    changeInPlace(call, result);
  }

  /** The value of the first output, and those of further ones where they are known. */
  function resultsOf(
    call: ProgramCall,
    { first, read }: { readonly first: string; readonly read: readonly Value[] },
  ): readonly [Value, ...Value[]] {
    const { shape, dtype } = metaOf(first);
    const layerAt = (node: number) => nodes[node] as ModelNode;
    const about = new Call(call, { shape, dtype, read, valueNamed, layerAt, tensorOf, numbersOf, refuse });
    try {
      const [term, ...more] = layersOf(about, () => call.outputs.map((name) => metaOf(name).shape)) ?? [];
      if (term !== undefined) return [settled(term, call), ...more.map((one) => settled(one, call))];
    } catch (error) {
      if (!(error instanceof Unlike)) throw error;
    }
    const from = read.filter(isLive);
    if (about.isRandom()) {
      return [settled(unknownDraws(shape, from), call)];
    }
    if (from.length === 0 && about.isAten) return [{ kind: "constant", shape, stored: null }];
    const term: Term = { kind: "made", layer: opaque(call.operation), from, shape };
    return [settled(term, call)];
  }

  /** The value of a term, whose layers are made if they are not yet. */
  function settled(term: Term, place: Place): Value {
    return term.kind === "made" ? placed(term, place) : term;
  }

  /** After `relu_(x)` the name x stands for what was made of it. */
  function changeInPlace({ operation, arguments: given }: ProgramCall, result: Value): void {
    const changed = given.get("self") ?? given.get("input");
    if (!isInPlace(operation) || changed?.kind !== "tensor") return;
    values.set(changed.name, result);
  }

  function placed({ layer, from, shape }: MadeOf<Value>, place: Place): Value {
    const numbersOfFrom = from.map((term) => nodeOf(term, place));
    return { kind: "live", node: added(layer, numbersOfFrom, shape, place), shape };
  }

  function nodeOf(term: Term, place: Place): number {
    if (term.kind === "live") return term.node;
    if (term.kind === "made") return nodeOf(placed(term, place), place);
    const known = nodeOfValue.get(term);
    if (known !== undefined) return known;
    const node = nodeFor(term, place);
    nodeOfValue.set(term, node);
    return node;
  }

  function nodeFor(value: Idle, place: Place): number {
    switch (value.kind) {
      case "constant":
        return added({ kind: "constant", value: constantOf(value) }, [], value.shape);
      case "drawn":
        return added(UNKNOWN_NOISE, [], value.shape, place);
      case "rest":
        return added(opaque(value.operation), value.of, value.shape, place);
    }
  }

  function constantOf({ stored: of, made = null }: Constant): Tensor | null {
    if (of === null) return made;
    return stridedTensor(typeof of === "string" ? tensorOf(of) : of);
  }

  function added(
    layer: ModelLayer,
    from: readonly number[],
    shape: ModelNode["shape"],
    { module, source }: Place = NOWHERE,
  ): number {
    nodes.push({ layer, from, shape, module, source });
    return nodes.length - 1;
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

  function metaOf(name: string) {
    const meta = tensors.get(name);
    if (meta !== undefined) return meta;
    throw refusal(`${excerpt(name)} is not in tensor_values`);
  }

  function tensorOf(name: string): StridedTensor {
    const tensor = stored(name);
    if (tensor === undefined) throw refusal(`${excerpt(name)} is not among the weights of the archive`);
    return tensor;
  }

  function refuse(problem: string): never {
    throw refusal(problem);
  }

  function refusal(problem: string): VshiftError {
    return invalidFile({ where, problem: excerpt(problem), hint: EXPORT_AGAIN });
  }
}

type Place = Pick<ModelNode, "module" | "source">;

const NOWHERE: Place = { module: "", source: null };

/** An operation that is not run. */
function opaque(operation: string): ModelLayer {
  return { kind: "opaque", operation, computes: null };
}

function isLive(value: Value): boolean {
  return value.kind !== "constant" && value.kind !== "drawn";
}

/** Named like "relu_", and not like "__and__". */
function isInPlace(operation: string): boolean {
  const name = operation.split(".")[1] ?? "";
  return name.endsWith("_") && !name.endsWith("__");
}

/** Batch Normalization and noise have their phase as an argument of either name. */
function isTraining({ arguments: given }: ProgramCall): boolean {
  return [given.get("training"), given.get("train")].some((flag) => flag?.kind === "flag" && flag.value);
}
