import { noiseOfWord } from "../noises/noises.ts";
import { NONE as NO_NOISE } from "../noises/none.ts";
import type { FilesByName } from "../notation/files.ts";
import {
  type GraphLayer,
  type InputLayer,
  inputMeanOf,
  isFileName,
  type LinearLayer,
  type NetworkGraph,
  positionsOf,
} from "../notation/graph.ts";
import { FIELDS, MAXIMUM_WEIGHTS } from "./fields.ts";
import type { CompletedInput, Scenario } from "./scenario.ts";
import { accepts } from "./validate.ts";

/** What the fields of the input say of a network's; of a file, its facts say the rest. */
export function inputFields({ nodes }: NetworkGraph): CompletedInput {
  const [node] = nodes;
  if (node === undefined) throw new RangeError("a network has no layers");
  const { law, mean, variance, rho } = node.layer as InputLayer;
  const width = node.shape.channels * positionsOf(node.shape);
  if (isFileName(law)) return { activation: law, width };
  return { activation: law, mean: inputMeanOf({ mean, law }), variance, rho, width };
}

/** Whether the fields allow their values; the notation allows more. */
function isWithinFields(input: CompletedInput): boolean {
  const isOfDomain = ([name, value]: readonly [string, unknown]) =>
    value === null || accepts(FIELDS[name as keyof Scenario], value);
  const { width, neurons } = input;
  return Object.entries(input).every(isOfDomain) && (width ?? 1) * (neurons ?? 1) <= MAXIMUM_WEIGHTS;
}

/** Whether all that is measured of a network is the input of one Batch Normalization, which has no name of its own. */
export function measuresOneBatchNorm({ positions }: Pick<NetworkGraph, "positions">): boolean {
  const [only] = positions;
  return positions.length === 1 && only?.norm?.kind === "bn" && only.name === "BN";
}

/**
 * What the fields of noise and layer say of a network, input → noise → linear? → BN; undefined of any other. A function
 * behind the layer is left to networks: theory knows more of wide layers than of those of any width.
 */
export function chainOf({ nodes, positions }: NetworkGraph, files: FilesByName): CompletedInput | undefined {
  const isChain = nodes.every(({ from }, index) => from.length <= 1 && (from[0] ?? -1) === index - 1);
  if (!isChain || !measuresOneBatchNorm({ positions })) return undefined;
  const [input, noise, ...rest] = nodes.map(({ layer }) => layer);
  if (input?.kind !== "input" || input.shape === null || input.shape.sizes.length > 0 || noise === undefined)
    return undefined;
  const linear = rest[0]?.kind === "linear" ? rest[0] : undefined;
  const behind = linear === undefined ? rest : rest.slice(1);
  if (behind.length !== 1) return undefined;
  const ofNoise = noiseFields(noise);
  if (ofNoise === undefined) return undefined;
  const fields = { ...inputFields({ nodes, positions }), ...ofNoise, ...linearFields(linear, files) };
  return isWithinFields(fields) ? fields : undefined;
}

/** Of noise that each unit has for itself, or the weights behind it, or of none. */
function noiseFields(layer: GraphLayer): CompletedInput | undefined {
  switch (layer.kind) {
    case "dropout":
    case "gaussiandropout":
    case "alphadropout":
    case "dropconnect":
      return { noise: noiseOfWord(layer.kind)?.kind, drop: layer.rate };
    case "identity":
      return { noise: NO_NOISE.kind };
    case "dropout2d":
      return noiseFields({ kind: "dropout", rate: layer.rate });
    case "mask":
      return layer.scaling === "inverted" ? noiseFields({ kind: "dropout", rate: layer.rate }) : undefined;
    case "uout":
      return { noise: noiseOfWord(layer.kind)?.kind, beta: layer.beta };
    default:
      return undefined;
  }
}

function linearFields(linear: LinearLayer | undefined, files: FilesByName): CompletedInput {
  if (linear === undefined) return {};
  const { units, weights, alignment, mean } = linear;
  if (isFileName(weights)) {
    return { layer: "linear", neurons: units, weights, weightsDigest: files.get(weights)?.digest };
  }
  return { layer: "linear", neurons: units, weights, alignment, weightMean: mean };
}
