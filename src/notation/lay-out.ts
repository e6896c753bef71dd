import { networkError } from "./error.ts";
import {
  type GraphLayer,
  type GraphNode,
  type GraphPosition,
  type LayerWeights,
  type NetworkGraph,
  type NormLayer,
  paddingOf,
  positionsOf,
  type Shape,
  shapeInWords,
  tapsOf,
  type WrittenLayer,
} from "./graph.ts";
import { MOST_LAYERS, MOST_UNITS, OUTPUT } from "./parse.ts";
import { printLayer } from "./print.ts";
import type { Element, LayerElement, Tree } from "./tree.ts";

/**
 * The graph that a tree says: repetitions written out, and every layer with its shape. A `VshiftError` where a layer cannot read what
 * comes before it, or there are more than 10,000.
 */
export function layOut(tree: Tree): NetworkGraph {
  const nodes: GraphNode[] = [];
  const norms: Norm[] = [];
  /** The noise on weights that the next layer must have. */
  let ofWeights: LayerElement | undefined;

  const last = () => nodes.length - 1;
  const append = (layer: GraphLayer, at: number, from: readonly number[], shape: Shape) => {
    if (nodes.length === MOST_LAYERS) {
      throw networkError(`has more than ${MOST_LAYERS} layers at ${at}, with those of its repetitions`, "repeat less");
    }
    nodes.push({ layer, from, shape, at });
  };

  function follow(elements: Tree): void {
    for (const each of elements) element(each);
  }

  function element(found: Element): void {
    if (found.kind === "layer") layer(found);
    else if (found.kind === "repeat") for (let time = 0; time < found.count; time++) follow(found.branch);
    else branch(found);
  }

  function layer(found: LayerElement): void {
    const { layer: written, at, name } = found;
    if (written.kind === "input") {
      if (nodes.length > 0) throw networkError(`${printLayer(written)} at ${at} is a second input`, "leave one out");
      if (written.shape === null) {
        throw networkError(
          `${printLayer(written)} at ${at} has no shape before the file is read`,
          "write input(64, file:x.npy)",
        );
      }
      append(written, at, [], written.shape);
      return;
    }
    requireWeightsFor(written);
    const from = last();
    const shape = shapeBehind(written, { at, shape: shapeOf(from) });
    if (isNorm(written)) norms.push({ node: from, norm: written, name });
    if (written.kind === "dropconnect") ofWeights = found;
    append(written, at, [from], shape);
  }

  function requireWeightsFor(written: WrittenLayer): void {
    if (ofWeights === undefined) return;
    if (written.kind === "linear" || written.kind === "conv") ofWeights = undefined;
    else throw noWeights(ofWeights);
  }

  function branch({ kind, branch, at }: Exclude<Element, { kind: "layer" | "repeat" }>): void {
    if (ofWeights !== undefined) throw noWeights(ofWeights);
    const start = last();
    const before = shapeOf(start);
    follow(branch);
    if (ofWeights !== undefined) throw noWeights(ofWeights);
    const made = shapeOf(last());
    const [given, gives] = [shapeInWords(before), shapeInWords(made)];
    if (kind === "residual") {
      if (given !== gives) {
        throw networkError(
          `residual at ${at}: its layers make ${gives} of ${given}, and both are added`,
          `let them end in ${given}`,
        );
      }
      append({ kind: "add" }, at, [start, last()], before);
      return;
    }
    if (before.sizes.join() !== made.sizes.join()) {
      throw networkError(
        `concat at ${at}: its layers make maps of ${gives}, next to ${given}`,
        "keep the size of the maps, without strides or pools",
      );
    }
    const shape = { channels: before.channels + made.channels, sizes: before.sizes };
    append({ kind: "concat" }, at, [start, last()], sized(shape, `concat at ${at}`));
  }

  function shapeOf(node: number): Shape {
    const shape = nodes[node]?.shape;
    if (shape === undefined) throw networkError("must begin with input", "write input(512) dropout(0.5) bn");
    return shape;
  }

  follow(tree);
  if (ofWeights !== undefined) throw noWeights(ofWeights);
  return { nodes, positions: positionsOfNorms(norms, nodes) };
}

/** A norm, the node that it reads, and the name that it was given. */
interface Norm {
  readonly node: number;
  readonly norm: NormLayer;
  readonly name: string | null;
}

/** The inputs of the norms, and the output where no norm ends the network. */
function positionsOfNorms(norms: readonly Norm[], nodes: readonly GraphNode[]): readonly GraphPosition[] {
  const times = new Map<string, number>();
  const positions = norms.map(({ node, norm, name }, index): GraphPosition => {
    if (name === null) {
      return { node, norm, name: norms.length === 1 ? PREFIXES[norm.kind] : `${PREFIXES[norm.kind]} ${index + 1}` };
    }
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    return { node, norm, name: time === 1 ? name : `${name} ${time}` };
  });
  const output = nodes.length - 1;
  const endsInNorm = norms.at(-1)?.node === output - 1;
  return endsInNorm ? positions : [...positions, { node: output, norm: null, name: OUTPUT }];
}

const PREFIXES = { bn: "BN", layernorm: "LN", groupnorm: "GN" } as const;

function isNorm(layer: GraphLayer): layer is NormLayer {
  return layer.kind === "bn" || layer.kind === "layernorm" || layer.kind === "groupnorm";
}

function noWeights({ layer, at }: LayerElement): Error {
  return networkError(
    `${printLayer(layer)} at ${at} drops weights, and no layer with weights is next`,
    "write linear or conv right behind it",
  );
}

/** Of what a layer makes of a shape. */
function shapeBehind(layer: WrittenLayer, { at, shape }: { readonly at: number; readonly shape: Shape }): Shape {
  const { channels, sizes } = shape;
  const where = `${layer.kind} after ${shapeInWords(shape)} at ${at}`;
  switch (layer.kind) {
    case "linear":
      if (sizes.length > 0) throw networkError(`${where}: a linear layer reads no maps`, "add flatten or avgpool");
      requireAlignment(layer, channels, where);
      return { channels: layer.units, sizes };
    case "conv": {
      requireMaps(shape, where);
      if (channels % layer.groups !== 0 || layer.channels % layer.groups !== 0) {
        throw networkError(`${where}: ${layer.groups} groups do not divide its channels`, "use another groups");
      }
      requireAlignment(layer, tapsOf(layer, shape), where);
      const { kernel, stride } = layer;
      const behind = windowed(sizes, { size: kernel, stride, padding: paddingOf(layer) }, where);
      return sized({ channels: layer.channels, sizes: behind }, where);
    }
    case "maxpool":
    case "avgpool": {
      requireMaps(shape, where);
      const { size, stride } = layer;
      if (size === null) return { channels, sizes: [] };
      return { channels, sizes: windowed(sizes, { size, stride: stride ?? size, padding: 0 }, where) };
    }
    case "flatten":
      return { channels: channels * positionsOf(shape), sizes: [] };
    case "groupnorm":
      if (channels % layer.groups === 0) return shape;
      throw networkError(`${where}: ${layer.groups} groups do not divide ${channels} channels`, "use another number");
    case "cutout":
    case "dropblock":
      requireMaps(shape, where);
      if (sizes.every((length) => length >= layer.size)) return shape;
      throw networkError(`${where}: a square of ${layer.size} does not fit into the map`, "use a smaller size");
    default:
      return shape;
  }
}

function requireMaps({ sizes }: Shape, where: string): void {
  if (sizes.length === 0) throw networkError(`${where}: it reads maps`, "give input a shape such as 3x32x32");
}

function requireAlignment({ alignment }: LayerWeights, inputs: number, where: string): void {
  if (alignment === null) return;
  if (inputs === 1 && alignment !== 1) {
    throw networkError(`${where}: alignment must be 1, as that of any single weight is`, "leave it out");
  }
  if (alignment <= inputs) return;
  throw networkError(`${where}: alignment must be from 0 to the ${inputs} inputs of a neuron`, `use ${inputs} or less`);
}

interface Window {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

function windowed(sizes: readonly number[], { size, stride, padding }: Window, where: string): readonly number[] {
  return sizes.map((length) => {
    const behind = Math.floor((length + 2 * padding - size) / stride) + 1;
    if (behind >= 1) return behind;
    throw networkError(`${where}: a window of ${size} does not fit into ${length}`, "use a smaller window, or padding");
  });
}

function sized(shape: Shape, where: string): Shape {
  if (shape.channels * positionsOf(shape) <= MOST_UNITS) return shape;
  throw networkError(`${where}: makes ${shapeInWords(shape)}, more than ${MOST_UNITS} units`, "use fewer channels");
}
