import type { RowKind, VarianceFit } from "../experiment/check.ts";
import { intervalFactor } from "../experiment/estimate.ts";
import { planOf } from "../experiment/plan/plan.ts";
import { type ShiftRecord, scenarioOf } from "../experiment/record.ts";
import { judge, type Verdict } from "../experiment/verdict.ts";
import { ln } from "../numeric/ln.ts";
import { studentTwoSided } from "../numeric/student.ts";
import { listOf, NUMBER, numberFrom, objectOf, optional, optionsOf, type Rule } from "../scenario/arguments.ts";
import { ARRAYS, type NamedArrays, scenarioWithArrays } from "../scenario/array-input.ts";
import { type Arrays, NO_ARRAYS } from "../scenario/arrays.ts";
import type { Scenario, ScenarioInput } from "../scenario/scenario.ts";
import type { WeightSums } from "../theory/alignment.ts";
import type { ShiftTheory } from "../theory/shift.ts";
import type { Dependence } from "./dependence.ts";
import { type Diagnosis, diagnose, varianceFit } from "./diagnose.ts";
import { estimateOf, type Measured, type Reading, readingOf, readingOfSums, WIDEST_FACTOR } from "./measured.ts";
import { foreignReference, type Reference, recordReference } from "./reference.ts";

/** How narrow agreement is, how often a verdict may be wrong, and what is known of the layer that was measured. */
export interface CheckOptions {
  /** Largest relative deviation that counts as agreement, above 0 and up to 0.5 [the scenario's]. */
  readonly tolerance?: number;
  /** Error rate of the verdict, from 1e-12 to 0.5 [1 − confidence of the scenario]. */
  readonly alpha?: number;
  /** Σw and Σw² of each neuron of the linear layer that was measured. With them absolute variances are known too [not known]. */
  readonly weights?: readonly WeightSums[];
  /** The arrays that the scenario names, see `simulate` [none]. */
  readonly arrays?: NamedArrays;
}

/** Variances that another program measured, compared with the closed form. */
export interface MeasuredCheck {
  readonly theory: ShiftTheory;
  readonly measured: {
    readonly trainVariance: number;
    readonly testVariance: number;
    readonly shift: number;
    /** Of the ratio; null where nothing tells it. */
    readonly standardError: number | null;
    /**
     * Misses the truth with probability `alpha`. Null where there is no standard error, where the rows are too few, and where it
     * would reach from less than half of the ratio to more than twice it.
     */
    readonly interval: readonly [number, number] | null;
    /** Rows like these, about, that would have an interval; null where there is one, or none can be had. */
    readonly rowsNeeded: number | null;
    readonly batches: number | null;
    readonly rows: RowKind;
    /** How rows depend on those before them; of running averages, the variances are those of what was averaged. */
    readonly dependence: Dependence["kind"];
    /** Independent rows that they are worth. */
    readonly effectiveRows: number | null;
  };
  readonly agreement: {
    /** Δ̂/Δ − 1. */
    readonly deviation: number;
    readonly tolerance: number;
    readonly alpha: number;
    readonly verdict: Verdict;
    /** Whether the variances themselves are those of theory; unknown where the scenario does not tell them. */
    readonly variances: VarianceFit;
  };
  /** Mistakes that explain what was measured, the best first; empty where nothing is to be explained, or nothing explains it. */
  readonly diagnosis: readonly Diagnosis[];
}

/**
 * Compares variances that were measured elsewhere, in a framework's dropout → [linear] → Batch Normalization, with the
 * closed form of a scenario, and diagnoses a mismatch.
 *
 * The scenario's `batchSize` must be that of the mini-batches. The verdict is by equivalence at the error rate `alpha`, of the
 * ratio alone; without a standard error it is that of the bare number, and with fewer mini-batches than `simulate` would
 * judge by it is inconclusive. A diagnosis is made when the ratio disagrees, and when it agrees though the variances themselves
 * do not (how often it is wrong: docs/DIAGNOSIS.md).
 *
 * With a linear layer and ρ ≠ 0 theory needs the `alignment` of the measured weights, or their sums. Throws a `VshiftError`
 * without, and for input that is not a measurement.
 */
export function checkMeasured(input: ScenarioInput, measured: Measured, options: CheckOptions = {}): MeasuredCheck {
  const { arrays: named, ...others } = OPTIONS(options);
  const { scenario, arrays } = scenarioWithArrays(input, named);
  return checkScenario(scenario, measured, { ...others, arrays });
}

/** The same of a complete scenario, with the arrays that it names. */
export function checkScenario(
  scenario: Scenario,
  measured: Measured,
  { arrays, ...options }: Omit<CheckOptions, "arrays"> & { readonly arrays: Arrays },
): MeasuredCheck {
  const criterion = criterionOf(scenario, options);
  const reading = readingOf(measured);
  const reference = foreignReference(scenario, { weights: options.weights, arrays });
  const fewest = fewestRows(reading, scenario);
  const verdict = isTooShort(reading, fewest)
    ? "inconclusive"
    : judge(estimateOf(reading), {
        expected: reference.theory.shift,
        tolerance: criterion.tolerance,
        errorRate: criterion.alpha,
      });
  return compared(reading, reference, { ...criterion, verdict, fewest });
}

/** The same of a record: its own verdict, with a diagnosis where that is not agreement. Weights are drawn again. */
export function checkRecord(record: ShiftRecord, arrays: Arrays = NO_ARRAYS): MeasuredCheck {
  const scenario = scenarioOf(record);
  const reading = readingOfRecord(record);
  const { tolerance, verdict } = record.agreement;
  const reference = recordReference(record, scenario, arrays);
  const fewest = fewestRows(reading, scenario);
  return compared(reading, reference, { tolerance, alpha: errorRateOf(scenario), verdict, fewest });
}

/** Independent rows that a verdict needs: as `simulate` does, and more where their number is itself estimated. */
function fewestRows({ dependence }: Reading, scenario: Scenario): number {
  const { minimum } = planOf(scenario);
  return dependence === "correlated" ? Math.max(FEWEST_CORRELATED, minimum) : minimum;
}

/** Below so many correlation times the rows do not determine their length (measured: docs/DIAGNOSIS.md). */
const FEWEST_CORRELATED = 50;

function isTooShort({ effective }: Reading, fewest: number): boolean {
  return effective !== null && effective < fewest;
}

/** What a record's sums say; of an error only where the record has one. */
function readingOfRecord({ sums, measured: { standardError, ...measured } }: ShiftRecord): Reading {
  const reading = readingOfSums(sums) ?? readingOf(measured);
  return standardError === null ? { ...reading, relativeError: null, trainError: null, testError: null } : reading;
}

interface Criterion {
  readonly tolerance: number;
  readonly alpha: number;
}

function compared(
  reading: Reading,
  { theory, suspects, tellsVariances }: Reference,
  { tolerance, alpha, verdict, fewest }: Criterion & { readonly verdict: Verdict; readonly fewest: number },
): MeasuredCheck {
  const { trainVariance, testVariance, shift, relativeError, batches, rows, dependence, effective } = reading;
  const wide = relativeError === null ? null : intervalFactor(estimateOf(reading), alpha);
  const factor = wide === null || wide > WIDEST_FACTOR || isTooShort(reading, fewest) ? null : wide;
  const variances = tellsVariances ? varianceFit(reading, theory, { tolerance, alpha }) : "unknown";
  return {
    theory,
    measured: {
      trainVariance,
      testVariance,
      shift,
      standardError: relativeError === null ? null : shift * relativeError,
      interval: factor === null ? null : [shift / factor, shift * factor],
      rowsNeeded: factor === null ? rowsNeeded(reading, { alpha, fewest }) : null,
      batches,
      rows,
      dependence,
      effectiveRows: effective,
    },
    agreement: { deviation: shift / theory.shift - 1, tolerance, alpha, verdict, variances },
    diagnosis: diagnose({ ...suspects, reading, theory, tolerance, alpha, verdict, variances }),
  };
}

/**
 * The fewest rows of this spread whose interval is no wider than that: t·s/√n ≤ ln 2. Null where the spread is not known, and
 * where there are none to count.
 */
function rowsNeeded(
  { relativeError, batches, effective }: Reading,
  { alpha, fewest }: { readonly alpha: number; readonly fewest: number },
): number | null {
  if (relativeError === null || batches === null || effective === null) return null;
  const spread = relativeError * Math.sqrt(effective);
  const most = ln(WIDEST_FACTOR);
  let needed = fewest;
  const halfWidth = (n: number) => (studentTwoSided({ tail: alpha, degreesOfFreedom: n - 1 }) * spread) / Math.sqrt(n);
  while (halfWidth(needed) > most && needed < MOST_NEEDED) needed = Math.ceil(needed * STEP);
  return needed < MOST_NEEDED ? Math.ceil(needed * Math.max(1, batches / effective)) : null;
}

/** The spread of a few rows is known to a tenth or so at best, and so is what is needed. */
const STEP = 1.05;

/** Asking for more rows than anybody has would not help. */
const MOST_NEEDED = 1e6;

/** 1 − confidence to 12 decimals: 1 − 0.95 is 0.05, not 0.050000000000000044. */
function errorRateOf({ confidence }: Scenario): number {
  return Number((1 - confidence).toFixed(12));
}

function criterionOf(scenario: Scenario, options: CheckOptions): Criterion {
  const { tolerance = scenario.tolerance, alpha = errorRateOf(scenario) } = options;
  TOLERANCE(tolerance, "tolerance");
  ALPHA(alpha, "alpha");
  return { tolerance, alpha };
}

/** How far from theory may count as agreement. */
export const TOLERANCE: Rule = numberFrom(
  { from: Number.MIN_VALUE, to: 0.5 },
  { is: "a number above 0 and up to 0.5", hint: "try 0.01" },
);

/** An error rate, down to where Student's quantile keeps its 12 digits. */
export const ALPHA: Rule = numberFrom({ from: 1e-12, to: 0.5 }, { is: "a number from 1e-12 to 0.5", hint: "try 1e-6" });

/** The error rate of a check: a false alarm once in a million. */
export const USUAL_ALPHA = 1e-6;

const WEIGHT_SUMS = objectOf(
  { sum: NUMBER, sumOfSquares: NUMBER, channelSquares: optional(NUMBER) },
  { is: "the sums of a neuron's weights", hint: "write for example { sum: 0.3, sumOfSquares: 1.2 }" },
);

const OPTIONS = optionsOf<CheckOptions>({
  tolerance: optional(TOLERANCE),
  alpha: optional(ALPHA),
  weights: optional(
    listOf(WEIGHT_SUMS, {
      is: "a list of sums, for each neuron",
      hint: "write for example [{ sum: 0.3, sumOfSquares: 1.2 }]",
    }),
  ),
  arrays: optional(ARRAYS),
});
