import type { Fields, Run } from "./questions.ts";

/** What the page shows: fields of a scenario as they are typed, with those of the stack and the network next to it. */
export type State = Fields;

/** The state with another value of a field, and what follows from that. */
export function withField(state: State, field: string, value: string): State {
  const changed: Record<string, string> = { ...state, [field]: value };
  // Another spelling of the same thing gives way.
  if (field === "alignment") delete changed.weightMean;
  if (Number(changed.alignment) > Number(changed.width)) changed.alignment = changed.width ?? "1";
  return changed;
}

/** Fields of the linear layer. */
const OF_LAYER = ["neurons", "weights", "weightMean", "alignment", "nonlinearity"];
/** Fields that only a stack has, and what is typed. */
const OF_STACK = ["depth", "connection", "noiseAt", "norm", "normAt", "groups", "statistics", "reestimateBatches"];
const OF_TEXT = ["network", "variables"];
/** What a stack and a network say by their layers, or leave to them. */
const OF_INPUT = ["activation", "mean", "variance", "rho", "masks", "layer"];
/** When to stop is the page's own affair in figures of many points. */
const OF_STOPPING = ["precision", "maxSamples", "samples", "batches"];

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** What the sliders say: noise, an optional layer, Batch Normalization. */
export function layerOf(state: State, change: Fields = {}): Run {
  const fields = { ...without(state, [...OF_STACK, ...OF_TEXT]), ...change };
  return { command: "simulate", fields: fields.layer === "linear" ? fields : without(fields, OF_LAYER) };
}

/** The same with a number of samples, for one of many points. */
export function pointOf(state: State, change: Fields, samples: number): Run {
  const { command, fields } = layerOf(state, change);
  return { command, fields: { ...without(fields, OF_STOPPING), samples: String(samples) } };
}

/** Units of the stack: as many as a page measures while somebody watches. */
const WIDEST_STACK = 128;

/** The stack of figure 4. */
export function stackOf(state: State, change: Fields = {}): Run {
  const own = without(state, [...OF_INPUT, ...OF_LAYER, ...OF_TEXT, ...OF_STOPPING]);
  const width = String(Math.min(WIDEST_STACK, Number(state.width)));
  const fields = { ...own, width, ...change };
  return { command: "stack", fields: change.beta === undefined ? fields : without(fields, ["keep"]) };
}

/** The network of figure 5. */
export function networkOf({ network = "", seed }: State): Run {
  return { command: "simulate", fields: seed === undefined ? { network } : { seed, network } };
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
