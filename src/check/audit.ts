import { VshiftError } from "../errors.ts";
import type { WorkerLost } from "../executor/crew.ts";
import { THREADS } from "../executor/thread-count.ts";
import { diagnose } from "../model/diagnose.ts";
import type { ModelGraph } from "../model/graph.ts";
import { readModel } from "../model/read-model.ts";
import type { Domain } from "../numeric/domain.ts";
import { type AuditBaseline, type AuditSetting, type AuditsRecord, auditsRecord } from "../report/audit-record.ts";
import {
  CALLBACK,
  FILE,
  numberIn,
  objectOf,
  optional,
  optionsOf,
  type Rule,
  required,
  SIGNAL,
  TEXT,
} from "../scenario/arguments.ts";
import { type AuditRows, type FittingRows, fittingRows, ROWS } from "./audit-rows.ts";
import type { ModelRunner, ModelToRun } from "./model-run.ts";

/** A trained model, as its file has it. */
export interface ModelFile {
  /** As it is named in messages; its ending says the format. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** How a trained model is audited; by default from the file alone. */
export interface AuditOptions {
  /** How far Δ may be from 1, above 0 and up to 0.5 [0.05]. */
  readonly tolerance?: number;
  /** An earlier audit that this one is compared with: a verdict then says whether Δ is that of then [none]. */
  readonly baseline?: AuditBaseline;
  /** A file of the same network that has its noise, of an export to ONNX, which has none [none]. */
  readonly noiseFrom?: ModelFile;
  /** Inputs of the model, without labels, by which it is measured; none are needed to predict [none]. */
  readonly data?: AuditRows;
  /** How many of them, the first ones, a whole number from 2 [64]. */
  readonly inputs?: number;
  /** Draws of all noise for each of them, a whole number from 1 to 65536 [16]. */
  readonly masks?: number;
  /** Any text; the same text gives the same numbers ["vshift"]. */
  readonly seed?: string;
  /** Of the intervals, from 0.5 to 0.999999 [0.95]. */
  readonly confidence?: number;
  /** Stops the audit when it is aborted; it then rejects with the signal's reason [never]. */
  readonly signal?: AbortSignal;
  /** Threads that compute, from 1 to 256 [1]. */
  readonly threads?: number;
  /** Told the share of the work that is done, from 0 to 1 [nobody]. */
  readonly onProgress?: (done: number) => void;
  /** Told when a worker thread was lost; the others take over its work [nobody]. */
  readonly onWorkerLost?: (reason: WorkerLost) => void;
}

/** Below it, shifts are within what a finite set of training data leaves open. */
export const USUAL_TOLERANCE = 0.05;
const USUAL_INPUTS = 64;
const USUAL_MASKS = 16;
const USUAL_SEED = "vshift";
const USUAL_CONFIDENCE = 0.95;

/**
 * Predicts Δ = Var_test / Var_train at each Batch Normalization of a trained model from its file alone, and measures it where there are
 * inputs: the same inputs with noise and without (docs/AUDIT.md).
 *
 * model      the content of a file that vshift reads, and its name
 * tolerance  a norm is shifted where Δ is further from 1
 *
 * To predict takes some milliseconds for small networks and seconds for the largest. To measure takes inputs × (masks + 1) passes of the model.
 * Rejects with a `VshiftError` for a file that cannot be read, has no Batch Normalization or no noise, or cannot be run.
 */
export async function audit(model: ModelFile, options: AuditOptions = {}): Promise<AuditsRecord> {
  MODEL(model, "model");
  const { data } = OPTIONS(options);
  const subject = await readSubject(model, options);
  return auditsRecord(data === undefined ? subject : await measured(subject, { ...options, data }));
}

/** A model, what its file says of it, and what is asked. */
export interface AuditSubject extends AuditSetting {
  readonly graph: ModelGraph;
}

export async function readSubject(
  { file, bytes }: ModelFile,
  { tolerance = USUAL_TOLERANCE, noiseFrom, baseline }: Pick<AuditOptions, "tolerance" | "noiseFrom" | "baseline">,
): Promise<AuditSubject> {
  const own = await readModel({ file, bytes });
  const graph = noiseFrom === undefined ? own : await withNoise(own, noiseFrom);
  requireBoth(graph, file);
  const subject = { model: file, graph, tolerance, diagnoses: diagnose(graph) };
  return baseline === undefined ? subject : { ...subject, baseline };
}

async function withNoise(graph: ModelGraph, from: ModelFile): Promise<ModelGraph> {
  const { withNoiseOf } = await import("../model/with-noise-of.ts");
  return withNoiseOf(graph, await readModel(from));
}

async function measured(subject: AuditSubject, options: MeasureOptions): Promise<AuditSetting> {
  const measurement = measurementOf(options);
  const rows = inputsFrom(subject.graph, options.data, measurement.inputs);
  const { inputs } = rows;
  const passes = () => inputs.count * (1 + measurement.masks);
  const { seed } = measurement;
  const runner = await startRun({ ...subject, inputs, seed, output: null, others: null }, { ...options, passes });
  try {
    const { estimates } = await runner.measure(measurement.masks, measurement.confidence);
    return { ...subject, measurement: { ...measurement, inputs: inputs.count }, estimates };
  } finally {
    runner.close();
  }
}

export interface MeasureOptions extends AuditOptions {
  readonly data: AuditRows;
}

/** The first rows, which a model is measured by, and those behind them. */
export function inputsFrom(graph: ModelGraph, data: AuditRows, count: number) {
  const rows = fittingRows(graph, data, "data");
  if (rows.count < 2) {
    throw new VshiftError({
      code: "invalid-file",
      field: "data",
      problem: `has ${rows.count === 0 ? "no rows" : "1 row"}, and 2 at least have a variance`,
      hint: `give ${USUAL_INPUTS} inputs`,
    });
  }
  const from = Math.min(count, rows.count);
  if (isOneRow(partOf(rows, 0, from))) {
    throw new VshiftError({
      code: "invalid-file",
      field: "data",
      problem: `has the same values in each of its first ${from} rows, which have no variance`,
      hint: "give different inputs of the model",
    });
  }
  return { inputs: partOf(rows, 0, from), behind: partOf(rows, from, rows.count) };
}

/** Whether all rows are the first one. */
function isOneRow({ values, count }: FittingRows): boolean {
  const size = values.length / count;
  return values.every((value, at) => value === values[at % size]);
}

function partOf({ shape, values, count }: FittingRows, from: number, to: number): FittingRows {
  const size = values.length / count;
  return { shape, count: to - from, values: values.subarray(from * size, to * size) };
}

/** Starts a model, and reports its progress; `passes` are all that will be asked for, by the numbers of an output. */
export async function startRun(
  model: ModelToRun,
  {
    passes,
    onProgress,
    signal,
    onWorkerLost,
    threads = 1,
  }: Omit<AuditOptions, "data"> & { readonly passes: (width: number) => number },
): Promise<ModelRunner> {
  // To predict takes no kernel and no threads.
  const { startModelRun } = await import("./model-run.ts");
  let done = 0;
  const onDone = (work: number) => {
    done += work;
    onProgress?.(Math.min(1, done / (passes(runner.outputSize) * runner.workOfSample)));
  };
  const runner = startModelRun(model, { signal, onWorkerLost, threads, onDone });
  return runner;
}

/** What a measurement is asked for. */
export function measurementOf({
  inputs = USUAL_INPUTS,
  masks = USUAL_MASKS,
  confidence = USUAL_CONFIDENCE,
  seed = USUAL_SEED,
}: AuditOptions) {
  return { inputs, masks, confidence, seed };
}

export const TOLERANCE: Domain = {
  field: "tolerance",
  from: Number.MIN_VALUE,
  to: 0.5,
  rule: "a number above 0 and up to 0.5",
  hint: `try ${USUAL_TOLERANCE}`,
};

export const INPUTS: Domain = {
  field: "inputs",
  from: 2,
  to: 1e9,
  rule: "a whole number from 2",
  hint: `try ${USUAL_INPUTS}`,
};

export const MASKS: Domain = {
  field: "masks",
  from: 1,
  to: 65_536,
  rule: "a whole number from 1 to 65536",
  hint: `try ${USUAL_MASKS}`,
};

const CONFIDENCE: Domain = {
  field: "confidence",
  from: 0.5,
  to: 0.999999,
  rule: "a confidence from 0.5 to 0.999999",
  hint: `try ${USUAL_CONFIDENCE}`,
};

/** What an audit's arguments must be. */
export const MODEL: Rule = FILE;

export const AUDIT_OPTIONS: { readonly [Name in keyof AuditOptions]-?: Rule } = {
  tolerance: optional(numberIn(TOLERANCE)),
  baseline: optional(
    objectOf(
      {
        file: TEXT,
        deltas: required({
          accepts: (value) => value instanceof Map,
          is: "a Map from the name of a norm to its Δ",
          hint: 'write for example new Map([["bn1", 0.8]])',
        }),
      },
      { is: "an earlier audit", hint: 'write for example { file: "audit.json", deltas: new Map([["bn1", 0.8]]) }' },
    ),
  ),
  noiseFrom: optional(FILE),
  data: optional(ROWS),
  inputs: optional(numberIn(INPUTS, { isWhole: true })),
  masks: optional(numberIn(MASKS, { isWhole: true })),
  seed: optional(TEXT),
  confidence: optional(numberIn(CONFIDENCE)),
  signal: optional(SIGNAL),
  threads: optional(THREADS),
  onProgress: optional(CALLBACK),
  onWorkerLost: optional(CALLBACK),
};

const OPTIONS = optionsOf<AuditOptions>(AUDIT_OPTIONS);

/** A `VshiftError` unless there are norms and noise: a file without noise says nothing about a training that had some. */
function requireBoth({ format, mode, nodes }: ModelGraph, model: string): void {
  if (!nodes.some(({ layer }) => layer.kind === "batch-norm")) {
    throw new VshiftError({
      code: "invalid-file",
      field: model,
      problem: "contains no Batch Normalization",
      hint: "export a model that has one, before it is fused into other layers",
    });
  }
  if (nodes.some(({ layer }) => layer.kind === "noise")) return;
  throw new VshiftError({ code: "invalid-file", field: model, ...withoutNoise({ format, mode }) });
}

/** What a file without noise says, and the way out. */
function withoutNoise({ format, mode }: Pick<ModelGraph, "format" | "mode">) {
  if (format === "onnx") {
    return {
      problem: "contains no noise, because its export to ONNX removed Dropout",
      hint: "add `noiseFrom` model.pt2, the same network as torch.export.save writes it",
    };
  }
  if (mode === "training") {
    return {
      problem: "contains no noise that vshift knows, although it was exported in training mode",
      hint: "check that its drop rates are above 0, and see docs/AUDIT.md for the noise that is recognized",
    };
  }
  return {
    problem: "contains no noise, so its batch norms cannot be judged",
    hint:
      format === "keras"
        ? "save the model that was trained, with its layers of dropout; noise in custom layers is not seen"
        : "export with model.train() to include noise written by hand",
  };
}
