import type { VshiftError } from "../errors.ts";
import { excerpt, invalidFile } from "../tensor/file-error.ts";
import { elementCount } from "../tensor/shape.ts";
import type { StridedTensor } from "../tensor/strided.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ChannelAxis } from "../tensor/unfold.ts";
import { UNKNOWN_NOISE } from "./draws.ts";
import type { ModelGraph, ModelNode } from "./graph.ts";
import { LayerCall, type Term } from "./keras-call.ts";
import {
  type KerasCall,
  type KerasLayer,
  type KerasModel,
  type KerasShape,
  type Reference,
  SAVE_AGAIN,
  shapeOf,
} from "./keras-config.ts";
import { termOf } from "./keras-layers.ts";
import { sharedNumbers } from "./shared-numbers.ts";
import { type Live, type Shape, Unlike } from "./term.ts";

/** What a model is built of besides its layers. */
export interface Surroundings {
  /** "3.15.1". */
  readonly version: string | undefined;
  readonly where: string;
  readonly variables: Variables;
}

/** A variable of a layer by its names and its number; the layer by the models that it is in, from the outermost, and itself. */
export type Variables = (path: LayerPath, names: readonly string[], index: number) => StridedTensor | undefined;

/** Each with the name that it has in .keras files, by its class and its number among the layers of its class: "conv2d_1". */
export type LayerPath = readonly { readonly layer: KerasLayer; readonly folder: string }[];

/** The layers of a model, those of models in it in their place. A layer that is called twice is there twice. */
export function kerasGraph(model: KerasModel, { version, where, variables }: Surroundings): ModelGraph {
  const nodes: ModelNode[] = [];
  const channels: ChannelAxis = hasChannelsFirst(model) ? "first" : "last";
  const major = Number.parseInt(version ?? "", 10);
  const shared = sharedNumbers<string>(refuse);

  const outputs = run(model, { path: [], given: null, isTraining: false });
  return {
    format: "keras",
    writer: `keras ${excerpt(version ?? "of an unknown version")}`,
    mode: "evaluation",
    nodes,
    outputs: outputs.map(({ node }) => node),
  };

  /** The outputs of a model; its inputs are values that are given, or those of the whole. */
  function run({ layers, inputs, outputs: wanted }: KerasModel, scope: Scope): readonly Live[] {
    const calls = new Map<string, Call>();
    for (const entry of withFolders(layers)) {
      const { layer } = entry;
      if (isInput(layer)) calls.set(keyOf(layer.name, 0), { entry, call: null });
      for (const [index, call] of layer.calls.entries()) calls.set(keyOf(layer.name, index), { entry, call });
    }
    const shapes = new Map<string, (KerasShape | null)[]>();
    for (const { layer, call, output, shape } of [...wanted, ...[...calls.values()].flatMap(inputsOf)]) {
      if (output < 0 || output >= MOST_OUTPUTS) continue;
      const known = shapes.get(keyOf(layer, call)) ?? [];
      known[output] ??= shape;
      shapes.set(keyOf(layer, call), known);
    }
    const given = new Map(inputs.map(({ layer }, index) => [layer, scope.given?.[index]]));
    const values = new Map<string, readonly Live[]>();
    for (const key of calls.keys()) make(key);
    return wanted.map(outputOf);

    /** Makes what a call needs before it: without a stack of its own, chains of any length would overflow that of the engine. */
    function make(last: string): void {
      const open = [{ key: last, next: 0 }];
      const isOpen = new Set([last]);
      for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
        const { key } = top;
        const call = calls.get(key) as Call;
        const reference = values.has(key) ? undefined : inputsOf(call)[top.next++];
        if (reference === undefined) {
          if (!values.has(key)) values.set(key, called(key, call));
          open.pop();
          isOpen.delete(key);
          continue;
        }
        const before = keyOf(reference.layer, reference.call);
        if (!calls.has(before)) throw refusal(`${reference.layer} is read, but not called`);
        if (isOpen.has(before)) throw refusal(`${reference.layer} reads its own output`);
        if (values.has(before)) continue;
        open.push({ key: before, next: 0 });
        isOpen.add(before);
      }
    }

    function outputOf({ layer, call, output }: Reference): Live {
      const value = values.get(keyOf(layer, call))?.[output];
      if (value !== undefined) return value;
      throw refusal(`output ${output} of ${layer} is read, which it does not have`);
    }

    function called(key: string, { entry, call }: Call): readonly Live[] {
      const { layer } = entry;
      const path = [...scope.path, entry];
      if (call === null) return [given.get(layer.name) ?? inputFor(layer)];
      const read = call.inputs.map(outputOf);
      const isTraining = scope.isTraining || call.isTraining;
      if (layer.model !== null) return run(layer.model, { path, given: read, isTraining });
      return outputsOf({ layer, call, read, path, isTraining, shapes: shapes.get(key) ?? [null] });
    }
  }

  function outputsOf({ layer, call, read, path, isTraining, shapes }: Told): readonly Live[] {
    const name = pathOf(path);
    const context = {
      ...{ layer, call, inputs: read, isTraining, path: name, channels, numbersOf, refuse },
      version: Number.isNaN(major) ? null : major,
      variable: (names: readonly string[], index: number) => variables(path, names, index),
    };
    const made = new LayerCall(context);
    const term = layer.isOfKeras ? termLike(made) : undefined;
    if (term !== undefined) return [placed(term, name)];
    // Each of its outputs by itself.
    const [first] = read;
    const guess =
      first === undefined ? [null, null] : [first.shape[0] ?? null, ...first.shape.slice(1).map(() => null)];
    return Array.from(shapes, (shape) => {
      const known = shape === null || shape === undefined || shape.length < 2 ? guess : fromKeras(shape);
      const opaque = made.opaque(null, known, ...read);
      return placed(
        holdsNoise({ class_name: layer.className, ...layer.config }) ? made.made(UNKNOWN_NOISE, known, opaque) : opaque,
        name,
      );
    });
  }

  /** What a layer is in terms of layers; undefined where it is like none. */
  function termLike(call: LayerCall): Term | undefined {
    try {
      return termOf(call);
    } catch (error) {
      if (error instanceof Unlike) return undefined;
      throw error;
    }
  }

  function placed(term: Term, module: string): Live {
    if (term.kind === "live") return term;
    const from = term.from.map((one) => placed(one, module).node);
    if (nodes.length >= MOST_NODES)
      throw refusal(`has more than ${MOST_NODES} layers, those of models in it counted at each call`);
    nodes.push({ layer: term.layer, from, shape: term.shape, module, source: null });
    return { kind: "live", node: nodes.length - 1, shape: term.shape };
  }

  function inputFor({ config }: KerasLayer): Live {
    const shape = shapeOf(config.batch_shape ?? config.batch_input_shape);
    if (shape === null || shape.length < 2 || elementCount(shape.map((length) => length ?? 1)) === undefined) {
      throw refusal("an input has no shape of a mini-batch");
    }
    return placed({ kind: "made", layer: { kind: "input", channels }, from: [], shape: fromKeras(shape) }, "");
  }

  function fromKeras(shape: KerasShape): Shape {
    if (channels === "first" || shape.length < 3) return shape;
    return [shape[0] ?? null, shape.at(-1) ?? null, ...shape.slice(1, -1)];
  }

  function numbersOf(tensor: Tensor): Float64Array {
    return shared(tensor.name, tensor);
  }

  function refuse(problem: string): never {
    throw refusal(problem);
  }

  function refusal(problem: string): VshiftError {
    return invalidFile({ where, problem: excerpt(problem), hint: SAVE_AGAIN });
  }
}

interface Scope {
  readonly path: LayerPath;
  /** What a model that is a layer reads; null for the whole. */
  readonly given: readonly Live[] | null;
  readonly isTraining: boolean;
}

interface Call {
  readonly entry: LayerPath[number];
  /** null for an input. */
  readonly call: KerasCall | null;
}

interface Told {
  readonly layer: KerasLayer;
  readonly call: KerasCall;
  readonly read: readonly Live[];
  readonly path: LayerPath;
  readonly isTraining: boolean;
  /** Of its outputs, up to the last that something reads; null where the file does not tell. */
  readonly shapes: readonly (KerasShape | null | undefined)[];
}

function isInput({ className, isOfKeras }: KerasLayer): boolean {
  return className === "InputLayer" && isOfKeras;
}

function inputsOf({ call }: Call): readonly Reference[] {
  return call?.inputs ?? [];
}

/** keras/src/saving/saving_lib.py, _save_container_state. */
function withFolders(layers: readonly KerasLayer[]): LayerPath {
  const counts = new Map<string, number>();
  return layers.map((layer) => {
    const name = snakeCase(layer.className);
    const nth = counts.get(name) ?? 0;
    if (!layer.isFunction) counts.set(name, nth + 1);
    return { layer, folder: nth === 0 ? name : `${name}_${nth}` };
  });
}

/** keras/src/utils/naming.py. */
function snakeCase(name: string): string {
  return name
    .replaceAll(/[^\p{L}\p{N}_]+/gu, "")
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/**
 * Whether the configuration of a layer that vshift does not know speaks of noise: a rate of dropout above 0, as an LSTM has, or a
 * layer of noise in it. A norm behind it must not be called clean.
 */
function holdsNoise(config: unknown): boolean {
  if (typeof config !== "object" || config === null) return false;
  return Object.entries(config).some(([name, value]) => {
    if (typeof value === "number") return /drop/i.test(name) && value > 0;
    if (name === "class_name") return typeof value === "string" && /drop|noise/i.test(value);
    return holdsNoise(value);
  });
}

/** "block/bn". */
function pathOf(path: LayerPath): string {
  return path.map(({ layer }) => layer.name).join("/");
}

function keyOf(layer: string, call: number): string {
  return `${call} ${layer}`;
}

/** Whether any layer of a model has its channels on the first axis behind the samples. */
function hasChannelsFirst({ layers }: KerasModel): boolean {
  return layers.some(
    ({ className, config, model }) =>
      (config.data_format === "channels_first" && className !== "Flatten") ||
      (model !== null && hasChannelsFirst(model)),
  );
}

/** Models in models may be called again and again; the largest networks have some thousand layers. */
const MOST_NODES = 100_000;
/** Of one layer that vshift does not know. */
const MOST_OUTPUTS = 64;
