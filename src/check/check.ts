import { VshiftError } from "../errors.ts";
import { weightsOf } from "../experiment/block.ts";
import { intervalFactor } from "../experiment/estimate.ts";
import { type Expectation, expectationOf } from "../experiment/expectation.ts";
import { planOf } from "../experiment/plan.ts";
import { type ShiftRecord, scenarioOf } from "../experiment/record.ts";
import { judge, type Verdict } from "../experiment/verdict.ts";
import { ln } from "../numeric/ln.ts";
import { studentTwoSided } from "../numeric/student.ts";
import { type NamedArrays, scenarioWithArrays } from "../scenario/array-input.ts";
import { type Arrays, isArrayName, NO_ARRAYS } from "../scenario/arrays.ts";
import type { Scenario, ScenarioInput } from "../scenario/scenario.ts";
import type { WeightSums } from "../theory/alignment.ts";
import type { Layer } from "../theory/layer-steps.ts";
import { mistakes } from "../theory/mistakes.ts";
import { noiseTheory } from "../theory/noise-theory.ts";
import type { ShiftTheory } from "../theory/shift.ts";
import { type DeclaredSetting, wrongInputs, wrongLaws } from "../theory/wrong-inputs.ts";
import type { Dependence } from "./dependence.ts";
import { type Diagnosis, diagnose, type Suspects, type VarianceFit, varianceFit } from "./diagnose.ts";
import {
  estimateOf,
  type Measured,
  type Reading,
  type RowKind,
  readingOf,
  readingOfSums,
  WIDEST_FACTOR,
} from "./measured.ts";

export interface CheckOptions {
  /** Largest relative deviation that counts as agreement, in (0, 0.5]; by default the scenario's. */
  readonly tolerance?: number;
  /** Error rate of the verdict, in [10⁻¹², 0.5]; by default 1 − confidence of the scenario. */
  readonly alpha?: number;
  /** Σw and Σw² of each neuron of the linear layer that was measured. With them absolute variances are known too. */
  readonly weights?: readonly WeightSums[];
  /** The arrays that the scenario names, see `simulate`. */
  readonly arrays?: NamedArrays;
}

/** A measurement of someone else's, held against the closed form. */
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
 * Holds variances that were measured elsewhere, in a framework's dropout → [linear] → Batch Normalization, against the
 * closed form of a scenario, and says what went wrong where they disagree.
 *
 * The scenario's `batchSize` must be that of the mini-batches. The verdict is by equivalence at the error rate `alpha`, of the
 * ratio alone; without a standard error it is that of the bare number, and with fewer mini-batches than `simulate` would
 * judge by it is inconclusive. A diagnosis is made when the ratio disagrees, and when it agrees though the variances themselves
 * do not (how often it is wrong: docs/DIAGNOSIS.md).
 *
 * With a linear layer and ρ ≠ 0 theory needs the `alignment` of the measured weights, or their sums. Throws a `VshiftError`
 * without, and for input that is no measurement.
 */
export function checkMeasured(input: ScenarioInput, measured: Measured, options: CheckOptions = {}): MeasuredCheck {
  const { arrays: named, ...others } = options;
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
  return held(reading, reference, { ...criterion, verdict, fewest });
}

/** The same of a record: its own verdict, with a diagnosis where that is not agreement. Weights are drawn again. */
export function checkRecord(record: ShiftRecord, arrays: Arrays = NO_ARRAYS): MeasuredCheck {
  const scenario = scenarioOf(record);
  const reading = readingOfRecord(record);
  const { tolerance, verdict } = record.agreement;
  const expectation = expectationOf(scenario, weightsOf(scenario, arrays), arrays);
  const reference: Reference = {
    theory: record.theory,
    suspects: suspectsIn(scenario, expectation),
    tellsVariances: true,
  };
  const fewest = fewestRows(reading, scenario);
  return held(reading, reference, { tolerance, alpha: errorRateOf(scenario), verdict, fewest });
}

/** Independent rows that a verdict needs: as `simulate` does, and more where their number is itself estimated. */
function fewestRows({ dependence }: Reading, scenario: Scenario): number {
  const { minimum } = planOf(scenario);
  return dependence === "correlated" ? Math.max(FEWEST_CORRELATED, minimum) : minimum;
}

/** Below so many correlation times their length cannot be told from the rows (measured: docs/DIAGNOSIS.md). */
const FEWEST_CORRELATED = 50;

function isTooShort({ effective }: Reading, fewest: number): boolean {
  return effective !== null && effective < fewest;
}

/** What a record's sums say; of an error only where the record has one. */
function readingOfRecord({ sums, measured: { standardError, ...measured } }: ShiftRecord): Reading {
  const reading = readingOfSums(sums) ?? readingOf(measured);
  return standardError === null ? { ...reading, relativeError: null, trainError: null, testError: null } : reading;
}

interface Reference {
  readonly theory: ShiftTheory;
  readonly suspects: Suspects;
  /** Whether the variances themselves are known, and not their ratio alone. */
  readonly tellsVariances: boolean;
}

interface Criterion {
  readonly tolerance: number;
  readonly alpha: number;
}

function held(
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

/** More rows than anybody has are no advice. */
const MOST_NEEDED = 1e6;

/** What theory says of a measurement whose weights are the measurer's, not drawn by the scenario. */
function foreignReference(
  scenario: Scenario,
  { weights, arrays }: { readonly weights: readonly WeightSums[] | undefined; readonly arrays: Arrays },
): Reference {
  if (isArrayName(scenario.weights) || isArrayName(scenario.activation)) {
    return ofFiles(scenario, { weights, arrays });
  }
  const { noise, input, activation } = expectationOf(scenario, undefined);
  const known = foreignLayer(scenario, { weights, isCorrelated: input.correlation !== 0 });
  const { layer } = known;
  const theory = noiseTheory({ noise, layer, input });
  if (theory.shift === 0) {
    throw nothingInTest("rho", `${scenario.rho} with weights of this alignment leaves no variance in test`);
  }
  const suspects = suspectsIn(scenario, { noise, layer, input, activation });
  return {
    theory,
    suspects: known.tells === "ratio" ? ofAnyAlignment(suspects) : suspects,
    tellsVariances: known.tells === "variances",
  };
}

/** What theory says of a layer or an input that files have: they are the measurer's own. */
function ofFiles(
  scenario: Scenario,
  { weights, arrays }: { readonly weights: readonly WeightSums[] | undefined; readonly arrays: Arrays },
): Reference {
  if (scenario.layer === "linear" && !isArrayName(scenario.weights)) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: "weights",
      problem: `of the layer that was measured must be known one by one beside \`activation\` ${scenario.activation}`,
      hint: "give them as a file too",
    });
  }
  if (weights !== undefined) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: "weights",
      problem: "are given by their sums, and by a file",
      hint: "leave the sums out",
    });
  }
  const expectation = expectationOf(scenario, weightsOf(scenario, arrays), arrays);
  const { trainVariance, testVariance, shift } = expectation;
  if (shift === 0) throw nothingInTest("weights", `${scenario.weights} cancel all that varies`);
  return {
    theory: { trainVariance, testVariance, shift },
    suspects: suspectsIn(scenario, expectation),
    tellsVariances: true,
  };
}

/** What may be wrong, by the closed form of a law; rows of a file have none that a mistake would be seen in. */
function suspectsIn(
  { batchSize }: Scenario,
  { noise, layer, input, activation }: Pick<Expectation, "noise" | "layer" | "input" | "activation">,
): Suspects {
  if (activation === undefined) return { mistakes: [], inputs: [], laws: [] };
  const setting: DeclaredSetting = { noise, activation, layer };
  return {
    mistakes: mistakes({ noise, layer, input, batchSize }),
    inputs: wrongInputs(setting),
    laws: wrongLaws(setting),
  };
}

/** Where the alignment is not declared, what depends on it even of uncorrelated units cannot be told. */
function ofAnyAlignment(suspects: Suspects): Suspects {
  return {
    ...suspects,
    mistakes: suspects.mistakes.filter(({ kind }) => kind !== "noise-behind-layer"),
    inputs: suspects.inputs.filter(({ kind }) => kind !== "wrong-alignment" && kind !== "wrong-rho"),
  };
}

function nothingInTest(field: keyof Scenario, why: string): VshiftError {
  const hint = "use a rho nearer to 0, or weights of another alignment";
  return new VshiftError({ code: "invalid-value", field, problem: `${why}, and Δ is 0`, hint });
}

interface ForeignLayer {
  readonly layer: Layer;
  /** The variances, the alignment of the weights, or no more than the ratio. */
  readonly tells: "variances" | "alignment" | "ratio";
}

function foreignLayer(
  { layer, alignment, weights: kind, width, rho }: Scenario,
  { weights, isCorrelated }: { readonly weights: readonly WeightSums[] | undefined; readonly isCorrelated: boolean },
): ForeignLayer {
  if (layer === "none") {
    if (weights === undefined) return { layer: { kind: "none" }, tells: "variances" };
    throw new VshiftError({
      code: "conflicting-fields",
      field: "weights",
      problem: "are those of a linear layer, and the layer is none",
      hint: "add `layer` linear",
    });
  }
  if (weights !== undefined) return { layer: { kind: "linear", neurons: weights }, tells: "variances" };
  const known = kind === "constant" ? width : alignment;
  if (known !== null) return { layer: { kind: "aligned", alignment: known, width }, tells: "alignment" };
  if (!isCorrelated) return { layer: { kind: "aligned", alignment: 1, width }, tells: "ratio" };
  throw new VshiftError({
    code: "invalid-value",
    field: "alignment",
    problem: `of the measured weights is not given, and with \`rho\` ${rho} the ratio depends on it`,
    hint: "give (Σw)²/Σw², added over the neurons above and below the line, or the weights' sums",
  });
}

/** 1 − confidence to 12 decimals: 1 − 0.95 is 0.05, not 0.050000000000000044. */
function errorRateOf({ confidence }: Scenario): number {
  return Number((1 - confidence).toFixed(12));
}

function criterionOf(scenario: Scenario, options: CheckOptions): Criterion {
  const { tolerance = scenario.tolerance, alpha = errorRateOf(scenario) } = options;
  requireBetween("tolerance", tolerance, { from: 0, to: 0.5 });
  if (tolerance === 0) throw outside("tolerance", tolerance, "a number above 0 and at most 0.5");
  requireBetween("alpha", alpha, { from: SMALLEST_ALPHA, to: 0.5 });
  return { tolerance, alpha };
}

/** As far as Student's quantile keeps its 12 digits. */
const SMALLEST_ALPHA = 1e-12;

function requireBetween(
  field: string,
  value: number,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  if (!(value >= from && value <= to)) throw outside(field, value, `a number from ${from} to ${to}`);
}

function outside(field: string, value: number, rule: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field, problem: `${value} is not ${rule}`, hint: "try 0.01" });
}
