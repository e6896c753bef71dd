import { noiseOfWord } from "../noises/noises.ts";
import { NONE as NO_NOISE } from "../noises/none.ts";
import {
  type GraphLayer,
  type InputLayer,
  inputMeanOf,
  type LinearLayer,
  type NetworkGraph,
  positionsOf,
} from "../notation/graph.ts";
import { layOut } from "../notation/lay-out.ts";
import { parseNetwork } from "../notation/parse.ts";
import { printNetwork } from "../notation/print.ts";
import { NO_VARIABLES, parseVariables, printVariables, type Variables, variablesIn } from "../notation/variables.ts";
import { workOfGraph } from "../notation/work.ts";
import { FIELDS, NETWORK_TABLE } from "./fields.ts";
import { joinedLayers } from "./layer-lists.ts";
import { conflict, invalid, isGiven } from "./refusal.ts";
import type { Scenario, ScenarioInput } from "./scenario.ts";
import { accepts } from "./validate.ts";

/** A scenario whose layers are written down. */
export interface NetworkScenario extends Scenario {
  readonly network: string;
}

export function isNetwork(scenario: Scenario): scenario is NetworkScenario {
  return scenario.network !== null;
}

/** A network as it was written, and what it says. */
export interface WrittenNetwork {
  /** Its canonical text. */
  readonly text: string;
  readonly graph: NetworkGraph;
}

/** Texts whose graphs are kept: cells of a sweep are asked for again and again. */
const MOST_KEPT = 64;
const kept = new Map<string, WrittenNetwork>();

/** The network of a text with values for its variables; a `VshiftError` that points at what is wrong with it. */
export function writtenNetwork(text: string, variables: Variables = NO_VARIABLES): WrittenNetwork {
  const key = variables.size === 0 ? text : `${text}\n${printVariables(variables)}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const tree = parseNetwork(text, variables);
  const written = { text: printNetwork(tree), graph: layOut(tree) };
  const [oldest] = kept.keys();
  if (kept.size === MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(key, written);
  return written;
}

/** 2²⁶ weights, as many as a stack may have. */
const MOST_WEIGHTS = 2 ** 26;
/** 2²⁵ numbers of a mini-batch's largest map: 128 MB for each of the arrays that hold one. */
const MOST_OF_BATCH = 2 ** 25;
/** Mini-batches of maps are smaller, so that they have about so many values of a channel. */
const USUAL_VALUES = 2 ** 14;
const USUAL_BATCH = { most: 256, fewest: 16 } as const;
const BATCH_SIZES = { from: 4, to: 16_384 } as const;
/** Mini-batches where nobody says how many, and multiply-adds of all passes that more than the fewest may take. */
const USUAL_BATCHES = { most: 64, fewest: 16 } as const;
const USUAL_WORK = 2 ** 36;
const PASSES = 4;
const FEWEST_BATCHES = 8;

/**
 * The input with what its network says in other fields: all of it, and no network, where they can say it; else those of its input.
 * So a network has one identity, however it is written.
 *
 * Variables of the text have their values in it, and `variables` notes them in the order of their first use. Without any in the text
 * the note is unchanged: the scenario was defined before.
 */
export function withNetwork(input: ScenarioInput): FilledInput {
  const { network = null, variables = null, ...rest } = input;
  const said = variables === null ? NO_VARIABLES : parseVariables(variables);
  if (network === null) return { ...rest, network, variables: noteOf(said) };
  requireOfNetwork(input);
  const asked = typeof network === "string" ? network : joinedLayers(network);
  const names = variablesIn(asked);
  const values = names.length === 0 ? NO_VARIABLES : said;
  const { text, graph } = writtenNetwork(asked, values);
  const inOrder = new Map(names.map((name) => [name, values.get(name) ?? ""]));
  const given = { ...rest, variables: noteOf(names.length === 0 ? said : inOrder) };
  const isPlain = !isGiven(given.statistics) && !isGiven(given.reestimateBatches) && given.noiseInTest !== "on";
  const chain = isPlain ? chainOf(graph) : undefined;
  if (chain !== undefined && isWithinFields(chain)) return { ...given, ...chain, network: null };
  return { ...given, ...inputFields(graph), ...usual(given, graph), noise: NO_NOISE.kind, network: text };
}

/** An input whose network is a text. */
type FilledInput = Omit<ScenarioInput, "network"> & Pick<Scenario, "network">;

function noteOf(variables: Variables): string | null {
  return variables.size === 0 ? null : printVariables(variables);
}

function requireOfNetwork(given: ScenarioInput): void {
  const stray = Object.entries(given).find(
    ([name, value]) => isGiven(value) && !Object.hasOwn(NETWORK_TABLE.fields, name),
  );
  if (stray !== undefined) {
    const [field, value] = stray;
    throw conflict(
      field as keyof ScenarioInput,
      `${value} cannot be combined with \`network\`, which says the whole network`,
      "leave one of them out",
    );
  }
  if (given.masks === "balanced") {
    throw conflict(
      "masks",
      "balanced masks are not for a network as text, which draws one for each mini-batch",
      "leave it out",
    );
  }
  if (given.statistics === "corrected") {
    throw conflict("statistics", "corrected is not known for a network as text", "choose `statistics` reestimated");
  }
}

/** How a network is measured where nothing is said of it. */
function usual(given: ScenarioInput, graph: NetworkGraph): ScenarioInput {
  const { steps, largest, weights } = workOfGraph(graph);
  const positions = Math.max(...graph.positions.map(({ node }) => positionsOf(graph.nodes[node]?.shape ?? ONE)));
  const batchSize = given.batchSize ?? usualBatch(given, positions);
  requireSize({ batchSize, largest, weights });
  const isSaid = [given.precision, given.maxSamples, given.samples, given.batches].some(isGiven);
  const batches = within(USUAL_BATCHES, powerOfTwoBelow(USUAL_WORK / (PASSES * batchSize * steps)));
  requireBatches(given, batchSize);
  return { masks: "independent", batchSize, ...(isSaid ? {} : { batches }) };
}

/** Of few samples there are mini-batches enough all the same. */
function usualBatch({ samples }: ScenarioInput, positions: number): number {
  const usual = within(USUAL_BATCH, powerOfTwoBelow(USUAL_VALUES / Math.max(1, positions)));
  if (!isGiven(samples)) return usual;
  return Math.max(BATCH_SIZES.from, Math.min(usual, powerOfTwoBelow((samples as number) / FEWEST_BATCHES)));
}

const ONE = { sizes: [] };

function within({ most, fewest }: { readonly most: number; readonly fewest: number }, value: number): number {
  return Math.max(fewest, Math.min(most, value));
}

function powerOfTwoBelow(most: number): number {
  let power = 1;
  while (2 * power <= most && power < 2 ** 30) power *= 2;
  return power;
}

function requireSize({
  batchSize,
  largest,
  weights,
}: { readonly [Name in "batchSize" | "largest" | "weights"]: number }): void {
  if (batchSize < BATCH_SIZES.from || batchSize > BATCH_SIZES.to) {
    const { from, to } = BATCH_SIZES;
    const problem = `${batchSize} is not a whole number from ${from} to ${to}, as a network as text needs`;
    throw invalid("batchSize", problem, `use ${batchSize < from ? from : to}`);
  }
  if (weights > MOST_WEIGHTS) {
    throw invalid(
      "network",
      `has ${weights} weights, above the limit of ${MOST_WEIGHTS}`,
      "use fewer units or channels",
    );
  }
  if (largest * batchSize > MOST_OF_BATCH) {
    const most = Math.floor(MOST_OF_BATCH / largest);
    throw invalid(
      "batchSize",
      `${batchSize} samples of ${largest} units exceed the limit of ${MOST_OF_BATCH} numbers`,
      most < BATCH_SIZES.from ? "use a smaller network" : `use ${most} or less`,
    );
  }
}

function requireBatches({ batches, samples }: ScenarioInput, batchSize: number): void {
  const asked = batches ?? (isGiven(samples) ? Math.ceil((samples as number) / batchSize) : FEWEST_BATCHES);
  if (asked >= FEWEST_BATCHES) return;
  const field = isGiven(batches) ? "batches" : "samples";
  throw invalid(
    field,
    `${isGiven(batches) ? asked : samples} are ${asked} mini-batches of ${batchSize}; a network as text needs ${FEWEST_BATCHES}`,
    `use ${isGiven(batches) ? FEWEST_BATCHES : FEWEST_BATCHES * batchSize} or more`,
  );
}

function inputFields({ nodes }: NetworkGraph): ScenarioInput {
  const layer = nodes[0]?.layer as InputLayer;
  const { shape, law, variance, rho } = layer;
  return { activation: law, mean: inputMeanOf(layer), variance, rho, width: shape.channels * positionsOf(shape) };
}

/** Whether the fields allow their values; the notation allows more. */
function isWithinFields(input: ScenarioInput): boolean {
  return Object.entries(input).every(
    ([name, value]) => value === null || accepts(FIELDS[name as keyof Scenario], value),
  );
}

/**
 * What the fields of noise and layer say of a network: input → noise → linear? → BN. A function behind the layer is left to networks:
 * theory knows more of wide layers than of those of any width.
 */
function chainOf({ nodes, positions }: NetworkGraph): ScenarioInput | undefined {
  const isChain = nodes.every(({ from }, index) => from.length <= 1 && (from[0] ?? -1) === index - 1);
  const [position] = positions;
  if (!isChain || positions.length !== 1 || position?.norm?.kind !== "bn" || position.name !== "BN") return undefined;
  const [input, noise, ...rest] = nodes.map(({ layer }) => layer);
  if (input?.kind !== "input" || input.shape.sizes.length > 0 || noise === undefined) return undefined;
  const linear = rest[0]?.kind === "linear" ? rest[0] : undefined;
  const behind = linear === undefined ? rest : rest.slice(1);
  if (behind.length !== 1) return undefined;
  const ofNoise = noiseFields(noise);
  if (ofNoise === undefined) return undefined;
  return {
    ...inputFields({ nodes, positions }),
    ...ofNoise,
    ...linearFields(linear),
  };
}

/** Of noise that each unit has for itself, or the weights behind it, or of none. */
function noiseFields(layer: GraphLayer): ScenarioInput | undefined {
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

function linearFields(linear: LinearLayer | undefined): ScenarioInput {
  if (linear === undefined) return {};
  const { units, weights, alignment, mean } = linear;
  return { layer: "linear", neurons: units, weights, alignment, weightMean: mean };
}
