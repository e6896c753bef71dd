import { VshiftError } from "../errors.ts";
import { type Estimate, errorOfQuotient, estimate } from "../experiment/estimate.ts";
import { addSums, NO_SUMS, type Sums, sumsOf } from "../experiment/sums.ts";

/** Variances of what reached Batch Normalization, one a mini-batch: unbiased, averaged over the channels. */
export interface MeasuredBatches {
  readonly trainVariances: readonly number[];
  readonly testVariances: readonly number[];
  /**
   * Whether the n-th of both are of the same mini-batch; by default where there are as many of both. Of independent
   * mini-batches that is no error: the covariance that the standard error then takes into account is estimated too, near 0.
   */
  readonly pairing?: "paired" | "independent";
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
}

/**
 * Reads a measurement.
 *
 *   paired        se² = Σ (b/b̄ − a/ā)² / (n(n − 1))            ν = n − 1
 *   independent   se² = A + B,  A = s²_a/(n_a ā²), B likewise   ν = (A + B)² / (A²/(n_a − 1) + B²/(n_b − 1))
 *   a summary     se of the ratio, or se² = A + B              ν = n − 1, ∞ where n was not told
 *
 * a, b   batch variances in training and in test;  se, ν: standard error of ln Δ̂ and its degrees of freedom
 *
 * The second is `errorOfQuotient`. A `VshiftError` names what is no variance.
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
  };
}

/** The estimate for a verdict; without an error it counts as exact. */
export function estimateOf({ relativeError, ...reading }: Reading): Estimate {
  return { ...reading, relativeError: relativeError ?? 0 };
}

function batchesReading({ trainVariances, testVariances, pairing }: MeasuredBatches): Reading {
  requireVariances("trainVariances", trainVariances);
  requireVariances("testVariances", testVariances);
  const isSameLength = trainVariances.length === testVariances.length;
  if (pairing === "paired" && !isSameLength) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: "testVariances",
      problem: `holds ${testVariances.length} mini-batches, and \`trainVariances\` ${trainVariances.length}: they are no pairs`,
      hint: "leave `pairing` out, or say independent",
    });
  }
  const reading =
    isSameLength && pairing !== "independent"
      ? readingOfSums(pairedSums(trainVariances, testVariances))
      : independentReading(trainVariances, testVariances);
  if (reading === undefined) throw nothingVaries();
  return reading;
}

function pairedSums(trainVariances: readonly number[], testVariances: readonly number[]): Sums {
  return trainVariances.reduce((sums, train, at) => addSums(sums, sumsOf({ train, test: testVariances[at] })), NO_SUMS);
}

function independentReading(train: readonly number[], test: readonly number[]): Reading | undefined {
  const a = totals(train);
  const b = totals(test);
  if (!(a.total > 0) || !(b.total > 0)) return undefined;
  const [trainError, testError] = [meanError(a), meanError(b)];
  const trainVariance = a.total / a.n;
  const testVariance = b.total / b.n;
  return {
    trainVariance,
    testVariance,
    shift: testVariance / trainVariance,
    ...errorOfQuotient(
      { relativeError: testError, degreesOfFreedom: b.n - 1 },
      { relativeError: trainError, degreesOfFreedom: a.n - 1 },
    ),
    trainError,
    testError,
    batches: Math.min(a.n, b.n),
  };
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
  };
}

function relativeTo(
  value: number,
  measured: MeasuredSummary,
  field: "standardError" | "trainStandardError" | "testStandardError",
): number | null {
  const error = measured[field];
  if (error === undefined) return null;
  if (error >= 0 && error <= LARGEST_VARIANCE) return error / value;
  throw invalid(
    field,
    `${error} is not a standard error, from 0 to ${LARGEST_VARIANCE}`,
    "leave it out if it is not known",
  );
}

/** As far as theory goes (theory/domain.ts): their squares neither overflow nor vanish. */
const LARGEST_VARIANCE = 1e75;
const SMALLEST_VARIANCE = 1e-75;

/** The types say so already, and a test in JavaScript does not ask them. */
function requireObject(measured: unknown): void {
  if (typeof measured === "object" && measured !== null) return;
  throw invalid("measured", `${String(measured)} is no measurement`, "give `trainVariance` and `testVariance`");
}

function requireVariances(field: "trainVariances" | "testVariances", values: readonly number[]): void {
  const count = values?.length ?? 0;
  if (count < 2) {
    throw invalid(field, `holds ${count} mini-batches, and a standard error needs two`, "measure more of them");
  }
  values.forEach((value, at) => {
    requireVariance(`${field}[${at}]`, value);
  });
}

/** 0 is a variance: that of a mini-batch in which every unit was dropped. */
function requireVariance(field: string, value: number): void {
  // Text would compare like a number, and add up to text.
  const isNumber = typeof value === "number";
  if (isNumber && (value === 0 || (value >= SMALLEST_VARIANCE && value <= LARGEST_VARIANCE))) return;
  throw invalid(
    field,
    `${isNumber ? value : JSON.stringify(value)} is not a variance, 0 or from ${SMALLEST_VARIANCE} to ${LARGEST_VARIANCE}`,
    "check where it was measured",
  );
}

function requireBatches(batches: number | undefined): void {
  if (batches === undefined || (Number.isInteger(batches) && batches >= 2)) return;
  throw invalid(
    "batches",
    `${batches} is not a whole number of mini-batches, 2 or more`,
    "leave it out if it is not known",
  );
}

function nothingVaries(): VshiftError {
  return invalid(
    "testVariance",
    "and trainVariance must be above 0 for a ratio of them",
    "measure an input that varies",
  );
}

function invalid(field: string, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field, problem, hint });
}
