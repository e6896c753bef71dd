import { NO_FILES, parseFiles } from "../notation/files.ts";
import type { Shape } from "../notation/graph.ts";
import { blockNorms, isStack, noisyBlocks, type StackScenario } from "../scenario/blocks.ts";
import { isNetwork, writtenNetwork } from "../scenario/define-network.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { InputLayer, Layer, LinearLayer, Network, Node, NoiseOfNetwork, NormLayer, Position } from "./network.ts";
import { networkOfGraph } from "./of-graph.ts";

/** The network that a scenario says. */
export function networkOf(scenario: Scenario): Network {
  if (isNetwork(scenario)) {
    const { network, files, seed, epsilon, mean, variance, rho } = scenario;
    const moments = { mean, variance, rho };
    const known = files === null ? NO_FILES : parseFiles(files);
    return networkOfGraph(writtenNetwork(network).graph, { seed, epsilon, files: known, moments });
  }
  return isStack(scenario) ? stackNetwork(scenario) : singleNetwork(scenario);
}

/** Input → noise → an optional linear layer and function → Batch Normalization. */
function singleNetwork(scenario: Scenario): Network {
  const { seed, width, neurons, nonlinearity, epsilon } = scenario;
  const norm: NormLayer = { kind: "norm", norm: "batch", groups: null, epsilon };
  const layers: readonly Layer[] = [
    inputOf(scenario),
    noiseOf(scenario, { number: null, neurons }),
    ...(neurons === null ? [] : [linearOf(scenario, { number: null, width, neurons })]),
    ...(nonlinearity === null ? [] : [{ kind: "activation", activation: nonlinearity } as const]),
    norm,
  ];
  let shape = vector(width);
  const nodes = layers.map((layer, index): Node => {
    if (layer.kind === "linear") shape = vector(layer.neurons);
    return { layer, from: index === 0 ? [] : [index - 1], shape };
  });
  return {
    seed,
    epsilon,
    nodes,
    positions: [{ node: nodes.length - 2, channels: neurons ?? width, name: "BN", norm }],
  };
}

/** Input, then blocks of norm → function → noise → linear, the block's input added where connections are residual. */
function stackNetwork(stack: StackScenario): Network {
  const { seed, width, epsilon, groups, nonlinearity, connection, relativeVariance } = stack;
  const norms = blockNorms(stack);
  const isNoisy = noisyBlocks(stack);
  const shape = vector(width);
  const nodes: Node[] = [{ layer: inputOf(stack), from: [], shape }];
  const positions: Position[] = [];
  const append = (layer: Layer, from: readonly number[] = [nodes.length - 1]) => {
    nodes.push({ layer, from, shape });
  };
  for (const [index, kind] of norms.entries()) {
    const number = index + 1;
    const input = nodes.length - 1;
    const norm: NormLayer = { kind: "norm", norm: kind, groups: kind === "group" ? groups : null, epsilon };
    positions.push({ node: input, channels: width, name: `${NORM_NAMES[kind]} ${number}`, norm });
    append(norm);
    append({ kind: "activation", activation: nonlinearity });
    if (isNoisy[index] === true && relativeVariance !== 0) append(noiseOf(stack, { number, neurons: width }));
    append(linearOf(BLOCK_WEIGHTS, { number, width, neurons: width }));
    if (connection === "residual") append({ kind: "add" }, [nodes.length - 1, input]);
  }
  const output = { node: nodes.length - 1, channels: width, name: "output", norm: null };
  return { seed, epsilon, nodes, positions: [...positions, output] };
}

function vector(channels: number): Shape {
  return { channels, sizes: [] };
}

const NORM_NAMES = { batch: "BN", layer: "LN", group: "GN" } as const;

/** Normal, mean 0, variance 1/width. */
const BLOCK_WEIGHTS = { weights: "normal", weightsDigest: null, weightMean: 0, alignment: null } as const;

function inputOf(scenario: Scenario): InputLayer {
  const { activation, activationDigest, testActivation, testActivationDigest, mean, variance, rho, width } = scenario;
  return {
    kind: "input",
    ...{ activation, activationDigest, testActivation, testActivationDigest, mean, variance, rho, width },
  };
}

function noiseOf(scenario: Scenario, place: Pick<NoiseOfNetwork, "number" | "neurons">): NoiseOfNetwork {
  const { noise, keep, drop, beta, relativeVariance, channelSize, scaling } = scenario;
  const fields = { noise, keep, drop, beta, relativeVariance, channelSize, scaling };
  return { kind: "noise", ...place, sharing: { by: "unit" }, isScaled: true, ...fields };
}

function linearOf(
  {
    weights,
    weightsDigest,
    weightMean,
    alignment,
  }: Pick<Scenario, "weights" | "weightsDigest" | "weightMean" | "alignment">,
  place: Pick<LinearLayer, "number" | "width" | "neurons">,
): LinearLayer {
  return { kind: "linear", ...place, fanOut: place.neurons, weights, weightsDigest, weightMean, alignment };
}
