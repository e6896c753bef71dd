import { VshiftError } from "../errors.ts";
import { derive } from "../experiment/derive.ts";
import type { RealisedScenario } from "../experiment/record.ts";
import { followsFromStrength, propertiesOf } from "../noises/noises.ts";
import { meanOf } from "../numeric/mean.ts";
import type { InputMoments } from "../numeric/moments.ts";
import { isArrayName } from "../scenario/arrays.ts";
import { lowestCorrelation } from "../scenario/latent.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { excerpt } from "../tensor/file-error.ts";
import type { LayerSums, Layout } from "../tensor/neuron-sums.ts";
import { alignmentSpread, type Spread } from "../theory/alignment-spread.ts";
import { linearTheory } from "../theory/linear-shift.ts";

const WEIGHTS_SCHEMA = "vshift.weights/1";

/** One layer of a file of weights. Numbers are null where no weight differs from 0. */
export interface LayerRecord {
  readonly file: string;
  readonly name: string;
  readonly shape: readonly number[];
  /** d, the inputs of one neuron. */
  readonly inputs: number;
  readonly neurons: number;
  readonly zeroNeurons: number;
  /** cos²θ = a/d over the neurons. */
  readonly cosineSquared: Spread | null;
  /** a = d·cos²θ over the neurons. */
  readonly alignment: Spread | null;
  /** Σ(Σw)²/ΣΣw², which the shift follows from. */
  readonly pooledAlignment: number | null;
  /** Δ = Var_test / Var_train of the layer's outputs, summed over the neurons. */
  readonly shift: number | null;
}

/** The running variance of a Batch Normalization: its estimate of the variance during training, per channel. */
export interface NormRecord {
  readonly file: string;
  readonly name: string;
  readonly channels: number;
  readonly runningVariance: { readonly mean: number; readonly least: number; readonly most: number };
}

/** Noise and input that Δ is for. */
export type WeightsSetting = Pick<RealisedScenario, SettingField>;

/** A field of a scenario that the Δ of weights depends on. */
export type SettingField = (typeof SETTING_FIELDS)[number];

const SETTING_FIELDS = [
  ...(["noise", "keep", "drop", "beta", "relativeVariance"] as const),
  ...(["activation", "mean", "variance", "rho", "inputMean", "inputVariance", "inputRho"] as const),
];

/** What real weights lead to. Plain data with no clock in it. */
export interface WeightsRecord {
  readonly schema: typeof WEIGHTS_SCHEMA;
  readonly setting: WeightsSetting;
  readonly layout: Layout;
  readonly layers: readonly LayerRecord[];
  readonly norms: readonly NormRecord[];
  readonly summary: {
    readonly layers: number;
    /** Arrays of fewer than two axes (biases, other parameters of Batch Normalization) or without elements. */
    readonly skippedArrays: number;
    /** Means over the layers that have weights, as in table 1 of Li et al. 2019; null if none has. */
    readonly meanCosineSquared: number | null;
    readonly meanAlignment: number | null;
  };
}

/** A layer as a file has it. */
export type NamedLayer = Pick<LayerRecord, "file" | "name" | "shape"> & { readonly sums: LayerSums };

/** Noise and input of a scenario, its layer left aside. */
export function weightsSetting(scenario: Scenario): WeightsSetting {
  const { noise } = scenario;
  if (!followsFromStrength(propertiesOf(noise))) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: "noise",
      problem: `${noise} depends on more than the alignment, which is all that is computed here`,
      hint: "choose another `noise`, or simulate with `weights` file:NAME",
    });
  }
  const realised = derive(scenario).scenario;
  return Object.fromEntries(SETTING_FIELDS.map((field) => [field, realised[field]])) as WeightsSetting;
}

export function layerRecord({ file, name, shape, sums }: NamedLayer, setting: WeightsSetting): LayerRecord {
  const { inputs, neurons } = sums;
  requireShared(setting, { name, inputs });
  const { zeroNeurons, spread, pooled } = alignmentSpread(neurons, inputs);
  return {
    file,
    name,
    shape,
    inputs,
    neurons: neurons.length,
    zeroNeurons,
    cosineSquared: spread === null ? null : divided(spread, inputs),
    alignment: spread,
    pooledAlignment: pooled,
    shift: pooled === null ? null : linearTheory({ input: inputOf(setting), neurons }, setting.relativeVariance).shift,
  };
}

/** Whether an array is the running variance of a norm, by the name that PyTorch, Keras or ONNX gives it. */
export function isRunningVariance({ name, shape }: Pick<NamedLayer, "name" | "shape">): boolean {
  return shape.length === 1 && shape[0] > 0 && RUNNING_VARIANCE.test(name);
}

const RUNNING_VARIANCE = /(?:^|[^a-z])(?:running|moving)[_.-]?var(?:iance)?(?::0)?$/i;

export function normRecord({ file, name }: Pick<NamedLayer, "file" | "name">, variances: Float64Array): NormRecord {
  let [total, least, most] = [0, Number.POSITIVE_INFINITY, 0];
  for (const variance of variances) {
    total += variance;
    least = Math.min(least, variance);
    most = Math.max(most, variance);
  }
  return { file, name, channels: variances.length, runningVariance: { mean: total / variances.length, least, most } };
}

export function weightsRecord({
  setting,
  layout,
  layers,
  norms,
  skippedArrays,
}: Pick<WeightsRecord, "setting" | "layout" | "layers" | "norms"> & { readonly skippedArrays: number }): WeightsRecord {
  return {
    schema: WEIGHTS_SCHEMA,
    setting,
    layout,
    layers,
    norms,
    summary: {
      layers: layers.length,
      skippedArrays,
      meanCosineSquared: meanOfMeans(layers.map(({ cosineSquared }) => cosineSquared)),
      meanAlignment: meanOfMeans(layers.map(({ alignment }) => alignment)),
    },
  };
}

/** A `VshiftError` unless the inputs of a neuron can share the setting's correlation. */
function requireShared(
  setting: WeightsSetting,
  { name, inputs }: { readonly name: string; readonly inputs: number },
): void {
  const { activation } = setting;
  if (isArrayName(activation)) return;
  const lowest = lowestCorrelation({ ...setting, activation, width: inputs });
  if (setting.rho >= lowest) return;
  throw new VshiftError({
    code: "invalid-value",
    field: "rho",
    problem: `${setting.rho} is below ${lowest}, the lowest correlation that the ${inputs} inputs of ${excerpt(name)} can have`,
    hint: `use ${lowest} or more, or choose other layers by \`names\``,
  });
}

function inputOf({ inputMean, inputVariance, inputRho }: WeightsSetting): InputMoments {
  return { mean: inputMean, variance: inputVariance, correlation: inputRho };
}

function divided({ mean, standardDeviation }: Spread, by: number): Spread {
  return { mean: mean / by, standardDeviation: standardDeviation / by };
}

function meanOfMeans(spreads: readonly (Spread | null)[]): number | null {
  const means = spreads.flatMap((spread) => (spread === null ? [] : [spread.mean]));
  return means.length === 0 ? null : meanOf(means);
}
