import { errorOfQuotient } from "./estimate.ts";
import type { Rule } from "./family.ts";
import type { ShiftRecord } from "./record.ts";
import { estimateOf } from "./record-estimate.ts";
import type { Sums } from "./sums.ts";
import { judge, type Verdict } from "./verdict.ts";

/** How a measurement stands to an earlier one of the same scenario. */
export interface Comparison {
  readonly verdict: Verdict;
  /** Whether the same engine version drew both: then the sums must be the same to the last bit. */
  readonly isSameKernel: boolean;
  /** Δ̂ now over Δ̂ then, less 1. */
  readonly deviation: number;
}

/**
 * Compares a record with an earlier one of the same scenario, maybe from another engine version.
 *
 * The same engine version draws the same numbers, so anything but the same sums *disagrees*. Draws of different versions are
 * independent: the quotient of the two Δ̂ is judged by equivalence like one measurement, with the error of both.
 */
export function compareToBaseline(now: ShiftRecord, before: ShiftRecord, rule: Rule): Comparison {
  const isSameKernel = now.kernel === before.kernel;
  const [a, b] = [estimateOf(now), estimateOf(before)];
  const deviation = now.measured.shift / before.measured.shift - 1;
  if (isSameKernel) {
    return { verdict: isEqual(now.sums, before.sums) ? "agrees" : "disagrees", isSameKernel, deviation };
  }
  if (a === undefined || b === undefined) return { verdict: "inconclusive", isSameKernel, deviation };
  const quotient = { ...a, ...errorOfQuotient(a, b), shift: a.shift / b.shift };
  return { verdict: judge(quotient, { expected: 1, ...rule }), isSameKernel, deviation };
}

function isEqual(a: Sums, b: Sums): boolean {
  return (Object.keys(a) as (keyof Sums)[]).every((name) => a[name] === b[name]);
}
