import { type Estimate, estimate } from "./estimate.ts";
import type { Rule } from "./family.ts";
import type { ShiftRecord } from "./record.ts";
import type { Sums } from "./sums.ts";
import { judge, type Verdict } from "./verdict.ts";

/** How a measurement stands to an earlier one of the same scenario. */
export interface Comparison {
  readonly verdict: Verdict;
  /** Whether the same kernel drew both: then the sums must be the same to the last bit. */
  readonly isSameKernel: boolean;
  /** Δ̂ now over Δ̂ then, less 1. */
  readonly deviation: number;
}

/**
 * Holds a record against one of the same scenario that was made before, maybe by another kernel.
 *
 * The same kernel draws the same numbers, so anything but the same sums *disagrees*. Draws of different kernels are
 * independent: the ratio of the two Δ̂ is judged by equivalence like one measurement, with the variance of both,
 *
 *   se² = se₁² + se₂²      ν = se⁴ / (se₁⁴/ν₁ + se₂⁴/ν₂)
 *
 * se₁, se₂   standard errors of ln Δ̂, ν₁, ν₂ their degrees of freedom (Welch 1947, Biometrika 34, 28-35)
 */
export function compareToBaseline(now: ShiftRecord, before: ShiftRecord, rule: Rule): Comparison {
  const isSameKernel = now.kernel === before.kernel;
  const [a, b] = [estimate(now.sums), estimate(before.sums)];
  const deviation = now.measured.shift / before.measured.shift - 1;
  if (isSameKernel) {
    return { verdict: isEqual(now.sums, before.sums) ? "agrees" : "disagrees", isSameKernel, deviation };
  }
  if (a === undefined || b === undefined) return { verdict: "inconclusive", isSameKernel, deviation };
  return { verdict: judge(ratioOf(a, b), { expected: 1, ...rule }), isSameKernel, deviation };
}

function isEqual(a: Sums, b: Sums): boolean {
  return (Object.keys(a) as (keyof Sums)[]).every((name) => a[name] === b[name]);
}

/** The ratio of two independent measurements, as one. */
function ratioOf(a: Estimate, b: Estimate): Estimate {
  const [first, second] = [a.relativeError * a.relativeError, b.relativeError * b.relativeError];
  const variance = first + second;
  const spread = (first * first) / a.degreesOfFreedom + (second * second) / b.degreesOfFreedom;
  return {
    ...a,
    shift: a.shift / b.shift,
    relativeError: Math.sqrt(variance),
    degreesOfFreedom: variance === 0 ? a.degreesOfFreedom + b.degreesOfFreedom : (variance * variance) / spread,
  };
}
