import { wholeBytes } from "../../forward/whole.ts";
import { networkOf } from "../../network/of-scenario.ts";
import { workOfGraph } from "../../notation/work.ts";
import { isNetwork, writtenNetwork } from "../../scenario/define-network.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { isWhole } from "../../scenario/test-time.ts";
import type { Estimate } from "../estimate.ts";
import { segmentBytes } from "./memory.ts";
import { type Plan, passesOf, planOf } from "./plan.ts";
import { ratioVarianceOf, samplesNeeded } from "./ratio-variance.ts";
import { activationWork } from "./work.ts";

/** What measuring a scenario will take, before anything is drawn. For planning: no result depends on it. */
export interface Forecast {
  /** Mini-batches that it will likely draw. */
  readonly batches: number;
  /** Time in that of drawing one activation, about 2 ns on one thread (plan/work.ts). */
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
  return forecastOf(scenario, planOf(scenario));
}

function forecastOf(scenario: Scenario, plan: Plan): Forecast {
  const { width, neurons, batchSize, samples } = scenario;
  const variance = varianceOf(scenario, plan);
  const needed = () => Math.max(plan.firstLook, Math.ceil(samplesNeeded(scenario, variance) / batchSize));
  const batches = samples === null ? Math.min(plan.budget, needed()) : plan.budget;
  const leastError =
    plan.budget < plan.minimum ? Number.POSITIVE_INFINITY : Math.sqrt(variance / (plan.budget * batchSize));
  if (isWhole(scenario)) return { batches, leastError, ...costOfWhole(scenario, { plan, batches }) };
  const { masks } = plan;
  return {
    batches,
    work: SETTING_UP + width * (neurons ?? 1) + batches * batchSize * width * activationWork(scenario, masks),
    bytes: segmentBytes({ ...scenario, masks }),
    leastError,
  };
}

/** Variance of ln Δ̂ in units of 1/samples; at the last position, to which each block adds that of a mean over its channels. */
function varianceOf(scenario: Scenario, { masks }: Plan): number {
  if (isNetwork(scenario)) {
    const { nodes } = writtenNetwork(scenario.network).graph;
    const weighted = nodes.filter(({ layer }) => layer.kind === "linear" || layer.kind === "conv");
    return 4 * weighted.reduce((sum, { shape }) => sum + 1 / shape.channels, 1 / scenario.width);
  }
  return scenario.depth === null ? ratioVarianceOf(scenario)(masks) : (4 * scenario.depth) / scenario.width;
}

/** A precision takes a second round: what was measured in the first one is measured again with better statistics. */
function costOfWhole(scenario: Scenario, { plan, batches }: { readonly plan: Plan; readonly batches: number }) {
  const { batchSize } = scenario;
  const first = batches > plan.firstLook ? passesOf(plan.firstLook, scenario) : 0;
  const rounds = first + passesOf(batches, scenario);
  return {
    work: SETTING_UP + weightsOf(scenario) + (rounds * plan.blockWork) / plan.batchesPerBlock,
    bytes: wholeBytes({ network: networkOf(scenario), batchSize }),
  };
}

function weightsOf(scenario: Scenario): number {
  if (isNetwork(scenario)) return workOfGraph(writtenNetwork(scenario.network).graph).weights;
  const { width, depth } = scenario;
  return (depth ?? 1) * width * width;
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
  plan: Plan,
  {
    batches,
    target,
    estimate,
  }: { readonly batches: number; readonly target: number; readonly estimate: Estimate | undefined },
): number {
  if (scenario.samples !== null) return target;
  if (estimate === undefined) return Math.max(target, forecastOf(scenario, plan).batches);
  const variance = estimate.relativeError * estimate.relativeError * batches * scenario.batchSize;
  const needed = Math.ceil(samplesNeeded(scenario, variance) / scenario.batchSize);
  return Math.max(target, Math.min(plan.budget, needed));
}
