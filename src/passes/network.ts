import { VshiftError } from "../errors.ts";
import { modelNoiseKey } from "../forward/key.ts";
import { countingKernel } from "../kernel/counting.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { BatchNormOfModel, ModelNode } from "../model/graph.ts";
import { excerpt } from "../tensor/file-error.ts";
import type { Loaded, LoadedTensor } from "./loaded.ts";
import { type NoiseAddress, noiseRoom, noisy } from "./noise.ts";
import { NotRunnable, type Operand, type Operation, requireRoom, sizeOf } from "./operation.ts";
import { operationOf } from "./operations.ts";
import { productRoom } from "./product.ts";

/** A trained network that is to be run: plain data, which another thread can be given. */
export interface NetworkToRun {
  /** As messages name it. */
  readonly model: string;
  readonly nodes: readonly Loaded<ModelNode>[];
  /** Lengths of the axes of one input, channels first. */
  readonly inputShape: readonly number[];
  /** The node whose output is returned; null for norms alone. */
  readonly output: number | null;
  readonly seed: string;
}

/** Running statistics of a norm, which a run may change. */
export interface Statistics {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** What a norm receives: so many samples of channels × positions. */
export interface Received {
  /** Which of the network's norms, in their order. */
  readonly norm: number;
  readonly x: Float32Array;
  readonly samples: number;
  readonly positions: number;
}

export interface RunOptions {
  /** One input after another. */
  readonly x: Float32Array;
  readonly inputs: number;
  /** Its number among all inputs, which its noise depends on. */
  readonly firstInput: number;
  /** How many masks each input has, one at least; null without noise, as at test time. */
  readonly masks: number | null;
  /** Told what each norm receives, before it normalizes by the statistics that it has then. */
  readonly atNorm?: (received: Received) => void;
}

export interface Network {
  readonly norms: readonly Loaded<BatchNormOfModel>[];
  /** Running statistics of the norms, which may be replaced. */
  readonly statistics: Statistics[];
  /** Numbers of one sample of its output; 0 where none is returned. */
  readonly outputSize: number;
  /** Numbers that one sample takes in memory at a time, at most about. */
  readonly liveSize: number;
  /** Multiply-adds, or steps like it, of one sample. */
  readonly workOfSample: number;
  /** Runs all inputs with each mask. Returns the output: all inputs with the first mask, then with the next; empty where there is none. */
  run(options: RunOptions): Float32Array;
}

/** Bytes of the kernel's memory that a network takes. */
export function networkBytes(setting: NetworkToRun): number {
  const { kernel, bytes } = countingKernel();
  createNetwork(kernel, setting);
  return bytes();
}

function mostNeurons(products: readonly { readonly weight: LoadedTensor }[]): number {
  return Math.max(1, ...products.map(({ weight }) => weight.shape[0] ?? 1));
}

/** A node that is ready to run. */
type Part =
  | { readonly kind: "input" }
  | { readonly kind: "constant"; readonly values: Float32Array }
  | { readonly kind: "noise"; readonly operation: Operation }
  | { readonly kind: "operation"; readonly operation: Operation }
  | { readonly kind: "norm"; readonly norm: number; readonly layer: Loaded<BatchNormOfModel> };

/** Memory of a value, and how many will read it. */
interface Holder {
  readonly data: Float32Array;
  readers: number;
}

/** Numbers of all values that are in memory at a time: 64 MB of them. */
const MOST_LIVE = 0x100_0000;

/**
 * The network, its weights packed in the kernel's memory.
 *
 * What no noise reaches is computed once for all masks. Cost: a multiply-add for each weight, position, input and mask. Throws a `VshiftError`
 * for an operation that vshift does not run, if a norm or the output depends on it.
 */
export function createNetwork(kernel: Kernel, setting: NetworkToRun): Network {
  const { model, nodes, inputShape, output, seed } = setting;
  const products = nodes.flatMap(({ layer }) =>
    layer.kind === "linear" || layer.kind === "convolution" ? [layer] : [],
  );
  const room = productRoom(kernel, mostNeurons(products));
  const draws = noiseRoom(kernel);
  const address: NoiseAddress = { firstInput: 0, inputs: 1, firstMask: 0, masks: 1 };
  const norms: Loaded<BatchNormOfModel>[] = [];
  const statistics: Statistics[] = [];
  const isNeeded = neededIn(nodes, output);
  const operands: Operand[] = [];
  const noiseNumbers = noiseNumbersIn(nodes);
  const parts: (Part | undefined)[] = [];
  for (const [index, node] of nodes.entries()) parts.push(isNeeded[index] ? prepared(node, index) : undefined);
  const isNoisy = noisyIn(nodes);
  const sizes = operands.map(({ shape }) => sizeOf(shape));
  const order = nodes.flatMap((_, index) => (isNeeded[index] ? [index] : []));
  const outputSize = output === null ? 0 : (sizes[output] ?? 0);
  const spare = new Map<number, Float32Array[]>();

  function prepared(node: Loaded<ModelNode>, index: number): Part {
    const { layer, from } = node;
    const read = from.map((at) => withoutSamples(operands[at] as Operand, node.shape.length));
    const put = (shape: readonly number[], isConstant = false) => {
      requireRoom(shape);
      operands[index] = { shape, isConstant };
    };
    try {
      if (layer.kind === "input") {
        put(inputShape);
        return { kind: "input" };
      }
      if (layer.kind === "constant") {
        if (layer.value === null) throw new NotRunnable("a constant that operations make which vshift does not run");
        put(layer.value.shape, true);
        return { kind: "constant", values: layer.value.values };
      }
      const [input] = read;
      const isOfConstants = read.every(({ isConstant }) => isConstant);
      const isOwn = layer.kind === "batch-norm" || layer.kind === "noise";
      if (input === undefined || (isOfConstants && isOwn)) throw new NotRunnable("an input");
      if (layer.kind === "batch-norm") {
        put(input.shape);
        if (input.shape[0] !== layer.variance.length) throw new NotRunnable(`${layer.variance.length} channels`);
        norms.push(layer);
        statistics.push({ mean: layer.mean, variance: layer.variance });
        return { kind: "norm", norm: norms.length - 1, layer };
      }
      const number = noiseNumbers[index] as number;
      const operation =
        layer.kind === "noise"
          ? noisy(kernel, draws, { layer, input, key: modelNoiseKey(seed, number), address })
          : operationOf({ node, operands: read, kernel, room });
      put(operation.shape, isOfConstants);
      if (isOfConstants) return { kind: "constant", values: madeOnce(operation, from) };
      return { kind: layer.kind === "noise" ? "noise" : "operation", operation };
    } catch (error) {
      if (error instanceof NotRunnable) throw cannotRun(model, node, error);
      throw error;
    }
  }

  /** What an operation makes of constants alone. */
  function madeOnce({ run, shape }: Operation, from: readonly number[]): Float32Array {
    const inputs = from.map((at) => (parts[at] as Extract<Part, { kind: "constant" }>).values);
    if (run === undefined) return inputs[0] ?? EMPTY;
    const values = new Float32Array(sizeOf(shape));
    run(inputs, values, 1);
    return values;
  }

  function taken(size: number): Float32Array {
    return spare.get(size)?.pop() ?? new Float32Array(size);
  }

  function released(holder: Holder | undefined): void {
    if (holder === undefined || --holder.readers > 0) return;
    const same = spare.get(holder.data.length) ?? [];
    same.push(holder.data);
    spare.set(holder.data.length, same);
  }

  /** Runs nodes in their order on so many samples; `values` has what others made, and gets what these make. */
  function walk(which: readonly number[], { values, samples, readers, hasNoise, atNorm }: Walk): void {
    for (const index of which) {
      const part = parts[index] as Part;
      const holders = (nodes[index] as Loaded<ModelNode>).from.map((at) => values[at]);
      const inputs = holders.map((holder) => holder?.data ?? EMPTY);
      const [first] = holders;
      const count = readers[index] as number;
      if (part.kind === "input") continue;
      if (part.kind === "constant") {
        values[index] = { data: part.values, readers: Number.POSITIVE_INFINITY };
        continue;
      }
      const operation = part.kind === "norm" ? undefined : part.operation;
      const isAlias = part.kind === "noise" ? !hasNoise : part.kind === "operation" && operation?.run === undefined;
      if (isAlias) {
        if (first !== undefined) first.readers += count;
        values[index] = first;
      } else {
        const size = samples * (sizes[index] as number);
        const isInPlace = (operation?.isInPlace ?? true) && first?.readers === 1 && inputs[0]?.length === size;
        const data = isInPlace ? (inputs[0] as Float32Array) : taken(size);
        if (part.kind === "norm") runNorm(part, { x: inputs[0] as Float32Array, out: data, samples, atNorm });
        else operation?.run?.(inputs, data, samples);
        if (isInPlace && first !== undefined) first.readers += count;
        values[index] = isInPlace ? first : { data, readers: count };
        if (count === 0 && !isInPlace) released({ data, readers: 1 });
      }
      for (const holder of holders) released(holder);
    }
  }

  function runNorm(
    { norm, layer }: Extract<Part, { kind: "norm" }>,
    { x, out, samples, atNorm }: { x: Float32Array; out: Float32Array; samples: number; atNorm: RunOptions["atNorm"] },
  ): void {
    const channels = layer.variance.length;
    const positions = x.length / samples / channels;
    atNorm?.({ norm, x, samples, positions });
    const { mean, variance } = statistics[norm] as Statistics;
    for (let channel = 0; channel < channels; channel++) {
      const scale = (layer.gain?.[channel] ?? 1) / Math.sqrt((variance[channel] as number) + layer.epsilon);
      const offset = (layer.bias?.[channel] ?? 0) - (mean[channel] as number) * scale;
      for (let at = channel * positions; at < x.length; at += channels * positions) {
        for (let place = at; place < at + positions; place++) out[place] = (x[place] as number) * scale + offset;
      }
    }
  }

  const isLate = (index: number) => isNoisy[index] === true;
  const clean = order.filter((index) => !isLate(index));
  const late = order.filter(isLate);
  const readLate = new Set(late.flatMap((index) => nodes[index]?.from ?? []));
  const kept = clean.filter((index) => readLate.has(index) || index === output);
  const liveSize = 3 * Math.max(1, ...order.map((index) => sizes[index] as number));

  return {
    norms,
    statistics,
    outputSize,
    liveSize,
    workOfSample: order.reduce((sum, index) => sum + workOf(index), 0),
    run({ x, inputs, firstInput, masks, atNorm }) {
      const values: (Holder | undefined)[] = [];
      for (const index of order) {
        if (parts[index]?.kind === "input") values[index] = { data: x, readers: Number.POSITIVE_INFINITY };
      }
      if (masks === null) {
        const readers = readersAmong(order);
        walk(order, { values, samples: inputs, readers, hasNoise: false, atNorm });
        return outputOf(values, inputs);
      }
      // One more for each value that is read behind noise, so that it is kept for all masks, as the output is already.
      const readers = readersAmong(clean);
      for (const index of kept) readers[index] = (readers[index] as number) + Number(index !== output);
      walk(clean, { values, samples: inputs, readers, hasNoise: true, atNorm });
      const all = new Float32Array(masks * inputs * outputSize);
      const most = Math.max(1, Math.floor(MOST_LIVE / (inputs * liveSize)));
      for (let from = 0; from < masks; from += most) {
        const count = Math.min(most, masks - from);
        Object.assign(address, { firstInput, inputs, firstMask: from, masks });
        const own = readersAmong(late);
        const tiled: (Holder | undefined)[] = [];
        for (const index of kept) {
          const holder = values[index];
          if (holder) tiled[index] = tiledCopy(holder, { index, count, readers: own[index] as number });
        }
        walk(late, { values: tiled, samples: count * inputs, readers: own, hasNoise: true, atNorm });
        all.set(outputOf(tiled, count * inputs), from * inputs * outputSize);
      }
      for (const index of kept) released(values[index]);
      return all;
    },
  };

  /** The value once for each mask; a constant unchanged. */
  function tiledCopy(
    holder: Holder,
    { index, count, readers }: { readonly index: number; readonly count: number; readonly readers: number },
  ): Holder {
    if (operands[index]?.isConstant === true) return holder;
    const { data } = holder;
    const copy = taken(count * data.length);
    for (let at = 0; at < count; at++) copy.set(data, at * data.length);
    return { data: copy, readers };
  }

  function workOf(index: number): number {
    const part = parts[index];
    const isOperation = part?.kind === "operation" || part?.kind === "noise";
    return (isOperation ? part.operation.work : undefined) ?? 4 * (sizes[index] as number);
  }

  /** How often each node is read by these; the output once more. */
  function readersAmong(which: readonly number[]): number[] {
    const readers = nodes.map((_, index) => Number(index === output));
    for (const index of which) {
      for (const at of nodes[index]?.from ?? []) readers[at] = (readers[at] as number) + 1;
    }
    return readers;
  }

  function outputOf(values: readonly (Holder | undefined)[], samples: number): Float32Array {
    if (output === null) return EMPTY;
    const holder = values[output];
    const data = (holder?.data ?? EMPTY).slice(0, samples * outputSize);
    released(holder);
    return data;
  }
}

interface Walk {
  readonly values: (Holder | undefined)[];
  readonly samples: number;
  readonly readers: readonly number[];
  readonly hasNoise: boolean;
  readonly atNorm: RunOptions["atNorm"];
}

const EMPTY = new Float32Array(0);

/** A constant of as many axes as the output of what reads it has the samples' axis, too: of length 1, since it is the same for all. */
function withoutSamples(operand: Operand, axes: number): Operand {
  const [samples, ...shape] = operand.shape;
  if (!operand.isConstant || operand.shape.length !== axes || samples !== 1) return operand;
  return { ...operand, shape };
}

/** Nodes that a norm, or the output, depends on. */
function neededIn(nodes: readonly Loaded<ModelNode>[], output: number | null): readonly boolean[] {
  const isNeeded = nodes.map(({ layer }, index) => layer.kind === "batch-norm" || index === output);
  for (let index = nodes.length - 1; index >= 0; index--) {
    if (isNeeded[index] !== true) continue;
    for (const at of nodes[index]?.from ?? []) isNeeded[at] = true;
  }
  return isNeeded;
}

/** Nodes that are noise, or depend on it. */
function noisyIn(nodes: readonly Loaded<ModelNode>[]): readonly boolean[] {
  const isNoisy: boolean[] = [];
  for (const { layer, from } of nodes) isNoisy.push(layer.kind === "noise" || from.some((at) => isNoisy[at]));
  return isNoisy;
}

/** For each node, how many are noise before it: also those that are not run, so that the draws of a layer do not depend on what is returned. */
function noiseNumbersIn(nodes: readonly Loaded<ModelNode>[]): readonly number[] {
  let count = 0;
  return nodes.map(({ layer }) => (layer.kind === "noise" ? count++ : count));
}

function cannotRun(model: string, { layer, module, source }: Loaded<ModelNode>, cause: NotRunnable): VshiftError {
  const place = [module, source ?? ""].filter((part) => part !== "").join(", ");
  const isUnknown = layer.kind === "opaque" && layer.computes === null;
  const what = layer.kind === "opaque" ? layer.operation : layer.kind;
  const where = place === "" ? "" : ` (${excerpt(place)})`;
  const why = isUnknown ? "vshift does not run" : `needs ${cause.message}`;
  return new VshiftError({
    code: "invalid-file",
    field: model,
    problem: `cannot be run because of ${excerpt(what)}${where}, which ${why}`,
    hint: "audit it without `data`, or export a part of the model without this operation",
    cause,
  });
}
