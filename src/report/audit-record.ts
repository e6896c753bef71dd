import type { NormDiagnosis, Prediction } from "../model/diagnosis.ts";
import type { ModelGraph, ModelNode, NoiseOfModel } from "../model/graph.ts";
import { meanOf } from "../numeric/mean.ts";
import type { Cell } from "./columns.ts";

export const AUDIT_SCHEMA = "vshift.audit/1";
export const AUDITS_SCHEMA = "vshift.audits/1";

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
  /** Nothing is measured or repaired from the file alone. */
  readonly measured: null;
  readonly repaired: null;
  /** Whether no noise reaches it. */
  readonly control: boolean;
  readonly verdict: AuditVerdict;
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
  /** Of the whole: that of the exit code. */
  readonly verdict: AuditVerdict;
  readonly norms: readonly AuditRecord[];
}

/** What was asked of a model, and what its graph and its norms say. */
export interface AuditSetting {
  readonly model: string;
  readonly graph: Pick<ModelGraph, "writer" | "mode">;
  readonly tolerance: number;
  readonly diagnoses: readonly NormDiagnosis[];
}

export function auditsRecord({ model, graph, tolerance, diagnoses }: AuditSetting): AuditsRecord {
  const { writer, mode } = graph;
  const norms = diagnoses.map((diagnosis) => auditRecord(diagnosis, tolerance));
  const has = (wanted: AuditVerdict) => norms.some(({ verdict }) => verdict === wanted);
  const verdict = has("shifted") ? "shifted" : has("needs-data") ? "needs-data" : "clean";
  return { schema: AUDITS_SCHEMA, model, writer, mode, tolerance, verdict, norms };
}

export function auditRecord({ norm, noise, prediction }: NormDiagnosis, tolerance: number): AuditRecord {
  const { method, ratio, low, high, meanShift, reason } = prediction;
  const control = noise.length === 0;
  return {
    schema: AUDIT_SCHEMA,
    norm: norm.name,
    channels: norm.variance.length,
    noise: noise.flatMap(auditedNoise),
    stored: { mean: meanOf(norm.mean), variance: meanOf(norm.variance) },
    predicted: { method, ratio, low, high, meanShift, reason },
    measured: null,
    repaired: null,
    control,
    verdict: control ? "clean" : verdictOf(prediction, tolerance),
  };
}

function auditedNoise({ layer, module, source }: ModelNode): AuditedNoise[] {
  if (layer.kind !== "noise") return [];
  const { noise: kind, shares, drop, variance } = layer;
  return [{ module, kind, shares, drop, variance, source }];
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
  const { norm, channels, noise, stored, predicted, control, verdict } = record;
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
