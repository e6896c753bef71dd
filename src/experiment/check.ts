import type { Verdict } from "./verdict.ts";

/** What a check found of one cell: for tables, and for whoever reads the results of tests. */
export interface CheckedCell {
  /** What tells it from the others: "keep 0.5, width 64". Not empty, and no other cell has it. */
  readonly name: string;
  readonly verdict: Verdict;
  /** Δ̂/Δ − 1, or how far two measurements lie apart; null where there is nothing to compare. */
  readonly deviation: number | null;
  /** One line: "measured 0.4441 ± 0.0009, theory 0.444444: off by −0.08 %, tolerance 0.5 %". */
  readonly detail: string;
}

/** A whole check. */
export interface CheckReport {
  readonly cells: readonly CheckedCell[];
  readonly whole: Verdict;
  /** Probability that anything is said to disagree though all agree. */
  readonly alpha: number;
  /** What a reader should know besides the cells, a line each: "3 cells of the baseline are missing: …". */
  readonly notes: readonly string[];
}
