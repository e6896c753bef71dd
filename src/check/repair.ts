import { VshiftError } from "../errors.ts";
import type { BatchNormOfModel, ModelGraph } from "../model/graph.ts";
import type { NewStatistics } from "../model/new-statistics.ts";
import { writeModel } from "../model/write-model.ts";
import { meanOf } from "../numeric/mean.ts";
import type { ChannelSums, PairedSums } from "../passes/moments.ts";
import { pairedRatios } from "../passes/moments.ts";
import type { Statistics } from "../passes/network.ts";
import { ofClasses, ofTwoClasses, ofValues, type Quality, type Rows, shapeScore } from "../passes/outputs.ts";
import { isTaken } from "../report/audit-conclusion.ts";
import {
  type AuditedNorm,
  type AuditedRepair,
  type AuditSetting,
  type AuditsRecord,
  auditsRecord,
} from "../report/audit-record.ts";
import { NUMBERS, optional, optionsOf, YES_OR_NO } from "../scenario/arguments.ts";
import { shown } from "../scenario/typed.ts";
import {
  AUDIT_OPTIONS,
  type AuditOptions,
  inputsFrom,
  MODEL,
  type ModelFile,
  measurementOf,
  readSubject,
  startRun,
} from "./audit.ts";
import { type AuditRows, type FittingRows, fittingRows, ROWS } from "./audit-rows.ts";
import type { ModelRunner } from "./model-run.ts";

/** How the running statistics of a trained model are repaired, and what decides whether that helps. */
export interface RepairOptions extends AuditOptions {
  /** Inputs of the model, without labels. The first `inputs` of them repair; the rest check the repair, unless `guard` does. Must be given. */
  readonly data: AuditRows;
  /** Other inputs, which check the repair [the rest of `data`]. */
  readonly guard?: AuditRows;
  /** Classes from 0, or values, of the rows of `guard`, or of `data`. With them the loss decides [none]. */
  readonly labels?: ArrayLike<number>;
  /** Whether to repair although the check says no [false]. */
  readonly force?: boolean;
}

/** New running statistics of a model. */
export interface Repair {
  readonly record: AuditsRecord;
  /** Whether they are to be taken: they were not found to be worse, or force was asked for. */
  readonly isTaken: boolean;
  /** Those that change, by the names of their arrays in the file. */
  readonly arrays: ReadonlyMap<string, Float64Array>;
  /** A copy of the model's file with them: the same bytes, except these arrays and checksums. */
  readonly file: () => Promise<Uint8Array>;
}

/**
 * Repairs the running statistics of a model by the same inputs with noise and without, one batch norm after the other:
 * V′ = V·Var_off/Var_on, M′ = M + mean_off − mean_on (docs/AUDIT.md).
 *
 * With labels, the loss on rows that it does not come from decides whether the repair is taken. Without, the shape score decides for
 * a classifier, if there are 64 such rows; else it is taken, and the record says that it was not checked. Norms that no noise reaches, and
 * those that share statistics, keep them.
 *
 * Rejects with a `VshiftError` for what `audit` rejects, for labels that do not fit, and for a model too large for `inputs` at a time.
 */
export async function repair(model: ModelFile, options: RepairOptions): Promise<Repair> {
  MODEL(model, "model");
  OPTIONS(options);
  const subject = await readSubject(model, options);
  const { graph, diagnoses } = subject;
  const measurement = measurementOf(options);
  const { inputs, behind } = inputsFrom(graph, options.data, measurement.inputs);
  const others = options.guard === undefined ? behind : fittingRows(graph, options.guard, "guard");
  const labels = options.labels && labelsOf(options.labels, { options, first: inputs.count, others });
  const answers = answersOf(graph, labels);
  const output = labels === undefined && others.count < FEWEST_GUARDS ? null : answers.node;
  const passes = (width: number) =>
    inputs.count * (2 + measurement.masks) + passesOfCheck({ width, labels, others, answers }, measurement.masks);
  const { masks, confidence, seed } = measurement;
  const runner = await startRun({ ...subject, inputs, seed, output, others }, { ...options, passes });
  try {
    requireRoom(runner, inputs.count);
    const { sums, estimates } = await runner.measure(masks, confidence);
    const measured = { ...subject, measurement: { ...measurement, inputs: inputs.count }, estimates };
    const isKept = keptNorms(measured);
    const statistics = await runner.repair(sums, isKept);
    const checked = await check({ runner, statistics, others, labels, answers });
    const received = checked.sums ?? (await receivedAfter({ runner, statistics, others }, masks));
    const isForced = checked.repair.isBetter === false && options.force === true;
    const outcome = { ...checked.repair, isForced, file: null };
    const changes = diagnoses.flatMap(({ norm }, at): NewStatistics[] =>
      isKept[at] === true ? [] : [{ norm, ...(statistics[at] as Statistics) }],
    );
    const record = auditsRecord({
      ...measured,
      repair: outcome,
      repaired: diagnoses.map(({ norm }, at) =>
        isKept[at] === true ? null : repairedNorm(norm, statistics[at] as Statistics, received?.[at]),
      ),
    });
    return {
      record,
      isTaken: isTaken(outcome),
      arrays: new Map(
        changes.flatMap(({ norm, mean, variance }) => [
          [norm.arrays.mean, mean],
          [norm.arrays.variance, variance],
        ]),
      ),
      file: () => writeModel(model, changes),
    };
  } finally {
    runner.close();
  }
}

const OPTIONS = optionsOf<RepairOptions>({
  ...AUDIT_OPTIONS,
  data: ROWS,
  guard: optional(ROWS),
  labels: optional(NUMBERS),
  force: optional(YES_OR_NO),
});

/**
 * Norms that keep their statistics: no noise reaches them, they share them, or they have been repaired already, as a second repair would be too
 * much. A `VshiftError` where that is all of them.
 */
function keptNorms(setting: AuditSetting): readonly boolean[] {
  const { diagnoses, model } = setting;
  const isRepaired = auditsRecord(setting).norms.map(({ measured }) => measured?.storedFor === "test");
  const isKept = diagnoses.map(
    ({ noise }, norm) => noise.length === 0 || isShared(diagnoses, norm) || isRepaired[norm] === true,
  );
  if (!isKept.every(Boolean)) return isKept;
  const shared = "those behind noise share their running statistics with other norms";
  const why = diagnoses.every(({ noise }) => noise.length === 0) ? "no noise reaches them" : shared;
  throw new VshiftError({
    code: "invalid-file",
    field: model,
    problem: `has no batch norm to repair: ${isRepaired.some(Boolean) ? "their running statistics are those without noise, as after a repair" : why}`,
    hint: "audit it without a repair",
  });
}

/** Rows from which on the shape score decides, and those that it takes; its masks. */
const FEWEST_GUARDS = 64;
const MOST_GUARDS = 256;
const GUARD_MASKS = 64;

/** A repair must bring the score below this share of what it was, and by at least so many nats: less does not pay for another confidence. */
const LARGEST_SHARE = 0.7;
const LEAST_GAIN = 0.002;

interface ToCheck {
  readonly runner: ModelRunner;
  readonly statistics: readonly Statistics[];
  readonly others: FittingRows;
  readonly labels: Float64Array | undefined;
  readonly answers: Answers;
}

interface Checked {
  readonly repair: Omit<AuditedRepair, "isForced" | "file">;
  /** What norms receive of other rows with noise by the stored statistics, and without by the repaired ones. */
  readonly sums?: readonly PairedSums[];
}

async function check({ runner, statistics, others, labels, answers }: ToCheck): Promise<Checked> {
  const nothing = { loss: null, error: null, score: null, isBetter: null, reason: null };
  const width = runner.outputSize;
  if (labels !== undefined) {
    const measure = qualityBy(labels, { width, rows: others.count, answers });
    const stored = await runner.outputs(others.count);
    const repaired = await runner.outputs(others.count, { statistics });
    const [before, after] = [stored, repaired].map(({ outputs }) => measure({ values: outputs, width })) as [
      Quality,
      Quality,
    ];
    return {
      repair: {
        ...nothing,
        ...({ check: "labels", inputs: others.count } as const),
        loss: { stored: before.loss, repaired: after.loss },
        error: before.error === null || after.error === null ? null : { stored: before.error, repaired: after.error },
        isBetter: after.loss <= before.loss,
      },
    };
  }
  if (width < 2 || !answers.mayBeClasses) {
    const few = `${others.count} inputs beyond those that it comes from, and ${FEWEST_GUARDS} are needed`;
    const reason = others.count < FEWEST_GUARDS ? few : "the model does not return logits of classes";
    return { repair: { ...nothing, check: "none", inputs: 0, reason } };
  }
  const rows = Math.min(MOST_GUARDS, others.count);
  const noisy = await runner.outputs(rows, { masks: GUARD_MASKS });
  const stored = await runner.outputs(rows);
  const repaired = await runner.outputs(rows, { statistics });
  const scoreOf = ({ outputs }: { outputs: Float64Array }) =>
    shapeScore({ values: outputs, width }, { values: noisy.outputs, width });
  const score = { stored: scoreOf(stored), repaired: scoreOf(repaired) };
  const isBetter = score.repaired < LARGEST_SHARE * score.stored && score.stored - score.repaired >= LEAST_GAIN;
  return {
    repair: { ...nothing, check: "shape", inputs: rows, score, isBetter },
    sums: noisy.received.map((on, norm) => ({ on, off: repaired.received[norm] as ChannelSums })),
  };
}

/** The same of some other rows, where the check itself had no need of noise; undefined where there are too few. */
async function receivedAfter(
  { runner, statistics, others }: Pick<ToCheck, "runner" | "statistics" | "others">,
  masks: number,
): Promise<readonly PairedSums[] | undefined> {
  const rows = Math.min(FEWEST_GUARDS, others.count);
  if (rows < FEWEST_AFTER) return undefined;
  const noisy = await runner.outputs(rows, { masks });
  const quiet = await runner.outputs(rows, { statistics });
  return noisy.received.map((on, norm) => ({ on, off: quiet.received[norm] as ChannelSums }));
}

/** Fewer rows say little about channels that are rarely active. */
const FEWEST_AFTER = 16;

function passesOfCheck(
  { width, labels, others, answers }: Omit<ToCheck, "runner" | "statistics"> & { readonly width: number },
  masks: number,
): number {
  const isByShape = labels === undefined && width >= 2 && answers.mayBeClasses;
  if (isByShape) return Math.min(MOST_GUARDS, others.count) * (2 + GUARD_MASKS);
  const rows = others.count < FEWEST_AFTER ? 0 : Math.min(FEWEST_GUARDS, others.count);
  return rows * (1 + masks) + (labels === undefined ? 0 : 2 * others.count);
}

/** Cross-entropy of classes, by number or with a 1 in a row of 0, or of logits of two classes, or squared error of values. */
function qualityBy(
  labels: Float64Array,
  { width, rows, answers }: { readonly width: number; readonly rows: number; readonly answers: Answers },
): (outputs: Rows) => Quality {
  const isOfClasses = labels.length === rows && width > 1;
  if (isOfClasses) {
    const wrong = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < width));
    if (wrong === -1) return (outputs) => ofClasses(outputs, labels);
    throw new VshiftError({
      code: "invalid-value",
      field: "labels",
      problem: `has ${labels[wrong]} in row ${wrong + 1}, and the model has the classes 0 to ${width - 1}`,
      hint: "give a class for each row, or as many values as the model returns",
    });
  }
  if (labels.length !== rows * width) {
    throw new VshiftError({
      code: "invalid-value",
      field: "labels",
      problem: `has ${labels.length} numbers for ${rows} rows, of which the model returns ${width} each`,
      hint: "give a label for each row",
    });
  }
  const classes = answers.end === "sigmoid" || !answers.mayBeClasses ? undefined : classesOf(labels, width);
  if (classes !== undefined) return (outputs) => ofClasses(outputs, classes);
  return answers.end !== "softmax" && areOfTwoClasses(labels)
    ? (outputs) => ofTwoClasses(outputs, labels)
    : (outputs) => ofValues(outputs, labels);
}

/** The class of each row that has a 1 and otherwise 0; undefined where a row has anything else. */
function classesOf(labels: Float64Array, width: number): Float64Array | undefined {
  if (width < 2 || !areOfTwoClasses(labels)) return undefined;
  const rows = Array.from({ length: labels.length / width }, (_, row) =>
    labels.subarray(row * width, (row + 1) * width),
  );
  const areClasses = rows.every((row) => row.reduce((sum, label) => sum + label, 0) === 1);
  return areClasses ? Float64Array.from(rows, (row) => row.indexOf(1)) : undefined;
}

function areOfTwoClasses(labels: Float64Array): boolean {
  return labels.every((label) => label === 0 || label === 1);
}

interface Labelled {
  readonly options: RepairOptions;
  /** Rows of `data` that repair. */
  readonly first: number;
  readonly others: FittingRows;
}

/** The labels of the rows that check. */
function labelsOf(labels: ArrayLike<number>, { options, first, others }: Labelled): Float64Array {
  const wrong = Array.from(labels).findIndex((label: unknown) => !Number.isFinite(label));
  const all = wrong === -1 ? Float64Array.from(labels) : new Float64Array(0);
  const rows = options.guard === undefined ? first + others.count : others.count;
  const each = all.length / rows;
  const what = options.guard === undefined ? "data" : "guard";
  if (wrong !== -1 || !Number.isInteger(each) || each === 0) {
    throw new VshiftError({
      code: "invalid-value",
      field: "labels",
      problem:
        wrong === -1
          ? `has ${all.length} numbers, and ${what} has ${rows} rows`
          : `has ${shown(labels[wrong])} at ${wrong + 1}, and every label must be finite`,
      hint: `give a label for each row of ${what}`,
    });
  }
  if (others.count === 0) {
    throw new VshiftError({
      code: "invalid-value",
      field: "labels",
      problem: `are of the ${first} rows that repair the model, and none is left to check it`,
      hint: "give more rows, or fewer `inputs`, or `guard`",
    });
  }
  return options.guard === undefined ? all.slice(first * each) : all;
}

/** What a model returns, by its graph. */
interface Answers {
  /** The node whose values are compared; null where nothing is returned. */
  readonly node: number | null;
  /** The activation at the end of the model. */
  readonly end: "softmax" | "sigmoid" | null;
  /** Whether a row has one axis, as logits of classes do, or the file does not say. */
  readonly mayBeClasses: boolean;
}

/** The first output, or, where labels are not values that it makes, the logits that a softmax or sigmoid at its end reads. */
function answersOf({ nodes, outputs }: ModelGraph, labels: Float64Array | undefined): Answers {
  const [output = null] = outputs;
  const node = output === null ? undefined : nodes[output];
  if (output === null || node === undefined) return { node: null, end: null, mayBeClasses: false };
  const { layer, from } = node;
  const isSoftmax = layer.kind === "opaque" && layer.computes?.name === "softmax" && !layer.computes.isLogarithm;
  const isSigmoid = layer.kind === "activation" && layer.activation.name === "sigmoid";
  const end = isSoftmax ? "softmax" : isSigmoid ? "sigmoid" : null;
  const areValues = labels?.some((label) => !Number.isInteger(label)) === true;
  return { node: end === null || areValues ? output : (from[0] ?? output), end, mayBeClasses: node.shape.length < 3 };
}

/** Whether another norm has its statistics in the same arrays: then the file has no room for two repairs. */
function isShared(all: readonly { readonly norm: BatchNormOfModel }[], norm: number): boolean {
  const arrays = all[norm]?.norm.arrays;
  return all.some(({ norm: other }, at) => at !== norm && other.arrays.variance === arrays?.variance);
}

function repairedNorm(
  { variance: running }: BatchNormOfModel,
  { mean, variance }: Statistics,
  sums?: PairedSums,
): AuditedNorm {
  const ratios = sums && pairedRatios(sums, { running, inputs: FEWEST_GUARDS });
  const left = ratios?.map((ratio, channel) => {
    const [before, after] = [running[channel] as number, variance[channel] as number];
    return after > 0 ? (ratio * before) / after : 1;
  });
  return { mean: meanOf(mean), variance: meanOf(variance), ratio: left === undefined ? null : meanOf(left) };
}

/** All inputs are in memory at a time. */
function requireRoom({ liveSize }: ModelRunner, inputs: number): void {
  if (inputs * liveSize <= MOST_NUMBERS) return;
  const fewer = Math.floor(MOST_NUMBERS / liveSize);
  throw new VshiftError({
    code: "invalid-value",
    field: "inputs",
    problem: `${inputs} of them would take more than ${MOST_NUMBERS / 0x1000_0000} GiB at a time`,
    hint: fewer >= 2 ? `use ${fewer} or fewer` : "repair a smaller model",
  });
}

/** 2 GiB in single precision. */
const MOST_NUMBERS = 0x2000_0000;
