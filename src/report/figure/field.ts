import { VshiftError } from "../../errors.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { findLaw } from "../../laws/laws.ts";
import { FIELDS } from "../../scenario/fields.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { didYouMean } from "../../suggestion.ts";

export type FieldName = keyof Scenario;

/** How a field is named in a figure: by a symbol in labels, by a title on an axis. */
interface Naming {
  readonly symbol: string;
  readonly title: string;
}

const NAMES: { readonly [Name in FieldName]: Naming } = {
  keep: { symbol: "p", title: "keep probability p" },
  drop: { symbol: "drop", title: "drop rate 1 − p" },
  beta: { symbol: "β", title: "half width β of Uout's multiplier" },
  relativeVariance: { symbol: "σ²", title: "relative variance σ² of the noise" },
  noise: { symbol: "noise", title: "noise" },
  channelSize: { symbol: "channel size", title: "units in a channel" },
  scaling: { symbol: "scaling", title: "scaling" },
  masks: { symbol: "masks", title: "masks" },
  activation: { symbol: "activation", title: "activation" },
  activationDigest: { symbol: "digest of the activations", title: "digest of the activations" },
  activationKurtosis: { symbol: "kurtosis", title: "kurtosis of the activations" },
  activationSpread: { symbol: "spread", title: "variance of the means of the activations" },
  testActivation: { symbol: "activation at test time", title: "activation at test time" },
  testActivationDigest: { symbol: "digest at test time", title: "digest of the activations at test time" },
  mean: { symbol: "c", title: "mean c of the input" },
  variance: { symbol: "v", title: "variance v of the input" },
  rho: { symbol: "ρ", title: "correlation ρ of the units" },
  width: { symbol: "d", title: "width d" },
  layer: { symbol: "layer", title: "layer" },
  neurons: { symbol: "k", title: "neurons k" },
  weights: { symbol: "weights", title: "weights" },
  weightsDigest: { symbol: "digest of the weights", title: "digest of the weights" },
  stride: { symbol: "stride", title: "stride of the kernel" },
  padding: { symbol: "padding", title: "padding of the maps" },
  weightMean: { symbol: "weight mean", title: "mean of the weights, in their standard deviations" },
  alignment: { symbol: "d·cos²θ", title: "alignment d·cos²θ of the weights" },
  preset: { symbol: "preset", title: "preset" },
  batchSize: { symbol: "batch size", title: "samples in a mini-batch" },
  momentum: { symbol: "momentum", title: "momentum of the running statistics" },
  epsilon: { symbol: "ε", title: "ε of Batch Normalization" },
  precision: { symbol: "precision", title: "precision asked for" },
  confidence: { symbol: "confidence", title: "confidence of the interval" },
  maxSamples: { symbol: "budget", title: "budget of samples" },
  samples: { symbol: "samples", title: "samples asked for" },
  tolerance: { symbol: "tolerance", title: "tolerance of the verdict" },
  seed: { symbol: "seed", title: "seed" },
};

export function symbolOf(field: FieldName): string {
  return NAMES[field].symbol;
}

/** Behind a function of a normal these are of the normal. */
const OF_THE_NORMAL: readonly FieldName[] = ["mean", "variance", "rho"];

/** The title of an axis of these records. */
export function titleOf(field: FieldName, records: readonly ShiftRecord[]): string {
  const { title } = NAMES[field];
  if (!OF_THE_NORMAL.includes(field)) return title;
  const functions = records.map(({ scenario }) => findLaw(scenario.activation)?.givenBefore ?? null);
  const before = functions.find((name) => name !== null);
  return before === undefined ? title : `${title}, before the ${before}`;
}

/** The field that a text names: by its name, its flag or its symbol (`batchSize`, `batch-size`, `p`). */
export function findField(text: string): FieldName | undefined {
  return fieldNames().find((name) => plain(name) === plain(text) || symbolOf(name) === text);
}

/** The same; what names no field is an error with the nearest name. `flag` is where it was given. */
export function fieldNamed(text: string, flag: string, others: readonly string[] = []): FieldName {
  const field = findField(text);
  if (field !== undefined) return field;
  throw new VshiftError({
    code: "unknown-field",
    field: flag,
    problem: `${text} is not a field of a scenario${others.length === 0 ? "" : " or a quantity of a record"}`,
    hint: didYouMean(text, [...fieldNames(), ...others], "see vshift plot --help"),
  });
}

export function isNumeric(field: FieldName): boolean {
  return FIELDS[field].type === "number";
}

/** A field of a record's scenario as it was asked for: `alignment` is the target, not what the draw of weights made of it. */
export function askedValue({ scenario }: ShiftRecord, field: FieldName): string | number | null {
  return field === "alignment" ? scenario.targetAlignment : scenario[field];
}

/** Where a record lies on an axis: there the alignment is that of the weights as they were drawn. */
export function axisValue({ scenario }: ShiftRecord, field: FieldName): number | null {
  const value = scenario[field];
  return typeof value === "number" ? value : null;
}

/** Whether a record has a position on an axis: a kind may be none, a number may not be missing. */
export function hasPlace(record: ShiftRecord, field: FieldName): boolean {
  return !isNumeric(field) || axisValue(record, field) !== null;
}

function fieldNames(): readonly FieldName[] {
  return Object.keys(NAMES).filter((name): name is FieldName => name in NAMES);
}

function plain(text: string): string {
  return text.replace(/[-_]/g, "").toLowerCase();
}
