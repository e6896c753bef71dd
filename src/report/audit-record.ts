import type { NormDiagnosis, Prediction } from "../model/diagnosis.ts";
import type { ModelGraph, ModelNode, NoiseOfModel } from "../model/graph.ts";
import { meanOf } from "../numeric/mean.ts";
import type { NormEstimate } from "../passes/estimate.ts";
import type { Cell } from "./columns.ts";

export const AUDIT_SCHEMA = "vshift.audit/1";
export const AUDITS_SCHEMA = "vshift.audits/1";
export const AUDIT_SUMMARY_SCHEMA = "vshift.audit-summary/1";

/** Whether the variance at test time is, within the tolerance, that of training. */
export type AuditVerdict = "clean" | "shifted" | "needs-data";

/** One Batch Normalization of a trained model, a line of NDJSON. */
export interface AuditRecord {
  readonly schema: typeof AUDIT_SCHEMA;
  readonly norm: string;
  readonly channels: number;
  /** The noise that reaches it, in the order of the network. */
  readonly noise: readonly AuditedNoise[];
  /** Its running statistics, averaged over the channels. */
  readonly stored: { readonly mean: number; readonly variance: number };
  readonly predicted: Omit<Prediction, "channels">;
  /** null without inputs. */
  readonly measured: AuditedMeasurement | null;
  /** null where its statistics stay unchanged. */
  readonly repaired: AuditedNorm | null;
  /** Δ in the baseline; null without one, and where it has none. */
  readonly baseline: number | null;
  /** Whether no noise reaches it. */
  readonly control: boolean;
  /** With a baseline: whether Δ is that of then. */
  readonly verdict: AuditVerdict;
}

/** What a norm receives of the same inputs with noise and without. */
export interface AuditedMeasurement {
  /** Δ, the mean over channels. */
  readonly ratio: number;
  /** Of Δ; null where there are too few inputs for one. */
  readonly interval: readonly [number, number] | null;
  /** Root mean square over channels, in standard deviations. */
  readonly meanShift: number;
  /** Variance without noise over the running variance, the mean over channels: of a control, how far these inputs differ from training. */
  readonly toStored: number;
  /** Which variance the running variance is closer to. */
  readonly storedFor: StoredFor;
  readonly inputs: number;
}

/**
 * training  that with noise
 * test      that without, as in a repaired model, and the controls show that these inputs are like those of training
 * unclear   that without, which may be due to these inputs
 */
export type StoredFor = "training" | "test" | "unclear";

/** New running statistics, averaged over the channels. */
export interface AuditedNorm {
  readonly mean: number;
  readonly variance: number;
  /** Δ on other inputs by the new statistics; null where none were run. */
  readonly ratio: number | null;
}

/** A noise layer, and where the user's code has it. */
export interface AuditedNoise extends Pick<ModelNode, "module" | "source"> {
  readonly kind: NoiseOfModel["noise"];
  readonly shares: NoiseOfModel["shares"];
  readonly drop: number | null;
  readonly variance: number | null;
}

/** A whole model as JSON. */
export interface AuditsRecord extends Pick<ModelGraph, "writer" | "mode"> {
  readonly schema: typeof AUDITS_SCHEMA;
  /** The file. */
  readonly model: string;
  readonly tolerance: number;
  /** Of the whole. */
  readonly verdict: AuditVerdict;
  /** How it was measured; null of the file alone. */
  readonly measurement: Measurement | null;
  /** The file of an earlier audit that it is compared with. */
  readonly baseline: string | null;
  /** null where no repair was asked for. */
  readonly repair: AuditedRepair | null;
  readonly norms: readonly AuditRecord[];
}

/** The last line of NDJSON: everything but the norms. */
export type AuditSummary = Omit<AuditsRecord, "schema" | "norms"> & { readonly schema: typeof AUDIT_SUMMARY_SCHEMA };

/** How a model was measured. */
export interface Measurement {
  readonly inputs: number;
  /** Draws of all noise for each input. */
  readonly masks: number;
  readonly confidence: number;
  readonly seed: string;
}

/** Whether new statistics are better for the model, on inputs that they do not come from. */
export interface AuditedRepair {
  /** labels: by the loss; shape: by the shape score of a classifier; none: not checked. */
  readonly check: "labels" | "shape" | "none";
  /** Inputs that it was checked on. */
  readonly inputs: number;
  /** Mean cross-entropy of classes, or mean squared error of values. */
  readonly loss: BeforeAndAfter | null;
  /** Share of wrong classes, or 1 − R² of values. */
  readonly error: BeforeAndAfter | null;
  /** How far the logits without noise are, at any temperature, from their mean with noise. */
  readonly score: BeforeAndAfter | null;
  /** null where it was not checked. */
  readonly isBetter: boolean | null;
  /** Why it was not checked. */
  readonly reason: string | null;
  /** Whether it is taken although it is not better. */
  readonly isForced: boolean;
  /** Where it was written; null where it was not. */
  readonly file: string | null;
}

/** A number with the running statistics of the file, and with the repaired ones. */
export interface BeforeAndAfter {
  readonly stored: number;
  readonly repaired: number;
}

/** What was asked of a model, and what its graph and its norms say. */
export interface AuditSetting {
  readonly model: string;
  readonly graph: Pick<ModelGraph, "writer" | "mode">;
  readonly tolerance: number;
  readonly diagnoses: readonly NormDiagnosis[];
  readonly measurement?: Measurement;
  /** Of each norm. */
  readonly estimates?: readonly NormEstimate[];
  readonly baseline?: AuditBaseline;
  readonly repair?: AuditedRepair;
  /** Of each norm; null where it keeps its statistics. */
  readonly repaired?: readonly (AuditedNorm | null)[];
}

/** An earlier audit: Δ of each norm, null where it was not known. */
export interface AuditBaseline {
  readonly file: string;
  readonly deltas: ReadonlyMap<string, number | null>;
}

export function auditsRecord(setting: AuditSetting): AuditsRecord {
  const { model, graph, tolerance, diagnoses, measurement = null, repair = null } = setting;
  const { writer, mode } = graph;
  const controls = controlsOf(setting);
  const norms = diagnoses.map((diagnosis, norm) => {
    const estimate = setting.estimates?.[norm];
    const measured = estimate && measurement ? measuredNorm(estimate, controls, measurement) : null;
    const before = setting.baseline?.deltas.get(diagnosis.norm.name);
    return auditRecord(diagnosis, { tolerance, measured, repaired: setting.repaired?.[norm] ?? null, before });
  });
  const has = (wanted: AuditVerdict) => norms.some(({ verdict }) => verdict === wanted);
  const verdict = has("shifted") ? "shifted" : has("needs-data") ? "needs-data" : "clean";
  const baseline = setting.baseline?.file ?? null;
  return { schema: AUDITS_SCHEMA, model, writer, mode, tolerance, verdict, measurement, baseline, repair, norms };
}

/** The norms that no noise reaches: they show whether these inputs are like those of training. */
function controlsOf({ diagnoses, estimates = [] }: AuditSetting): readonly NormEstimate[] {
  return estimates.filter((_, norm) => diagnoses[norm]?.noise.length === 0);
}

function measuredNorm(
  estimate: NormEstimate,
  controls: readonly NormEstimate[],
  { inputs }: Measurement,
): AuditedMeasurement {
  const { ratio, interval, meanShift, toStored } = estimate;
  return { ratio, interval, meanShift, toStored, storedFor: storedFor(estimate, controls), inputs };
}

/**
 * Inputs of another variance than those of training may look as if a model had been repaired, and must not make a shifted one clean. So
 * "test" needs controls, and that each of these is within half of the shift: the interval of the variance at test time, relative to
 * that of the controls, over the running variance, and how far this norm and the controls are from their running statistics.
 */
function storedFor(estimate: NormEstimate, controls: readonly NormEstimate[]): StoredFor {
  const ofInputs = controls.length === 0 ? 1 : meanOf(controls.map(({ toStored }) => toStored));
  const shift = Math.abs(Math.log(estimate.ratio));
  const test = Math.abs(Math.log(estimate.toStored / ofInputs));
  const training = Math.abs(Math.log(estimate.toStored / ofInputs / estimate.ratio));
  if (!(test < training)) return "training";
  const farthest = controls.map(({ toStored, fromStored }) => Math.max(fromStored, Math.abs(Math.log(toStored))));
  const ofControls = controls.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...farthest);
  const error = Math.max(test + Math.log(estimate.toStoredReach), estimate.fromStored, ofControls);
  return error <= shift / 2 ? "test" : "unclear";
}

export function auditSummaryRecord({ norms, ...record }: AuditsRecord): AuditSummary {
  return { ...record, schema: AUDIT_SUMMARY_SCHEMA };
}

interface OfNorm {
  readonly tolerance: number;
  readonly measured?: AuditedMeasurement | null;
  readonly repaired?: AuditedNorm | null;
  /** Δ in the baseline; undefined for a norm that is not in it. */
  readonly before?: number | null | undefined;
}

export function auditRecord(
  { norm, noise, prediction }: NormDiagnosis,
  { tolerance, measured = null, repaired = null, before }: OfNorm,
): AuditRecord {
  const { method, ratio, low, high, meanShift, reason } = prediction;
  const control = noise.length === 0;
  const alone = control
    ? "clean"
    : (measuredVerdict(prediction, measured, tolerance) ?? verdictOf(prediction, tolerance));
  const predicted = { method, ratio, low, high, meanShift, reason };
  return {
    schema: AUDIT_SCHEMA,
    norm: norm.name,
    channels: norm.variance.length,
    noise: noise.flatMap(auditedNoise),
    stored: { mean: meanOf(norm.mean), variance: meanOf(norm.variance) },
    predicted,
    measured,
    repaired,
    baseline: before ?? null,
    control,
    verdict: before === undefined ? alone : comparedVerdict(deltaOf({ predicted, measured }), before, tolerance),
  };
}

function auditedNoise({ layer, module, source }: ModelNode): AuditedNoise[] {
  if (layer.kind !== "noise") return [];
  const { noise: kind, shares, drop, variance } = layer;
  return [{ module, kind, shares, drop, variance, source }];
}

/** Whether Δ is that of an earlier audit; what was unknown then and still is has not changed. */
function comparedVerdict(now: number | null, before: number | null, tolerance: number): AuditVerdict {
  if (now === null || before === null) return now === before ? "clean" : "needs-data";
  return Math.abs(now / before - 1) <= tolerance ? "clean" : "shifted";
}

/** By the interval, unless the file alone tells Δ exactly. What was repaired is right, however far Δ is from 1. */
function measuredVerdict(
  { method, ratio }: Prediction,
  measured: AuditedMeasurement | null,
  tolerance: number,
): AuditVerdict | undefined {
  if (measured?.interval == null) return undefined;
  const [low, high] = measured.interval;
  const isApart = high < 1 - tolerance || low > 1 + tolerance;
  if (isApart && measured.storedFor === "test") return "clean";
  if (isApart && measured.storedFor === "unclear") return "needs-data";
  if (method === "exact" && ratio !== null) return undefined;
  if (isApart) return "shifted";
  return low >= 1 - tolerance && high <= 1 + tolerance ? "clean" : "needs-data";
}

/** Δ as well as it is known: exactly by the file, else as it is measured, else as it is predicted; null where none of these is. */
export function deltaOf({ predicted, measured }: Pick<AuditRecord, "predicted" | "measured">): number | null {
  if (predicted.method === "exact" && predicted.ratio !== null) return predicted.ratio;
  return measured?.ratio ?? predicted.ratio;
}

/** A bound holds for any data, and never reaches above 1. */
function verdictOf({ method, ratio, low, high }: Prediction, tolerance: number): AuditVerdict {
  switch (method) {
    case "exact":
    case "transport":
      if (ratio === null) return "needs-data";
      return Math.abs(ratio - 1) > tolerance ? "shifted" : "clean";
    case "bound":
      if (high !== null && high < 1 - tolerance) return "shifted";
      return low !== null && low >= 1 - tolerance ? "clean" : "needs-data";
    case "needs-data":
      return "needs-data";
  }
}

/** A norm as a row of CSV. Nested names are joined by a dot, and lists by "; ". */
export function auditRow(record: AuditRecord): Readonly<Record<string, Cell>> {
  const { norm, channels, noise, stored, predicted, measured, repaired, baseline, control, verdict } = record;
  const all = (of: (one: AuditedNoise) => string | number | null) =>
    noise.map((one) => of(one) ?? "").join("; ") || null;
  return {
    norm,
    verdict,
    control: String(control),
    "predicted.ratio": predicted.ratio,
    "predicted.low": predicted.low,
    "predicted.high": predicted.high,
    "predicted.meanShift": predicted.meanShift,
    "predicted.method": predicted.method,
    "measured.ratio": measured?.ratio ?? null,
    "measured.low": measured?.interval?.[0] ?? null,
    "measured.high": measured?.interval?.[1] ?? null,
    "measured.meanShift": measured?.meanShift ?? null,
    "measured.toStored": measured?.toStored ?? null,
    "measured.inputs": measured?.inputs ?? null,
    "repaired.mean": repaired?.mean ?? null,
    "repaired.variance": repaired?.variance ?? null,
    "repaired.ratio": repaired?.ratio ?? null,
    baseline,
    channels,
    "stored.mean": stored.mean,
    "stored.variance": stored.variance,
    "noise.module": all(({ module }) => module),
    "noise.kind": all(({ kind }) => kind),
    "noise.shares": all(({ shares }) => shares),
    "noise.drop": all(({ drop }) => drop),
    "noise.variance": all(({ variance }) => variance),
    "noise.source": all(({ source }) => source),
    "predicted.reason": predicted.reason,
  };
}
