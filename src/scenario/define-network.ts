import { createCache } from "../cache.ts";
import { NONE as NO_NOISE } from "../noises/none.ts";
import { type FileFacts, type FilesByName, NO_FILES, parseFiles, printFiles } from "../notation/files.ts";
import { type GraphLayer, isFileName, type NetworkGraph, positionsOf, type Shape, tapsOf } from "../notation/graph.ts";
import { layOut } from "../notation/lay-out.ts";
import { parseNetwork } from "../notation/parse.ts";
import { printNetwork } from "../notation/print.ts";
import { NO_VARIABLES, parseVariables, printVariables, type Variables, variablesIn } from "../notation/variables.ts";
import { NETWORK_TABLE } from "./fields.ts";
import { networkText } from "./layer-lists.ts";
import { chainOf, inputFields } from "./network-chain.ts";
import { usualSize } from "./network-size.ts";
import { conflict, invalid, isGiven } from "./refusal.ts";
import type { CompletedInput, Scenario } from "./scenario.ts";

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
const WRITTEN = createCache<WrittenNetwork>(64);

/** The network of a text with values for its variables; a `VshiftError` that points at what is wrong with it. */
export function writtenNetwork(text: string, variables: Variables = NO_VARIABLES): WrittenNetwork {
  const key = variables.size === 0 ? text : `${text}\n${printVariables(variables)}`;
  return WRITTEN.get(key, () => {
    const tree = parseNetwork(text, variables);
    return { text: printNetwork(tree), graph: layOut(tree) };
  });
}

/**
 * The input with what its network says in other fields: all of it, and no network, where they can say it; else those of its input.
 * So a network has one identity, also with other words or defaults written out.
 *
 * Variables of the text have their values in it, and `variables` notes them in the order of their first use. Without any in the text
 * the note is unchanged: the scenario was defined before.
 */
export function withNetwork(input: CompletedInput): FilledInput {
  const { network = null, variables = null, ...rest } = input;
  const said = variables === null ? NO_VARIABLES : parseVariables(variables);
  if (network === null) {
    if (isGiven(rest.files))
      throw conflict("files", "describe the files of a network, and there is none", "leave them out");
    return { ...rest, network, variables: noteOf(said) };
  }
  const asked = networkText(network);
  const names = variablesIn(asked);
  const values = names.length === 0 ? NO_VARIABLES : said;
  const { text, graph } = writtenNetwork(asked, values);
  requireOfNetwork(input, graph);
  const files = filesOf(graph, input);
  const inOrder = new Map(names.map((name) => [name, values.get(name) ?? ""]));
  const given = { ...rest, variables: noteOf(names.length === 0 ? said : inOrder) };
  const isAsTrained = !isGiven(given.statistics) || given.statistics === "running";
  const isPlain = isAsTrained && !isGiven(given.reestimateBatches) && given.noiseInTest !== "on";
  const chain = isPlain ? chainOf(graph, files) : undefined;
  if (chain !== undefined) return { ...given, ...chain, statistics: null, network: null, files: null };
  const size = usualSize(given, graph);
  const named = files.size === 0 ? null : printFiles(files);
  return { ...given, ...inputFields(graph), ...size, noise: NO_NOISE.kind, network: text, files: named };
}

/** An input whose network is a text. */
type FilledInput = Omit<CompletedInput, "network"> & Pick<Scenario, "network">;

function noteOf(variables: Variables): string | null {
  return variables.size === 0 ? null : printVariables(variables);
}

/** What may be said of a network whose input is a file: what the file says. */
export const FACTS_OF_INPUT: readonly string[] = [
  ...["activation", "activationDigest", "activationKurtosis", "activationSpread"],
  ...["mean", "variance", "rho", "width"],
];

function requireOfNetwork(given: CompletedInput, { nodes }: NetworkGraph): void {
  const input = nodes[0]?.layer;
  const isOfFile = input?.kind === "input" && isFileName(input.law);
  const isFact = (name: string) => isOfFile && FACTS_OF_INPUT.includes(name);
  const stray = Object.entries(given).find(
    ([name, value]) => isGiven(value) && !Object.hasOwn(NETWORK_TABLE.fields, name) && !isFact(name),
  );
  if (stray !== undefined) {
    const [field, value] = stray;
    throw conflict(
      field as keyof Scenario,
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

/** What is known of the files of a network, in the order of its text; a `VshiftError` where something is not, or does not fit. */
function filesOf({ nodes }: NetworkGraph, { files }: CompletedInput): FilesByName {
  const known = isGiven(files) ? parseFiles(files as string) : NO_FILES;
  const named = new Map<string, FileFacts>();
  for (const { layer, shape, from } of nodes) {
    const name = layer.kind === "input" ? layer.law : "weights" in layer ? layer.weights : null;
    if (!isFileName(name)) continue;
    const facts = known.get(name);
    if (facts === undefined) {
      throw invalid(
        "network",
        `${name} names a file, and its numbers are missing`,
        "pass them as `arrays`, or use the vshift command, which reads files",
      );
    }
    named.set(name, facts);
    const before = nodes[from[0] ?? 0]?.shape ?? shape;
    requireFit(name, facts, sizeNeeded(layer, { before, shape }));
  }
  return named;
}

interface Needed {
  /** Null for as many as there are. */
  readonly rows: number | null;
  readonly columns: number;
}

function sizeNeeded(layer: GraphLayer, { before, shape }: { readonly before: Shape; readonly shape: Shape }): Needed {
  if (layer.kind === "conv") return { rows: layer.channels, columns: tapsOf(layer, before) };
  if (layer.kind === "linear") return { rows: layer.units, columns: before.channels };
  return { rows: null, columns: shape.channels * positionsOf(shape) };
}

function requireFit(name: string, { rows, columns }: FileFacts, needed: Needed): void {
  if (columns === needed.columns && (needed.rows === null || rows === needed.rows)) return;
  const problem =
    needed.rows === null
      ? `${name} has rows of ${columns} units, and the input has ${needed.columns}`
      : `${name} has ${rows} neurons of ${columns} inputs, and its layer has ${needed.rows} of ${needed.columns}`;
  throw invalid(
    "network",
    problem,
    "give the file of this layer, with `layout` in-first if neurons are on the last axis",
  );
}
