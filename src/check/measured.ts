import { VshiftError } from "../errors.ts";
import type { RowKind } from "../experiment/check.ts";
import { type Estimate, errorOfQuotient, estimate } from "../experiment/estimate.ts";
import { addSums, NO_SUMS, type Sums, sumsOf } from "../experiment/sums.ts";
import { NUMBERS, oneOf, optional } from "../scenario/arguments.ts";
import { shown } from "../scenario/typed.ts";
import { type Dependence, dependenceOf } from "./dependence.ts";

/** Variances of what reached Batch Normalization, one a mini-batch: unbiased, averaged over the channels. */
export interface MeasuredBatches {
  readonly trainVariances: readonly number[];
  readonly testVariances: readonly number[];
  /**
   * Whether the n-th of both are of the same mini-batch; by default where there are as many of both. Of independent
   * mini-batches that does no harm: the covariance that the standard error then takes into account is estimated too, near 0.
   */
  readonly pairing?: "paired" | "independent";
  /**
   * What a row is [mini-batches]. Mini-batches are in the order of their logging, and rows that depend on each other, such as
   * running averages, are found. Channels have no order; each has one pair.
   */
  readonly rows?: RowKind;
}

/** Their means alone; the `measured` of a record is one. */
export interface MeasuredSummary {
  readonly trainVariance: number;
  readonly testVariance: number;
  /** Mini-batches that the means are of. */
  readonly batches?: number;
  /** Standard error of testVariance/trainVariance; it goes before those of the two. */
  readonly standardError?: number;
  /** Standard errors of the two means, taken as independent. */
  readonly trainStandardError?: number;
  readonly testStandardError?: number;
}

/** Variances of another program: one for each mini-batch, or their means. */
export type Measured = MeasuredBatches | MeasuredSummary;

/** What was measured, with relative standard errors; null where nothing is known of an error. */
export interface Reading {
  readonly trainVariance: number;
  readonly testVariance: number;
  readonly shift: number;
  readonly relativeError: number | null;
  readonly degreesOfFreedom: number;
  readonly trainError: number | null;
  readonly testError: number | null;
  /** Of the phase with fewer; null where it was not told. */
  readonly batches: number | null;
  /** Independent rows that these are worth; of the phase where they are fewer. */
  readonly effective: number | null;
  readonly rows: RowKind;
  /** Of the phase where it is stronger. */
  readonly dependence: Dependence["kind"];
}

/**
 * Reads a measurement.
 *
 *   paired        se² = Σ (b/b̄ − a/ā)² / (n(n − 1))            ν = n − 1
 *   independent   se² = A + B,  A = s²_a/(n_a ā²), B likewise   ν = (A + B)² / (A²/(n_a − 1) + B²/(n_b − 1))
 *   a summary     se of the ratio, or se² = A + B              ν = n − 1, ∞ where n was not told
 *
 * a, b   batch variances during training and at test time;  se, ν: standard error of ln Δ̂ and its degrees of freedom
 *
 * The second is `errorOfQuotient`. Rows that depend on those before them (see `dependenceOf`) are taken for what they are worth:
 * of running averages, what they are averages of is read; of others n is n_eff in both phases, taken as independent.
 * A `VshiftError` names what is not a variance.
 */
export function readingOf(measured: Measured): Reading {
  requireObject(measured);
  return "trainVariances" in measured ? batchesReading(measured) : summaryReading(measured);
}

/** What sums of paired mini-batches say; undefined where nothing varied. */
export function readingOfSums(sums: Sums): Reading | undefined {
  const found = estimate(sums);
  if (found === undefined) return undefined;
  const { train, trainSquared, test, testSquared, n } = sums;
  return {
    ...found,
    trainError: meanError({ n, total: train, squares: trainSquared }),
    testError: meanError({ n, total: test, squares: testSquared }),
    batches: n,
    effective: n,
    rows: "mini-batches",
    dependence: "independent",
  };
}

/** An interval that is wider than from half to twice the estimate tells less than its ends seem to. */
export const WIDEST_FACTOR = 2;

/** The estimate for a verdict; without an error it counts as exact. */
export function estimateOf({ relativeError, ...reading }: Reading): Estimate {
  return { ...reading, relativeError: relativeError ?? 0 };
}

function batchesReading({ pairing, rows = "mini-batches", ...given }: MeasuredBatches): Reading {
  optional(oneOf(["paired", "independent"]))(pairing, "pairing");
  oneOf(["mini-batches", "channels"])(rows, "rows");
  const trainVariances = variancesIn("trainVariances", given.trainVariances);
  const testVariances = variancesIn("testVariances", given.testVariances);
  const isSameLength = trainVariances.length === testVariances.length;
  if (pairing === "paired" && !isSameLength) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: "testVariances",
      problem: `has ${testVariances.length} mini-batches, but \`trainVariances\` has ${trainVariances.length}, so they are not pairs`,
      hint: "leave out `pairing`, or set it to independent",
    });
  }
  const isPaired = isSameLength && pairing !== "independent";
  const phases = { train: phaseOf(trainVariances, rows), test: phaseOf(testVariances, rows) };
  const reading = isPaired ? pairedReading(phases) : independentReading(phases);
  if (reading === undefined) throw nothingVaries();
  return { ...reading, rows };
}

/** The rows of one phase: those that were averaged where they are running averages. */
interface Phase {
  readonly values: readonly number[];
  readonly effective: number;
  readonly dependence: Dependence["kind"];
}

interface Phases {
  readonly train: Phase;
  readonly test: Phase;
}

function phaseOf(values: readonly number[], rows: RowKind): Phase {
  const found: Dependence = rows === "channels" ? { kind: "independent" } : dependenceOf(values);
  const { kind: dependence } = found;
  if (found.kind === "running-averages") return { values: found.values, effective: values.length, dependence };
  return { values, effective: found.kind === "correlated" ? found.effective : values.length, dependence };
}

/** The stronger one. */
function dependenceIn({ train, test }: Phases): Dependence["kind"] {
  const kinds = [train.dependence, test.dependence];
  return (["correlated", "running-averages"] as const).find((kind) => kinds.includes(kind)) ?? "independent";
}

/** Of pairs; where they are correlated their covariance is not told from that of neighbours, and both phases stand alone. */
function pairedReading(phases: Phases): Reading | undefined {
  const dependence = dependenceIn(phases);
  if (dependence === "correlated") return independentReading(phases);
  const { train, test } = phases;
  const sums = train.values.reduce(
    (sum, value, at) => addSums(sum, sumsOf({ train: value, test: test.values[at] })),
    NO_SUMS,
  );
  const reading = readingOfSums(sums);
  return reading === undefined ? undefined : { ...reading, dependence };
}

function independentReading(phases: Phases): Reading | undefined {
  const [a, b] = [totals(phases.train.values), totals(phases.test.values)];
  if (!(a.total > 0) || !(b.total > 0)) return undefined;
  const { train, test } = phases;
  const trainError = meanError(a) * Math.sqrt(inflation(a.n, train.effective));
  const testError = meanError(b) * Math.sqrt(inflation(b.n, test.effective));
  const trainVariance = a.total / a.n;
  const testVariance = b.total / b.n;
  return {
    trainVariance,
    testVariance,
    shift: testVariance / trainVariance,
    ...errorOfQuotient(
      { relativeError: testError, degreesOfFreedom: Math.max(1, test.effective - 1) },
      { relativeError: trainError, degreesOfFreedom: Math.max(1, train.effective - 1) },
    ),
    trainError,
    testError,
    batches: Math.min(a.n, b.n),
    effective: Math.min(train.effective, test.effective),
    rows: "mini-batches",
    dependence: dependenceIn(phases),
  };
}

/**
 * Squared error of the mean of n rows that are worth n_eff, over that of n independent ones: n/n_eff, and (1 − 1/n)/(1 − 1/n_eff)
 * since correlated rows also vary less about their own mean.
 */
function inflation(n: number, effective: number): number {
  return effective >= n ? 1 : (n - 1) / Math.max(1, effective - 1);
}

interface Totals {
  readonly n: number;
  readonly total: number;
  readonly squares: number;
}

function totals(values: readonly number[]): Totals {
  const total = values.reduce((sum, value) => sum + value, 0);
  return { n: values.length, total, squares: values.reduce((sum, value) => sum + value * value, 0) };
}

/** Standard error of a mean, relative to it. */
function meanError({ n, total, squares }: Totals): number {
  const mean = total / n;
  return Math.sqrt(Math.max(0, squares / (mean * mean) - n) / (n * (n - 1)));
}

function summaryReading(measured: MeasuredSummary): Reading {
  const { trainVariance, testVariance, batches } = measured;
  requireVariance("trainVariance", trainVariance);
  requireVariance("testVariance", testVariance);
  if (trainVariance === 0 || testVariance === 0) throw nothingVaries();
  requireBatches(batches);
  const shift = testVariance / trainVariance;
  const trainError = relativeTo(trainVariance, measured, "trainStandardError");
  const testError = relativeTo(testVariance, measured, "testStandardError");
  const own = relativeTo(shift, measured, "standardError");
  const both =
    trainError === null || testError === null ? null : Math.sqrt(trainError * trainError + testError * testError);
  return {
    trainVariance,
    testVariance,
    shift,
    relativeError: own ?? both,
    degreesOfFreedom: batches === undefined ? Number.POSITIVE_INFINITY : batches - 1,
    trainError,
    testError,
    batches: batches ?? null,
    effective: batches ?? null,
    rows: "mini-batches",
    dependence: "independent",
  };
}

function relativeTo(
  value: number,
  measured: MeasuredSummary,
  field: "standardError" | "trainStandardError" | "testStandardError",
): number | null {
  const error = measured[field];
  if (error === undefined) return null;
  if (typeof error === "number" && error >= 0 && error <= LARGEST_VARIANCE) return error / value;
  throw invalid(
    field,
    `${shown(error)} is not a standard error from 0 to ${LARGEST_VARIANCE}`,
    "leave it out if it is not known",
  );
}

/** As far as theory goes (numeric/domain.ts): their squares neither overflow nor vanish. */
const LARGEST_VARIANCE = 1e75;
const SMALLEST_VARIANCE = 1e-75;

/** The types say so already, and a test in JavaScript does not ask them. */
function requireObject(measured: unknown): void {
  if (typeof measured === "object" && measured !== null) return;
  throw invalid(
    "measured",
    measured === undefined ? "is missing" : `${shown(measured)} is not a measurement`,
    "give `trainVariance` and `testVariance`",
  );
}

function variancesIn(field: "trainVariances" | "testVariances", given: readonly number[]): readonly number[] {
  NUMBERS(given, field);
  const values = Array.from(given);
  const count = values.length;
  if (count < 2) {
    throw invalid(
      field,
      `holds ${count === 1 ? "1 mini-batch" : `${count} mini-batches`}; at least 2 are needed for a standard error`,
      "measure more",
    );
  }
  values.forEach((value, at) => {
    requireVariance(`${field}[${at}]`, value);
  });
  return values;
}

/** 0 is a variance: that of a mini-batch in which every unit was dropped. */
function requireVariance(field: string, value: number): void {
  // Text would compare like a number, and add up to text.
  const isNumber = typeof value === "number";
  if (isNumber && (value === 0 || (value >= SMALLEST_VARIANCE && value <= LARGEST_VARIANCE))) return;
  throw invalid(
    field,
    `${isNumber ? value : shown(value)} is not a variance, 0 or from ${SMALLEST_VARIANCE} to ${LARGEST_VARIANCE}`,
    "check how it was measured",
  );
}

function requireBatches(batches: number | undefined): void {
  if (batches === undefined || (Number.isInteger(batches) && batches >= 2)) return;
  throw invalid(
    "batches",
    `${shown(batches)} is not a whole number of mini-batches, 2 or more`,
    "leave it out if it is not known",
  );
}

function nothingVaries(): VshiftError {
  return invalid(
    "testVariance",
    "and `trainVariance` must both be above 0, because the shift is their ratio",
    "measure an input that varies",
  );
}

function invalid(field: string, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field, problem, hint });
}
