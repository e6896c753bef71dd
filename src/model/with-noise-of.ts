import { VshiftError } from "../errors.ts";
import { excerpt } from "../tensor/file-error.ts";
import { elementCount } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { BatchNormOfModel, ModelGraph, ModelLayer, ModelNode } from "./graph.ts";

/**
 * A network with the noise that another file of it has: of an export that has lost its dropout, and one that has not.
 *
 * Both are compared layer by layer, from the outputs back: kinds, numbers of channels and positions, and weights up to rounding.
 * Noise is not compared, nor are axes of length 1, nor running statistics, in which a repaired file differs. Modules and lines of code
 * are those of `from`, and all else but the noise is that of `graph`. A `VshiftError` if it is another network, or has noise already.
 */
export function withNoiseOf(graph: ModelGraph, from: ModelGraph): ModelGraph {
  if (graph.nodes.some(({ layer }) => layer.kind === "noise")) {
    throw refused("is not needed, because the model has noise of its own", "leave it out");
  }
  const { readings, edges, partners } = compared(graph, from);
  if (readings.size === 0)
    throw refused("contains no noise", "export with model.train() to include noise written by hand");
  const nodes: ModelNode[] = [];
  const moved: number[] = [];
  const movedNoise = new Map<number, number>();

  for (const [at, node] of graph.nodes.entries()) {
    const { module, source } = from.nodes[partners.get(at) ?? -1] ?? node;
    const inputs = inputsOf(at, node.from);
    moved.push(nodes.push({ ...node, from: inputs, module, source }) - 1);
  }
  const outputs = inputsOf(OUTPUTS, graph.outputs);
  return { ...graph, mode: from.mode, nodes, outputs };

  function inputsOf(reader: number, inputs: readonly number[]): readonly number[] {
    return inputs.map((input, slot) => behind(readings.get(reader)?.[slot] ?? null, input));
  }

  /** The node that stands for a value behind noise, which is added where it is not there yet. */
  function behind(noise: number | null, input: number): number {
    const missing: number[] = [];
    let last = noise;
    for (; last !== null && !movedNoise.has(last); last = noiseBefore(last)) missing.push(last);
    let at = (last === null ? moved[input] : movedNoise.get(last)) as number;
    for (const one of missing.toReversed()) {
      const { layer, module, source } = from.nodes[one] as ModelNode;
      const { shape } = graph.nodes[input] as ModelNode;
      at = nodes.push({ layer, module, source, from: [at], shape }) - 1;
      movedNoise.set(one, at);
    }
    return at;
  }

  function noiseBefore(noise: number): number | null {
    return edges[from.nodes[noise]?.from[0] ?? noise]?.noise ?? null;
  }
}

/** What stands behind a node: the last layer up to it that changes numbers at test time, and the last noise since that layer. */
interface Edge {
  readonly layer: number;
  readonly noise: number | null;
}

function edgesOf({ nodes }: ModelGraph): readonly Edge[] {
  const edges: Edge[] = [];
  for (const [at, node] of nodes.entries()) {
    const { kind } = node.layer;
    if (kind !== "noise" && kind !== "reshape") {
      edges.push({ layer: at, noise: null });
      continue;
    }
    const [before, ...others] = node.from.map((input) => edges[input] as Edge);
    if (before === undefined || others.length > 0) {
      throw refused(`has noise written by hand${placeOf(node)} that belongs to no single value`, WITHOUT_TRAINING);
    }
    edges.push(kind === "noise" ? { ...before, noise: at } : before);
  }
  return edges;
}

interface Compared {
  /** By the number of a node of the graph, or OUTPUTS: for each value that it reads the last noise before it, of the other graph. */
  readonly readings: ReadonlyMap<number, readonly (number | null)[]>;
  /** Of the other graph. */
  readonly edges: readonly Edge[];
  /** The node of the other graph that each node is. */
  readonly partners: ReadonlyMap<number, number>;
}

const OUTPUTS = -1;

function compared(graph: ModelGraph, from: ModelGraph): Compared {
  const own = edgesOf(graph);
  const edges = edgesOf(from);
  const partners = new Map<number, number>();
  /** The node of the graph that each noise is behind. */
  const noisy = new Map<number, number>();
  const readings = new Map<number, readonly (number | null)[]>();
  const open: (readonly [number, number])[] = [];

  read(OUTPUTS, graph.outputs, from.outputs);
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [at, partner] = pair;
    const [one, other] = [graph.nodes[at] as ModelNode, from.nodes[partner] as ModelNode];
    const known = partners.get(at);
    // A file may have a constant once that another has several times.
    if (known === partner || (known !== undefined && one.layer.kind === "constant")) continue;
    const difference = known === undefined ? differenceOf(one, other) : "their inputs";
    if (difference !== null) throw otherNetwork(one, other, difference);
    partners.set(at, partner);
    read(at, one.from, other.from);
  }
  return { readings, edges, partners };

  /** Notes the noise before each value that a pair of nodes reads, and what has to be compared for it. */
  function read(reader: number, inputs: readonly number[], others: readonly number[]): void {
    if (inputs.length !== others.length) {
      throw refused(
        `is of another network: ${others.length} values are read where the model has ${inputs.length}`,
        SAME,
      );
    }
    const noise = inputs.map((input, slot) => {
      const [here, there] = [own[input] as Edge, edges[others[slot] as number] as Edge];
      open.push([here.layer, there.layer]);
      note(there.noise, input);
      return there.noise;
    });
    if (noise.some((one) => one !== null)) readings.set(reader, noise);
  }

  /** One draw is for all that read it, so that it can only stand behind one value. */
  function note(noise: number | null, input: number): void {
    let at = noise;
    while (at !== null && !noisy.has(at)) {
      noisy.set(at, input);
      at = edges[from.nodes[at]?.from[0] ?? at]?.noise ?? null;
    }
    if (at === null || noisy.get(at) === input) return;
    throw refused(`has noise${placeOf(from.nodes[at])} that several values of the model share`, WITHOUT_TRAINING);
  }
}

/** What two layers differ in; null for the same layer. */
function differenceOf(one: ModelNode, other: ModelNode): string | null {
  if (one.layer.kind !== other.layer.kind) return "kind";
  if (!isSameSize(one, other)) return "shape";
  return isSameLayer(one.layer, other.layer) ? null : "weights or settings";
}

/** As many numbers of a sample; those that a file leaves open are taken to be the same. */
function isSameSize({ shape: one }: ModelNode, { shape: other }: ModelNode): boolean {
  const counts = [one, other].map((shape) => {
    return shape.length < 2 || shape.slice(1).includes(null) ? null : elementCount(shape.slice(1));
  });
  return counts.includes(null) || counts[0] === counts[1];
}

function isSameLayer(one: ModelLayer, other: ModelLayer): boolean {
  switch (one.kind) {
    case "constant":
      return other.kind === one.kind && isSameTensor(one.value, other.value);
    case "linear":
      return other.kind === one.kind && isSameTensor(one.weight, other.weight) && isSameBias(one, other);
    case "convolution":
      return (
        other.kind === one.kind &&
        settingsOf(one) === settingsOf(other) &&
        isSameTensor(one.weight, other.weight) &&
        isSameBias(one, other)
      );
    case "batch-norm":
      return other.kind === one.kind && isSameNorm(one, other);
    case "activation": {
      if (other.kind !== one.kind || one.activation.name !== other.activation.name) return false;
      return isClose(one.activation.parameters, other.activation.parameters);
    }
    case "scale":
      return other.kind === one.kind && isClose([one.factor], [other.factor]);
    case "pool":
      // Windows are compared by the positions that they give, since one that adapts may be written as one that slides.
      return other.kind === one.kind && one.pool === other.pool;
    case "opaque": {
      if (other.kind !== one.kind) return false;
      const [computes, otherComputes] = [one.computes, other.computes];
      return computes === null || otherComputes === null || computes.name === otherComputes.name;
    }
    default:
      return true;
  }
}

type Weighted = Extract<ModelLayer, { kind: "linear" | "convolution" }>;

function settingsOf({ groups, stride, padding, dilation }: Extract<ModelLayer, { kind: "convolution" }>): string {
  return JSON.stringify([groups, stride, dilation, padding.map(({ before, after }) => [before, after])]);
}

function isSameNorm(one: BatchNormOfModel, other: BatchNormOfModel): boolean {
  const channels = one.variance.length;
  const filled = (values: Float64Array | null, value: number) => values ?? new Float64Array(channels).fill(value);
  return (
    other.variance.length === channels &&
    isClose(filled(one.gain, 1), filled(other.gain, 1)) &&
    isClose(filled(one.bias, 0), filled(other.bias, 0)) &&
    isClose([one.epsilon], [other.epsilon])
  );
}

/** A bias that is left out is 0. */
function isSameBias({ bias: one }: Weighted, { bias: other }: Weighted): boolean {
  if (one !== null && other !== null) return isSameTensor(one, other);
  return (one ?? other)?.values().every((value) => value === 0) ?? true;
}

/** What is not known is taken to be the same. */
function isSameTensor(one: Tensor | null, other: Tensor | null): boolean {
  if (one === null || other === null) return true;
  return elementCount(one.shape) === elementCount(other.shape) && isClose(one.values(), other.values());
}

function isClose(some: ArrayLike<number>, others: ArrayLike<number>): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at++) {
    const [one, other] = [some[at] as number, others[at] as number];
    if (Math.abs(one - other) > ROUNDING * Math.max(Math.abs(one), Math.abs(other))) return false;
  }
  return true;
}

/** Weights are in single precision, 2⁻²⁴; numbers of a program may be the products of some. */
const ROUNDING = 1e-5;

function otherNetwork(one: ModelNode, other: ModelNode, difference: string): VshiftError {
  const [here, there] = [one, other].map((node) => `${node.layer.kind}${placeOf(node)}`);
  return refused(`is of another network: its ${there} and the model's ${here} differ in ${difference}`, SAME);
}

/** " (features.3)". */
function placeOf(node: ModelNode | undefined): string {
  return node === undefined || node.module === "" ? "" : ` (${excerpt(node.module)})`;
}

function refused(problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-file", field: "noiseFrom", problem, hint });
}

const SAME = "export both files from the same trained model";

const WITHOUT_TRAINING = "export it with model.eval()";
