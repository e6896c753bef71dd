import type { Scenario } from "../scenario/scenario.ts";
import { type Estimate, intervalFactor } from "./estimate.ts";
import type { Plan } from "./plan/plan.ts";
import { judge, type Verdict } from "./verdict.ts";

/** What one look at the measurement led to. */
export interface Look {
  readonly verdict: Verdict;
  /** Mini-batches until the next look; undefined to stop. */
  readonly next: number | undefined;
  /** Share of the error rate that later interim analyses may still spend. */
  readonly unspent: number;
}

/** Looks never come closer together than this, nor further apart. */
const SMALLEST_STEP = 1.25;
const LARGEST_STEP = 8;
/** Draws beyond the forecast, so that most runs need no second forecast. */
const MARGIN = 1.05;

/**
 * Reads the estimate after `batches` mini-batches and decides whether to draw more.
 *
 * The run ends when the interval is as narrow as asked and the verdict is conclusive, or at the budget. Stopping by the width
 * of an interval, not by where it lies, leaves its coverage alone. A verdict is only passed on an interval that is narrow
 * enough; each interim analysis that passes one spends half of the error rate that is left, the last one all of
 * it, so that all of them together err no more often than that.
 */
export function look({ rule, plan, expected, errorRate, estimate, batches, unspent }: Situation): Look {
  const { precision, confidence, tolerance } = rule;
  const last = batches >= plan.budget;
  if (estimate === undefined) {
    return { verdict: "inconclusive", next: last ? undefined : step(plan, batches, LARGEST_STEP), unspent };
  }
  const halfWidth = intervalFactor(estimate, 1 - confidence) - 1;
  if (halfWidth > precision && !last) {
    const needed = MARGIN * (halfWidth / precision) * (halfWidth / precision);
    return { verdict: "inconclusive", next: step(plan, batches, needed), unspent };
  }
  const spent = last ? unspent : unspent / 2;
  if (expected === null) return { verdict: "inconclusive", next: undefined, unspent };
  const seen = batches >= plan.minimum;
  const verdict = seen ? judge(estimate, { expected, tolerance, errorRate: spent * errorRate }) : "inconclusive";
  const settled = verdict !== "inconclusive";
  return { verdict, next: last || settled ? undefined : step(plan, batches, 2), unspent: unspent - spent };
}

/**
 * The verdicts that a run may have after `batches` mini-batches, the likeliest first. What it was after all interim analyses but
 * the last is not in a record, nor whether it was interrupted: a run with a given number of samples is analysed once, another each
 * time that it has grown twofold, and each analysis leaves half of the error rate to the next. Intervals of a smaller error rate
 * hold those of a larger one, so that only the verdicts at both ends of what may have been spent count.
 */
export function verdictsAfter({ rule, plan, expected, estimate, batches }: Ending): readonly [Verdict, ...Verdict[]] {
  if (expected === null || batches < plan.minimum) return ["inconclusive"];
  const { confidence, tolerance, samples } = rule;
  const judged = (spent: number) => judge(estimate, { expected, tolerance, errorRate: spent * (1 - confidence) });
  const first = judged(1);
  if (samples !== null || first === "inconclusive") return [first];
  let least = 1;
  for (let looked = plan.firstLook; looked <= batches; looked *= 2) least /= 2;
  const last = judged(least);
  return first === last ? [first] : [first, last];
}

/** When a measurement ends, and what agrees. */
export type StoppingRule = Pick<Scenario, "precision" | "confidence" | "samples" | "tolerance">;

export interface Ending extends Pick<Situation, "rule" | "plan" | "expected" | "batches"> {
  readonly estimate: Estimate;
}

export interface Situation {
  readonly rule: StoppingRule;
  readonly plan: Plan;
  /** Δ by the theory; null where there is none, and no verdict. */
  readonly expected: number | null;
  /** Of all interim analyses together. */
  readonly errorRate: number;
  readonly estimate: Estimate | undefined;
  readonly batches: number;
  readonly unspent: number;
}

function step({ batchesPerBlock, budget }: Plan, batches: number, growth: number): number {
  const target = batches * Math.min(LARGEST_STEP, Math.max(SMALLEST_STEP, growth));
  return Math.min(budget, Math.ceil(target / batchesPerBlock) * batchesPerBlock);
}
