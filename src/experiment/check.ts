import type { MistakeKind } from "../theory/mistakes.ts";
import type { ShiftTheory } from "../theory/shift.ts";
import type { InputValue, WrongInputKind } from "../theory/wrong-inputs.ts";
import type { Verdict } from "./verdict.ts";

/** What one row of a measurement is of. */
export type RowKind = "mini-batches" | "channels";

/** Whether both measured variances are those predicted. */
export type VarianceFit = "fit" | "differ" | "unknown";

/** One scenario, or one layer that another program measured, with its verdict: for tables, and for programs that read test results. */
export interface CheckedCell {
  /** Identity of the scenario that was simulated; null for what another program measured. */
  readonly id: string | null;
  /** What distinguishes it from the others: "keep 0.5, width 64". Not empty, and unique. */
  readonly name: string;
  /** The position in the network, "BN 3"; null in a network with one, and in what another program measured. */
  readonly position: string | null;
  readonly verdict: Verdict;
  /** Δ̂/Δ − 1, or the same of two measurements; null where there is nothing to compare. */
  readonly deviation: number | null;
  /** Largest relative deviation that counts as agreement. */
  readonly tolerance: number;
  readonly theory: CheckedTheory;
  /** Null for a cell of the baseline that was not measured again. */
  readonly measured: CheckedMeasurement | null;
  /** The earlier measurement that this one is compared with; null where it is compared with theory. */
  readonly baseline: CheckedMeasurement | null;
  /** Whether both variances are those of theory too; unknown where they are not compared. */
  readonly variances: VarianceFit;
  /** What would explain the measurement, the likeliest first. */
  readonly diagnosis: readonly CheckedDiagnosis[];
  /** What a reader should know of this measurement, a sentence each. */
  readonly notes: readonly string[];
  /** The numbers in one line: "Δ = 0.4441 ± 0.0009 (theory 0.44444), Var_train …". */
  readonly detail: string;
}

/** What a measurement is compared with. */
export interface CheckedTheory {
  /** Null where there is no closed form, and a baseline is compared with. */
  readonly shift: number | null;
  /** Null where the scenario determines only the ratio, as with weights that are not known. */
  readonly trainVariance: number | null;
  readonly testVariance: number | null;
}

/** What was measured: Δ with its error, and the variances. */
export interface CheckedMeasurement {
  readonly shift: number;
  /** Of the ratio; null where it is not known. */
  readonly standardError: number | null;
  /** Of the ratio; null where there is no standard error, and where the rows are too few. */
  readonly interval: readonly [number, number] | null;
  /** Probability that such an interval covers the truth. */
  readonly confidence: number;
  readonly trainVariance: number;
  readonly testVariance: number;
  /** Rows that the variances are means of; null where that was not told. */
  readonly batches: number | null;
  /** What these rows are. */
  readonly rows: RowKind;
  /** About how many such rows would have an interval; null where there is one, or none can be had. */
  readonly rowsNeeded: number | null;
  /** Null for what another program measured. */
  readonly samples: number | null;
}

/** A mistake, or a wrong input of the scenario, that would explain a measurement. */
export interface CheckedDiagnosis {
  readonly mistake: MistakeKind | WrongInputKind;
  readonly certainty: "likely" | "possible";
  /** Inputs of the scenario that would have another value; none for a mistake of the implementation. */
  readonly inputs: readonly InputValue[];
  /** What would be measured then. */
  readonly predicted: ShiftTheory;
  readonly variances: VarianceFit;
  /** "looks as if keep and drop were swapped: Δ would be 0.3, measured 0.3004 ± 0.0009". */
  readonly sentence: string;
}

/** A whole check. */
export interface CheckReport {
  readonly cells: readonly CheckedCell[];
  readonly whole: Verdict;
  /** Probability that any cell is said to disagree although all agree. */
  readonly alpha: number;
  /** What a reader should know of the check as a whole, a line each: "2 cells are not in the baseline: …". */
  readonly notes: readonly string[];
}
