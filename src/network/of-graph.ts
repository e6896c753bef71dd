import type { PointwiseFunction } from "../activations/pointwise.ts";
import type { Strength } from "../noises/noise-kind.ts";
import { noiseOfWord } from "../noises/noises.ts";
import { type FilesByName, NO_FILES } from "../notation/files.ts";
import {
  type GraphLayer,
  type GraphNode,
  inputMeanOf,
  isFileName,
  isNoiseLayer,
  type LayerWeights,
  type NetworkGraph,
  paddingOf,
  positionsOf,
  type Shape,
  tapsOf,
  type ConvolutionLayer as WrittenConvolution,
  type FunctionLayer as WrittenFunction,
  type InputLayer as WrittenInput,
  type NoiseLayer as WrittenNoise,
  type NormLayer as WrittenNorm,
} from "../notation/graph.ts";
import { resolveStrength } from "../scenario/strength.ts";
import type {
  ActivationLayer,
  AddedNoise,
  ConvolutionLayer,
  FunctionLayer,
  InputLayer,
  Layer,
  LayerNumber,
  LinearLayer,
  Network,
  Node,
  NoiseOfNetwork,
  NormLayer,
  Position,
  WeightsOfLayer,
} from "./network.ts";

/** What a network is made with, besides its graph. */
export interface NetworkSetting {
  readonly seed: string;
  /** Of its norms. */
  readonly epsilon: number;
  /** What is known of the files that it names. */
  readonly files?: FilesByName;
  /** Averages over the units of a file that its input's rows are of. */
  readonly moments?: Pick<InputLayer, "mean" | "variance" | "rho"> | undefined;
}

/** The network that a graph says, which the forward pass runs. */
export function networkOfGraph(
  graph: NetworkGraph,
  { seed, epsilon, files = NO_FILES, moments }: NetworkSetting,
): Network {
  const nodes: Node[] = [];
  /** Of each node of the graph, the node that has its output: an identity is that which it reads. */
  const at: number[] = [];
  const norms = new Map<GraphLayer, NormLayer>();
  const numbers = layerNumbers(graph);

  function layerOf(node: GraphNode, number: number): Layer {
    const { layer, shape } = node;
    const before = graph.nodes[node.from[0] ?? 0]?.shape ?? shape;
    const ownNumber = numbers[number] ?? null;
    switch (layer.kind) {
      case "input":
        return inputOf(layer, { shape, files, moments });
      case "linear": {
        const { channels: width } = before;
        const neurons = layer.units;
        const size = { number: ownNumber, width, neurons, fanOut: neurons };
        return { kind: "linear", ...weightsOf(layer, size, files) } satisfies LinearLayer;
      }
      case "conv":
        return convolutionOf(layer, { before, number: ownNumber, files });
      case "relu":
      case "tanh":
      case "gelu":
      case "elu":
      case "leakyrelu":
      case "silu":
      case "sigmoid":
        return functionOf(layer);
      case "bn":
      case "layernorm":
      case "groupnorm": {
        // Repeated layers are one.
        const norm = norms.get(layer) ?? normOf(layer, epsilon);
        norms.set(layer, norm);
        return norm;
      }
      case "maxpool":
        return { kind: "pool", takes: "largest", size: layer.size, stride: layer.stride ?? layer.size };
      case "avgpool":
        return { kind: "pool", takes: "mean", size: layer.size, stride: layer.stride ?? layer.size ?? 1 };
      case "flatten":
      case "add":
      case "concat":
        return { kind: layer.kind };
      case "identity":
        throw new RangeError(`node ${number} has nothing to run`);
      default:
        return noiseOf(layer, { shape, number: ownNumber, neurons: neuronsBehind(graph, number) });
    }
  }

  for (const [number, node] of graph.nodes.entries()) {
    const from = node.from.map((read) => at[read] as number);
    if (node.layer.kind === "identity") {
      at.push(from[0] as number);
      continue;
    }
    nodes.push({ layer: layerOf(node, number), from, shape: node.shape });
    at.push(nodes.length - 1);
  }
  const positions = graph.positions.map(
    ({ node, name, norm }): Position => ({
      node: at[node] as number,
      channels: graph.nodes[node]?.shape.channels ?? 0,
      name,
      norm: norm === null ? null : (norms.get(norm) ?? null),
    }),
  );
  return { seed, epsilon, nodes, positions };
}

interface InputSetting extends Required<Pick<NetworkSetting, "files">>, Pick<NetworkSetting, "moments"> {
  readonly shape: Shape;
}

/**
 * The numbers of the layers that draw; undefined for others. A layer with weights is counted among those. Noise has the number of the next
 * layer with weights, and where other layers are between, how many; of noises right behind each other, the last is the first. So a
 * layer that is left out redraws nothing elsewhere, nor does a noise with a layer between. Layers at the end, without noise and
 * weights, count for nothing, so that one more redraws nothing.
 */
function layerNumbers({ nodes }: NetworkGraph): readonly (LayerNumber | undefined)[] {
  const hasWeights = ({ layer }: GraphNode) => layer.kind === "linear" || layer.kind === "conv";
  let next = nodes.filter(hasWeights).length + 1;
  let between = 0;
  let inRow = 0;
  let isAtEnd = true;
  return nodes
    .toReversed()
    .map((node): LayerNumber | undefined => {
      if (hasWeights(node)) {
        next--;
        [between, inRow, isAtEnd] = [0, 0, false];
        return next;
      }
      if (isNoiseLayer(node.layer)) {
        inRow++;
        isAtEnd = false;
        if (between === 0 && inRow === 1) return next;
        return inRow === 1 ? `${next}.${between}` : `${next}.${between}.${inRow}`;
      }
      if (node.layer.kind !== "identity" && !isAtEnd) [between, inRow] = [between + 1, 0];
      return undefined;
    })
    .reverse();
}

function inputOf({ law, mean, variance, rho }: WrittenInput, { shape, files, moments }: InputSetting): InputLayer {
  const width = shape.channels * positionsOf(shape);
  const atTest = { testActivation: null, testActivationDigest: null };
  if (!isFileName(law)) {
    const own = { mean: inputMeanOf({ mean, law }), variance, rho };
    return { kind: "input", activation: law, activationDigest: null, ...atTest, ...own, width };
  }
  const own = moments ?? { mean: 0, variance, rho };
  return { kind: "input", activation: law, activationDigest: digestOf(law, files), ...atTest, ...own, width };
}

function digestOf(name: string, files: FilesByName): string {
  const { digest } = files.get(name) ?? {};
  if (digest === undefined) throw new RangeError(`nothing is known of ${name}`);
  return digest;
}

function weightsOf(
  { weights, alignment, mean }: LayerWeights,
  size: Pick<WeightsOfLayer, "number" | "width" | "neurons" | "fanOut">,
  files: FilesByName,
): WeightsOfLayer {
  const hasMean = alignment === null && weights !== "constant" && !isFileName(weights);
  const weightsDigest = isFileName(weights) ? digestOf(weights, files) : null;
  return { ...size, weights, weightsDigest, weightMean: hasMean ? (mean ?? 0) : null, alignment };
}

function convolutionOf(
  layer: WrittenConvolution,
  { before, number, files }: { readonly before: Shape; readonly number: LayerNumber; readonly files: FilesByName },
): ConvolutionLayer {
  const { channels: neurons, kernel, stride, groups } = layer;
  const width = tapsOf(layer, before);
  const fanOut = tapsOf(layer, { channels: neurons, sizes: before.sizes });
  return {
    kind: "convolution",
    ...weightsOf(layer, { number, width, neurons, fanOut }, files),
    ...{ kernel, stride, padding: paddingOf(layer), groups },
  };
}

function functionOf(layer: WrittenFunction): ActivationLayer | FunctionLayer {
  switch (layer.kind) {
    case "relu":
    case "tanh":
    case "gelu":
      return { kind: "activation", activation: layer.kind };
    case "elu":
      return pointwise({ name: "elu", parameters: [layer.scale] });
    case "leakyrelu":
      return pointwise({ name: "leaky_relu", parameters: [layer.slope] });
    case "silu":
    case "sigmoid":
      return pointwise({ name: layer.kind, parameters: [] });
  }
}

function pointwise(of: PointwiseFunction): FunctionLayer {
  return { kind: "function", function: of };
}

function normOf(layer: WrittenNorm, epsilon: number): NormLayer {
  switch (layer.kind) {
    case "bn":
      return { kind: "norm", norm: "batch", groups: null, epsilon };
    case "layernorm":
      return { kind: "norm", norm: "layer", groups: null, epsilon };
    case "groupnorm":
      return { kind: "norm", norm: "group", groups: layer.groups, epsilon };
  }
}

interface Place {
  readonly number: LayerNumber;
  /** Of the layer with weights that reads it. */
  readonly neurons: number | null;
  readonly shape: Shape;
}

function noiseOf(layer: WrittenNoise, { shape, ...place }: Place): NoiseOfNetwork | AddedNoise {
  const made = (strength: Partial<Strength>, word: WrittenNoise["kind"] = "dropout"): NoiseOfNetwork => {
    const noise = noiseOfWord(word)?.kind;
    if (noise === undefined) throw new RangeError(`${word} is not a kind of noise`);
    const fields = { noise, ...resolveStrength(noise, strength), channelSize: null, scaling: null };
    return { kind: "noise", ...place, ...fields, sharing: { by: "unit" }, isScaled: true };
  };
  switch (layer.kind) {
    case "dropout2d":
      return { ...made({ drop: layer.rate }), sharing: { by: "map" } };
    case "droppath":
      return { ...made({ drop: layer.rate }), sharing: { by: "sample" } };
    case "dropblock":
      return { ...made({ drop: layer.rate }), sharing: { by: "region", size: layer.size } };
    case "mask":
      return { ...made({ drop: layer.rate }), isScaled: layer.scaling === "inverted" };
    case "cutout": {
      const share = positionsOf({ sizes: shape.sizes.map(() => layer.size) }) / positionsOf(shape);
      return { ...made({ drop: share }), sharing: { by: "square", size: layer.size }, isScaled: false };
    }
    case "dropout":
    case "alphadropout":
    case "gaussiandropout":
    case "dropconnect":
      return made({ drop: layer.rate }, layer.kind);
    case "uout":
      return made({ beta: layer.beta }, layer.kind);
    case "gaussiannoise":
      return { kind: "added-noise", number: place.number, deviation: layer.deviation };
  }
}

/** Of the layer with weights that reads a node; null where none does. */
function neuronsBehind({ nodes }: NetworkGraph, number: number): number | null {
  const layer = nodes.find(({ from }) => from[0] === number)?.layer;
  if (layer?.kind === "linear") return layer.units;
  return layer?.kind === "conv" ? layer.channels : null;
}
