import {
  isFunctionLayer,
  isNoiseLayer,
  type NetworkGraph,
  positionsOf,
  type Shape,
  tapsOf,
} from "../notation/graph.ts";
import { type NetworkScenario, writtenNetwork } from "../scenario/define-network.ts";
import { networkTheory, type PositionOfNetwork } from "../theory/network/follow.ts";
import type { PositionTheory } from "./position-theory.ts";

/** What theory says of each position of a network that is written down, by the statistics that it has at test time. */
export function networkExpectation({ network, statistics }: NetworkScenario): readonly PositionTheory[] {
  const { graph } = writtenNetwork(network);
  const noisy = networkTheory(graph);
  const found = statistics === "reestimated" ? reestimated(graph, noisy) : noisy;
  return found.map((theory, index) => recordTheory(theory, { spread: spreadAt(graph, index) }));
}

/**
 * With statistics of the network without noise, that is what both phases are at Batch Normalization and at the output; a norm of samples
 * has none, and receives what training does.
 */
function reestimated(graph: NetworkGraph, noisy: readonly PositionOfNetwork[]): readonly PositionOfNetwork[] {
  return networkTheory(withoutNoise(graph)).map((quiet, index): PositionOfNetwork => {
    const norm = graph.positions[index]?.norm ?? null;
    const before = noisy[index];
    if (norm === null || norm.kind === "bn" || before === undefined) return quiet;
    if (quiet.theory === null || before.theory === null) return quiet.theory === null ? quiet : before;
    const { trainVariance } = before.theory;
    const { testVariance } = quiet.theory;
    const shift = trainVariance === null || testVariance === null ? 1 : testVariance / trainVariance;
    return { theory: { ...before.theory, testVariance, shift }, reason: null };
  });
}

function recordTheory({ theory, reason }: PositionOfNetwork, { spread }: { readonly spread: number }): PositionTheory {
  if (theory === null) return { theory: null, reason };
  const { trainVariance, testVariance, shift, meanShift } = theory;
  if (trainVariance === null || testVariance === null) {
    return { theory: null, reason: "no noise comes before it, so Δ is 1, and the variance has no closed form" };
  }
  return { theory: { trainVariance, testVariance, shift, meanShift, spread }, reason: null };
}

/** The same network as statistics with the noise off know it. */
function withoutNoise({ nodes, positions }: NetworkGraph): NetworkGraph {
  return {
    nodes: nodes.map((node) => (isNoiseLayer(node.layer) ? { ...node, layer: { kind: "identity" } } : node)),
    positions,
  };
}

/** Nodes that a position depends on, with its own. */
function nodesBefore({ nodes, positions }: NetworkGraph, position: number): NetworkGraph["nodes"] {
  const isBefore = nodes.map((_, index) => index === positions[position]?.node);
  for (let index = nodes.length - 1; index >= 0; index--) {
    if (isBefore[index] !== true) continue;
    for (const from of nodes[index]?.from ?? []) isBefore[from] = true;
  }
  return nodes.filter((_, index) => isBefore[index]);
}

/**
 * Standard deviation of ln Δ between networks with weights of their own, at most about: ⅓√Σ 1/channels over the layers with weights
 * before it. Each averages over its channels, and passes its own deviation on. Of 24 networks of each of 16 kinds it was 0.34√Σ at the
 * most, in a row of layers without norms, and below 0.1√Σ in most (docs/METHOD.md). 0 without noise, since both phases are the same.
 */
function spreadAt(graph: NetworkGraph, position: number): number {
  const before = nodesBefore(graph, position);
  if (!before.some(({ layer }) => isNoiseLayer(layer))) return 0;
  const weighted = before.filter(({ layer }) => layer.kind === "linear" || layer.kind === "conv");
  return Math.sqrt(weighted.reduce((sum, { shape }) => sum + 1 / shape.channels, 0)) / 3;
}

/** Values that each norm before a position takes a variance of: of a channel in a mini-batch, or of a sample, or its group. */
function valuesBefore(graph: NetworkGraph, position: number, batchSize: number): readonly number[] {
  const own = graph.positions[position]?.norm ?? null;
  const ofOwn = own === null || own.kind === "bn" ? [] : [{ layer: own, shape: shapeAt(graph, position) }];
  return [...nodesBefore(graph, position), ...ofOwn].flatMap(({ layer, shape }) => {
    const positions = positionsOf(shape);
    if (layer.kind === "bn") return [batchSize * positions];
    if (layer.kind === "layernorm") return [shape.channels * positions];
    return layer.kind === "groupnorm" ? [(shape.channels / layer.groups) * positions] : [];
  });
}

function shapeAt({ nodes, positions }: NetworkGraph, position: number): Shape {
  return nodes[positions[position]?.node ?? 0]?.shape ?? { channels: 1, sizes: [] };
}

/**
 * What a position may deviate by from the theory of wide layers and large mini-batches: so many standard deviations of networks, for each
 * norm before it that part of 1/n, n the values that its statistics are of, of a map what its positions have in common, of neurons of few
 * inputs that their law is not normal, and the error of statistics that are estimated again.
 */
export function networkAllowance(
  { network, batchSize, rho, reestimateBatches }: NetworkScenario,
  position: number,
  { farthest, ofASample }: { readonly farthest: number; readonly ofASample: number },
): number {
  const { graph } = writtenNetwork(network);
  const index = position - 1;
  const samples = valuesBefore(graph, index, batchSize).reduce((sum, values) => sum + ofASample / values, 0);
  const again =
    reestimateBatches === null
      ? 0
      : farthest *
        errorOfStatistics({ values: reestimateBatches * batchSize, rho, channels: shapeAt(graph, index).channels });
  const few = inputsBefore(graph, index).reduce((sum, inputs) => sum + OF_AN_INPUT / inputs, 0);
  return farthest * spreadAt(graph, index) + samples + ofPositions(graph, index, batchSize) + few + again;
}

/** Most that the law of a neuron of n inputs, which theory has as a normal, changes Δ by behind a function: ½/n (docs/METHOD.md). */
const OF_AN_INPUT = 0.5;

/** Inputs of a neuron of each layer with weights before a position, where there is noise. */
function inputsBefore(graph: NetworkGraph, position: number): readonly number[] {
  const before = nodesBefore(graph, position);
  if (!before.some(({ layer }) => isNoiseLayer(layer)) || !before.some(({ layer }) => isFunctionLayer(layer)))
    return [];
  return before.flatMap(({ layer, from }) => {
    const shape = graph.nodes[from[0] ?? 0]?.shape;
    if (shape === undefined) return [];
    if (layer.kind === "linear") return [shape.channels];
    return layer.kind === "conv" ? [tapsOf(layer, shape)] : [];
  });
}

/** Relative standard error of statistics that are estimated again, of normal values; correlated channels count as one. */
function errorOfStatistics({
  values,
  rho,
  channels,
}: { readonly [Name in "values" | "rho" | "channels"]: number }): number {
  return Math.sqrt(2 / (values * (rho === 0 ? channels : 1)));
}

/**
 * Positions of a map depend on each other, by a convolution or by noise that they share. A mini-batch then sees up to 1/n less of their
 * variance, n its samples.
 */
function ofPositions(graph: NetworkGraph, position: number, batchSize: number): number {
  return positionsOf(shapeAt(graph, position)) === 1 ? 0 : 1 / batchSize;
}
