import { maskPlan } from "../layers/mask-plan.ts";
import { networkBytes } from "../layers/memory.ts";
import { ratioVarianceOf, samplesNeeded } from "../layers/ratio-variance.ts";
import { activationWork } from "../layers/work.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Estimate } from "./estimate.ts";
import { planOf } from "./plan.ts";

/** What measuring a scenario will take, before anything is drawn. For planning: no result depends on it. */
export interface Forecast {
  /** Mini-batches that it will likely draw. */
  readonly batches: number;
  /** Time in that of drawing one activation, about 2 ns on one thread (layers/work.ts). */
  readonly work: number;
  /** Bytes of the arrays of one thread that draws. */
  readonly bytes: number;
  /** Standard error of ln Δ̂ when the whole budget is drawn; infinite where that is too few draws for an interval. */
  readonly leastError: number;
}

/** Work of setting a scenario up: weights, theory, and arrays that are touched for the first time. */
const SETTING_UP = 1e6;

/** Forecasts a scenario: `samplesNeeded`, within the first interim analysis and the budget. Right to a factor of about two. */
export function forecast(scenario: Scenario): Forecast {
  const { width, neurons, batchSize, samples } = scenario;
  const plan = planOf(scenario);
  const masks = maskPlan(scenario);
  const variance = ratioVarianceOf(scenario)(masks);
  const batches =
    samples === null
      ? Math.min(plan.budget, Math.max(plan.firstLook, Math.ceil(samplesNeeded(scenario, variance) / batchSize)))
      : plan.budget;
  return {
    batches,
    work: SETTING_UP + width * (neurons ?? 1) + batches * batchSize * width * activationWork(scenario, masks),
    bytes: networkBytes(scenario, masks.masks),
    leastError: plan.budget < plan.minimum ? Number.POSITIVE_INFINITY : Math.sqrt(variance / (plan.budget * batchSize)),
  };
}

/**
 * Mini-batches that a run will likely have drawn at its end, as far as it has come: `samplesNeeded` by the error that was measured,
 * which falls as 1/√n, instead of the one that was forecast. Never fewer than up to the next interim analysis.
 *
 * target    mini-batches after which that is
 * estimate  undefined where too little is known of the error
 */
export function likelyBatches(
  scenario: Scenario,
  {
    batches,
    target,
    estimate,
  }: { readonly batches: number; readonly target: number; readonly estimate: Estimate | undefined },
): number {
  if (scenario.samples !== null) return target;
  if (estimate === undefined) return Math.max(target, forecast(scenario).batches);
  const variance = estimate.relativeError * estimate.relativeError * batches * scenario.batchSize;
  const needed = Math.ceil(samplesNeeded(scenario, variance) / scenario.batchSize);
  return Math.max(target, Math.min(planOf(scenario).budget, needed));
}
