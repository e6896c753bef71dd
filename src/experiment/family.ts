import { ln } from "../numeric/ln.ts";
import { studentTail } from "../numeric/student-tail.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type Estimate, intervalFactor } from "./estimate.ts";
import { toleranceAt } from "./position-theory.ts";
import { type ShiftRecord, scenarioOf } from "./record.ts";
import { estimateOf } from "./record-estimate.ts";
import { judge, type Verdict } from "./verdict.ts";

/** Verdicts on many cells, with one error rate for all of them together. */
export interface FamilyVerdict {
  readonly whole: Verdict;
  /** Of each cell, in the order that they were added. */
  readonly cells: readonly (Verdict | null)[];
}

/** Collects cells; of each, only a number and its own verdict are kept. */
export interface Family {
  /** `judgedAt` is the error rate of the record's own verdict, over all of its interim analyses; left out where that is not known. */
  add(record: ShiftRecord, judgedAt?: number): void;
  verdict(): FamilyVerdict;
}

/**
 * Judges many cells at an error rate, the probability that any of them is said to disagree though all agree.
 *
 * A cell *disagrees* if it does so by Holm's step-down test: with the p-values in order, p₁ ≤ p₂ ≤ … ≤ p_m, all up to the first
 * with pᵢ > errorRate/(m − i + 1). That a hundred cells at 5 % disagree five times by chance is thereby taken into account.
 * The p-value of a cell is no more than the error rate at which its own verdict is that it disagrees: the odds of that verdict,
 * at any of its looks, are that rate. A cell that was judged at errorRate/m therefore keeps its verdict.
 * It *agrees* by its own interval; a cell that disagrees by its own interval alone is *inconclusive* among many. All of them
 * agree if each does: to be wrong about that is to be wrong about a cell that does not, so it needs no correction.
 *
 * Holm 1979, Scandinavian Journal of Statistics 6, 65-70.
 */
export function createFamily(errorRate: number): Family {
  // Two lists: 100,000 objects of two take three times the memory.
  const owns: (Verdict | null)[] = [];
  const tails: number[] = [];
  return {
    add(record, judgedAt = 1) {
      // Nothing is compared without a closed form.
      const own = record.theory === null ? null : record.agreement.verdict;
      const most = own === "disagrees" ? judgedAt : 1;
      owns.push(own);
      tails.push(own === "agrees" ? 1 : Math.min(most, outsideTail(record)));
    },
    verdict() {
      const rejected = holm(tails, errorRate);
      const verdicts = owns.map((own, index): Verdict | null => {
        if (own !== null && rejected.has(index)) return "disagrees";
        return own === "disagrees" ? "inconclusive" : own;
      });
      return { whole: wholeVerdict(verdicts), cells: verdicts };
    },
  };
}

/** The verdict on all cells from those on each. */
export function wholeVerdict(verdicts: readonly (Verdict | null)[]): Verdict {
  if (verdicts.includes("disagrees")) return "disagrees";
  return verdicts.every((verdict) => verdict === "agrees" || verdict === null) ? "agrees" : "inconclusive";
}

/** Indices of the hypotheses that Holm's test rejects. */
function holm(tails: readonly number[], errorRate: number): ReadonlySet<number> {
  const order = tails.map((_, index) => index).sort((a, b) => (tails[a] ?? 1) - (tails[b] ?? 1));
  const end = order.findIndex((index, rank) => (tails[index] ?? 1) > errorRate / (tails.length - rank));
  return new Set(end === -1 ? order : order.slice(0, end));
}

/**
 * The record with its verdict passed again, at another tolerance or error rate than it was measured for. When it was looked at
 * is not in a record, so that the most looks that there can have been are counted.
 */
export function judgedAgain(record: ShiftRecord, { tolerance, errorRate }: Rule): ShiftRecord {
  const { theory, position } = record;
  const measured = estimateOf(record);
  const wide = toleranceAt({ ...scenarioOf(record), tolerance }, position?.index ?? null);
  const verdict =
    measured === undefined || theory === null
      ? "inconclusive"
      : judge(measured, {
          expected: theory.shift,
          tolerance: wide,
          errorRate: errorRate / looksAt(record.scenario, measured),
        });
  return {
    ...record,
    scenario: { ...record.scenario, tolerance },
    agreement: { ...record.agreement, tolerance: wide, verdict },
  };
}

export interface Rule {
  readonly tolerance: number;
  readonly errorRate: number;
}

/**
 * p-value of the hypothesis that Δ̂/Δ lies within 1 ± tolerance: both tails of Student's t beyond the nearer edge, times 2 for
 * each interim analysis, since a later one may spend half as much of the error rate as the one before.
 */
function outsideTail(record: ShiftRecord): number {
  const { scenario, theory, agreement } = record;
  const measured = estimateOf(record);
  if (measured === undefined || theory === null) return 1;
  const ratio = measured.shift / theory.shift;
  const least = 1 - agreement.tolerance;
  const distance = Math.max(
    ln(ratio / (1 + agreement.tolerance)),
    least > 0 ? ln(least / ratio) : Number.NEGATIVE_INFINITY,
  );
  if (distance <= 0) return 1;
  if (measured.relativeError === 0) return 0;
  const value = Math.min(FARTHEST, distance / measured.relativeError);
  const tail = studentTail({ value, degreesOfFreedom: Math.min(MOST_DEGREES, measured.degreesOfFreedom) });
  return Math.min(1, tail * looksAt(scenario, measured));
}

/** Student's tail is asked no further: there it is normal, and 0. */
const MOST_DEGREES = 1e6;
const FARTHEST = 1e100;

/**
 * 2^(interim analyses), at most: the first that passes a verdict comes when the interval is as narrow as asked, each later one after
 * at least twice the draws. With a given number of samples there is one, which spends all.
 */
function looksAt({ samples, confidence, precision }: Scenario, measured: Estimate): number {
  if (samples !== null) return 1;
  const halfWidth = intervalFactor(measured, 1 - confidence) - 1;
  const draws = halfWidth > 0 ? precision / halfWidth : 1;
  return 2 * Math.max(1, 2 * draws * draws);
}
