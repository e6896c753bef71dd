import type { Fields, Run } from "./questions.ts";

/**
 * What the page shows: fields of a scenario as they are typed, those of the stack and the network among them. What a layer, a stack or a
 * network does not have stays in the state for the others.
 */
export type State = Fields;

/** What the page knows of the kinds of noise and of input that a state has chosen. */
export interface Facts {
  /** The lowest keep probability that the noise reaches, if there is one. */
  readonly lowestKeep?: number | undefined;
  /** Whether the noise has no strength at all. */
  readonly isStill?: boolean | undefined;
  /** The mean that the input begins with, where 0 is none. */
  readonly mean?: string | undefined;
}

/** The state with another value of a field, and what follows from that. */
export function withField(state: State, field: string, value: string, facts: Facts = {}): State {
  const changed: Record<string, string> = { ...state, [field]: value };
  if (field === "noise") {
    // What only the kind before had.
    for (const name of OF_ONE_NOISE) delete changed[name];
    if (facts.isStill === true) delete changed.keep;
    else changed.keep ??= USUAL_KEEP;
  }
  if (Number(changed.keep) < Number(facts.lowestKeep)) changed.keep = String(facts.lowestKeep);
  if (field === "activation" && facts.mean !== undefined) changed.mean = facts.mean;
  if (field === "layer" && value === "linear" && !OF_WEIGHTS.some((name) => name in changed)) changed.alignment = "1";
  // Another spelling of the same thing gives way.
  if (field === "alignment") delete changed.weightMean;
  if (Number(changed.alignment) > Number(changed.width)) changed.alignment = changed.width ?? "1";
  return changed;
}

/** The state that shows a statement: the first one with a change, and the stack and the network of before. */
export function stateOfPreset(state: State, first: State, change: Fields): State {
  const { network = "", depth = "" } = state;
  return { ...without(first, [...OF_ONE_NOISE, ...OF_LAYER]), network, depth, ...change };
}

const USUAL_KEEP = "0.5";
const OF_ONE_NOISE = ["channelSize", "scaling"];
const OF_WEIGHTS = ["weights", "weightMean", "alignment"];
/** Fields of the linear layer, besides the function behind it. */
const OF_LAYER = ["neurons", ...OF_WEIGHTS];
const OF_STACK = ["depth", "connection", "noiseAt", "norm", "normAt", "groups"];
/** Of networks with statistics that a later layer depends on. */
const OF_TEST_TIME = ["statistics", "reestimateBatches", "noiseInTest"];
/** What a stack and a network say by their layers, or leave to them. */
const OF_INPUT = ["activation", "mean", "variance", "rho", "masks", "layer"];
/** When to stop is the page's own affair in figures of many points. */
const OF_STOPPING = ["precision", "maxSamples", "samples", "batches"];
const OF_NETWORK = ["network", "seed", "preset", "batchSize", "momentum", "epsilon", "confidence", "tolerance"];

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** What the controls say: noise, an optional layer, Batch Normalization. */
export function layerOf(state: State, change: Fields = {}): Run {
  const fields = { ...without(state, [...OF_STACK, ...OF_TEST_TIME, "network"]), ...change };
  const isLinear = fields.layer === "linear";
  return { command: "simulate", fields: isLinear ? fields : without(fields, [...OF_LAYER, "nonlinearity"]) };
}

/** The same with a number of samples, for one of many points. */
export function pointOf(state: State, change: Fields, samples: number): Run {
  const { command, fields } = layerOf(state, change);
  return { command, fields: { ...without(fields, OF_STOPPING), samples: String(samples) } };
}

/** Units of the stack: as many as a page measures while somebody watches. */
const WIDEST_STACK = 128;

/** The stack of figure 4; another noise has its own strength in the change. */
export function stackOf(state: State, change: Fields = {}): Run {
  const own = without(state, [...OF_INPUT, ...OF_LAYER, ...OF_STOPPING, "network"]);
  const kept = change.noise === undefined ? own : without(own, [...OF_ONE_NOISE, "keep"]);
  const width = Number(state.width) > WIDEST_STACK ? String(WIDEST_STACK) : (state.width ?? "");
  return { command: "stack", fields: { ...kept, width, ...change } };
}

/** The network of figure 5. */
export function networkOf(state: State): Run {
  // These are known for stacks alone.
  const ofTestTime = state.statistics === "corrected" ? ["noiseInTest"] : OF_TEST_TIME;
  const names = [...OF_NETWORK, ...ofTestTime];
  return {
    command: "simulate",
    fields: { network: "", ...Object.fromEntries(Object.entries(state).filter(([name]) => names.includes(name))) },
  };
}

/** What of a state is not the first one's, as the part of an address behind #; what it lacks is empty there. */
export function hashOf(state: State, first: State): string {
  const changed = Object.entries({ ...emptied(first), ...state }).filter(
    ([name, value]) => (first[name] ?? "") !== value,
  );
  return new URLSearchParams(changed).toString();
}

function emptied(state: State): State {
  return Object.fromEntries(Object.keys(state).map((name) => [name, ""]));
}

/** The state that such an address says; what is not a field is left for the engine to name. */
export function stateOf(hash: string, first: State): State {
  const said = { ...first, ...Object.fromEntries(new URLSearchParams(hash.replace(/^#/, ""))) };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ""));
}
