import type { VshiftError } from "../errors.ts";
import { excerpt, invalidFile } from "../tensor/file-error.ts";

/** A Functional or Sequential model, as its JSON describes it; a Sequential one as the chain that it is. */
export interface KerasModel {
  readonly layers: readonly KerasLayer[];
  readonly inputs: readonly Reference[];
  readonly outputs: readonly Reference[];
}

export interface KerasLayer {
  readonly name: string;
  /** "Dense". */
  readonly className: string;
  /** Whether it is Keras's own, and not only called like it. */
  readonly isOfKeras: boolean;
  /** A function of keras.ops, which has no weights. */
  readonly isFunction: boolean;
  readonly config: KerasConfig;
  readonly calls: readonly KerasCall[];
  /** Where the layer is a model itself. */
  readonly model: KerasModel | null;
}

export type KerasConfig = Readonly<Record<string, unknown>>;

export interface KerasCall {
  /** What it reads, in the order of the arguments. */
  readonly inputs: readonly Reference[];
  /** Its arguments by position, where some are numbers, such as the 2 of 2·x; null for any other. */
  readonly operands: readonly (number | null)[];
  /** Whether it is called with training=True, so that noise stays on at test time. */
  readonly isTraining: boolean;
  /** Whether some time steps do not count. */
  readonly isMasked: boolean;
}

/** An output of a layer's call. */
export interface Reference {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
  /** Its shape, where the file says it; the samples first, in the order of Keras. */
  readonly shape: KerasShape | null;
}

/** null where a length is left open. */
export type KerasShape = readonly (number | null)[];

/** The model of a value of config.json, or of the attribute model_config. Formats: keras/src/models/functional.py, and Keras 2's. */
export function kerasModel(value: unknown, where: string): KerasModel {
  const model = modelOf(objectOf(value, "the model", where), where);
  if (model !== null) return model;
  throw invalidFile({
    where,
    problem: `is of the class ${excerpt(String(objectOf(value, "the model", where).class_name))}, which has its layers in code`,
    hint: "make it a Functional or Sequential model of its layers, and save that",
  });
}

function modelOf({ class_name: className, config }: KerasConfig, where: string): KerasModel | null {
  // Keras before 2.2.3 has the list alone.
  if (className === "Sequential" && Array.isArray(config)) return sequenceOf({ layers: config }, where);
  if (typeof config !== "object" || config === null || !("layers" in config)) return null;
  const { layers, input_layers: inputs, output_layers: outputs } = config as KerasConfig;
  if (className === "Sequential") return sequenceOf(config as KerasConfig, where);
  if (inputs === undefined || outputs === undefined) return null;
  const given = listOf(layers, "layers", where);
  const isOfKeras3 = given.some((layer) =>
    [nested(layer).inbound_nodes].flat().some((node) => Object.keys(nested(node)).length > 0),
  );
  return withCalls({
    layers: given.map((layer) => layerOf(layer, where)),
    inputs: referencesIn(inputs),
    outputs: referencesIn(outputs),
    isOfKeras3,
  });
}

/** Each layer reads the one before it. */
function sequenceOf({ layers, build_input_shape: built }: KerasConfig, where: string): KerasModel {
  const given = listOf(layers, "layers", where);
  const chain = given.map((layer) => layerOf(layer, where));
  const [first] = chain;
  if (first?.className !== "InputLayer") {
    const config = { batch_shape: first?.config.batch_input_shape ?? built };
    const input = { name: INPUT_OF_SEQUENCE, className: "InputLayer", config, calls: [], model: null };
    chain.unshift({ ...input, isOfKeras: true, isFunction: false });
    given.unshift(undefined);
  }
  const builtOn = given.map((layer) => shapeOf(nested(nested(layer).build_config).input_shape));
  const outputOf = (at: number): Reference => ({
    layer: chain[at]?.name ?? "",
    call: 0,
    output: 0,
    shape: builtOn[at + 1] ?? null,
  });
  return {
    layers: chain.map((layer, at) => ({
      ...layer,
      calls: at === 0 ? [] : [{ inputs: [outputOf(at - 1)], operands: [], isTraining: false, isMasked: false }],
    })),
    inputs: [outputOf(0)],
    outputs: [outputOf(chain.length - 1)],
  };
}

/** No layer of Keras has such a name. */
const INPUT_OF_SEQUENCE = "\0input";

/**
 * Calls counted from 0. Where a layer is a model, files count from 1: those of Keras 2 everywhere, if Keras has called it once to make
 * it, so that of n calls the last, which something must read, has the number n; those of Keras 3 in `output_layers` alone, and not
 * for a Sequential model.
 */
function withCalls({ layers, inputs, outputs, isOfKeras3 }: KerasModel & { readonly isOfKeras3: boolean }): KerasModel {
  const all = [...inputs, ...outputs, ...layers.flatMap(({ calls }) => calls.flatMap((call) => call.inputs))];
  const last = new Map<string, number>();
  for (const { layer, call } of all) last.set(layer, Math.max(call, last.get(layer) ?? 0));
  const models = new Map(layers.flatMap((layer) => (layer.model === null ? [] : [[layer.name, layer] as const])));
  const counted = (from: (layer: KerasLayer) => number) => (reference: Reference) => {
    const model = models.get(reference.layer);
    return model === undefined ? reference : { ...reference, call: reference.call - from(model) };
  };
  const fromFirst = ({ name, calls }: KerasLayer) => Math.max(0, (last.get(name) ?? 0) - calls.length + 1);
  const inCalls = counted((layer) => (isOfKeras3 ? 0 : fromFirst(layer)));
  const inOutputs = counted((layer) => (isOfKeras3 ? (layer.className === "Sequential" ? 0 : 1) : fromFirst(layer)));
  return {
    layers: layers.map((layer) => ({
      ...layer,
      calls: layer.calls.map((call) => ({ ...call, inputs: call.inputs.map(inCalls) })),
    })),
    inputs,
    outputs: outputs.map(inOutputs),
  };
}

function layerOf(value: unknown, where: string): KerasLayer {
  const layer = objectOf(value, "a layer", where);
  const { class_name: given, module, inbound_nodes: nodes } = layer;
  const config = objectOf(layer.config ?? {}, "the config of a layer", where);
  const name = config.name ?? layer.name;
  if (typeof name !== "string" || typeof given !== "string")
    throw wrong("a layer", "has no name or no class_name", where);
  const model = modelOf(layer, where);
  return {
    name,
    // "package>Name" of what a user has registered.
    className: given.slice(given.lastIndexOf(">") + 1),
    isOfKeras: !given.includes(">") && (typeof module !== "string" || /^(?:tf_)?keras(?:\.|$)/.test(module)),
    // In .h5, where no class has its module, layers alone have a type of numbers or say whether they are trainable.
    isFunction:
      typeof module === "string"
        ? /^keras\.(?:src\.)?ops\b/.test(module)
        : !("trainable" in config || "dtype" in config) && model === null,
    config,
    calls: listOf(nodes ?? [], "inbound_nodes", where).map(callOf),
    model,
  };
}

/** One of Keras 3 has its arguments; one of Keras 2 lists [layer, call, output, further arguments]. */
function callOf(node: unknown): KerasCall {
  const { args, kwargs } = nested(node);
  const { mask, ...named } = nested(kwargs);
  const further = Array.isArray(node) ? furtherOf(node) : [named];
  return {
    inputs: referencesIn(Array.isArray(node) ? node : [args, named]),
    operands: Array.isArray(args) ? args.map((one) => (typeof one === "number" ? one : null)) : [],
    isTraining: further.some(({ training }) => training === true),
    isMasked: referencesIn(mask).length > 0,
  };
}

function furtherOf(node: readonly unknown[]): readonly KerasConfig[] {
  return (isReference(node) ? [node] : node).map((one) => nested(Array.isArray(one) ? one[3] : undefined));
}

/** All outputs of layers that are in a value, in the order of Python: a list's, and an object's by its keys. */
function referencesIn(value: unknown): readonly Reference[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) {
    if (!isReference(value)) return value.flatMap(referencesIn);
    const [layer, call, output, further] = value;
    return [{ layer, call, output, shape: null }, ...referencesIn(further)];
  }
  const { class_name: className, config } = value as KerasConfig;
  const { keras_history: history, shape } = nested(config);
  if (className === "__keras_tensor__" && Array.isArray(history) && isReference(history)) {
    const [layer, call, output] = history;
    return [{ layer, call, output, shape: shapeOf(shape) }];
  }
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, inside]) => referencesIn(inside));
}

function isReference(
  value: readonly unknown[],
): value is readonly [layer: string, call: number, output: number, further: unknown] {
  const [layer, call, output] = value;
  return typeof layer === "string" && Number.isSafeInteger(call) && Number.isSafeInteger(output) && value.length <= 4;
}

/** The lengths that a list is; null for anything else. */
export function shapeOf(value: unknown): KerasShape | null {
  const isShape = (list: unknown): list is KerasShape =>
    Array.isArray(list) &&
    list.length <= MOST_AXES &&
    list.every((length) => length === null || (Number.isSafeInteger(length) && length >= 0));
  return isShape(value) ? value : null;
}

const MOST_AXES = 32;

function nested(value: unknown): KerasConfig {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as KerasConfig) : {};
}

function objectOf(value: unknown, what: string, where: string): KerasConfig {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as KerasConfig;
  throw wrong(what, "is not a JSON object", where);
}

function listOf(value: unknown, what: string, where: string): unknown[] {
  if (Array.isArray(value)) return [...value];
  throw wrong(what, "is not a list", where);
}

function wrong(what: string, problem: string, where: string): VshiftError {
  return invalidFile({ where, problem: `${what} ${problem}`, hint: SAVE_AGAIN });
}

export const SAVE_AGAIN =
  "save it again with model.save, because it is damaged or of a version that vshift does not know";
