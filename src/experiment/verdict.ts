import { type Estimate, intervalFactor } from "./estimate.ts";

/** Whether a measurement agrees with theory; inconclusive where more mini-batches are needed. */
export type Verdict = "agrees" | "disagrees" | "inconclusive";

/**
 * Compares a measured ratio with the expected one, by equivalence: *agrees* when the whole interval of Δ̂/Δ lies within
 * 1 ± tolerance, *disagrees* when all of it lies outside, else *inconclusive*. A wide interval is never agreement.
 *
 * errorRate   probability, in (0, 1), with which the interval may miss the truth
 */
export function judge(estimate: Estimate, { expected, tolerance, errorRate }: Criterion): Verdict {
  const factor = intervalFactor(estimate, errorRate);
  const ratio = estimate.shift / expected;
  const low = ratio / factor;
  const high = ratio * factor;
  if (low >= 1 - tolerance && high <= 1 + tolerance) return "agrees";
  return high < 1 - tolerance || low > 1 + tolerance ? "disagrees" : "inconclusive";
}

export interface Criterion {
  readonly expected: number;
  readonly tolerance: number;
  readonly errorRate: number;
}
