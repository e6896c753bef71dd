import { KERNEL_FINGERPRINT } from "../kernel/fingerprint.ts";
import { maskPlan } from "../layers/mask-plan.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { ShiftTheory } from "../theory/shift.ts";
import { type Estimate, intervalOf } from "./estimate.ts";
import type { Expectation } from "./expectation.ts";
import type { Sums } from "./sums.ts";
import type { Verdict } from "./verdict.ts";

export const RECORD_SCHEMA = "vshift.record/1";

/** A scenario as it was run: with what follows from its fields, and what the draw of its weights made of them. */
export interface RealisedScenario extends Scenario {
  /** Mean, variance and pairwise correlation of the input itself; with relu they differ from those of z. */
  readonly inputMean: number;
  readonly inputVariance: number;
  readonly inputRho: number;
  /** The alignment that was asked for, if any; `alignment` is that of the realised weights, Σ(Σw)²/ΣΣw² over neurons. */
  readonly targetAlignment: number | null;
  /** Masks that each mini-batch goes through training with. */
  readonly maskCount: number;
}

/** One measurement, compared with the closed form. Plain data with no clock in it: the same run gives the same bytes. */
export interface ShiftRecord {
  readonly schema: typeof RECORD_SCHEMA;
  /** The engine version: identity of the bits that are drawn. Sums of different versions cannot be merged. */
  readonly kernel: string;
  /** Identity of the scenario. */
  readonly id: string;
  readonly scenario: RealisedScenario;
  readonly theory: ShiftTheory;
  readonly measured: {
    readonly trainVariance: number;
    readonly testVariance: number;
    readonly shift: number;
    /** Null, with the interval, where too little was seen to know it. */
    readonly standardError: number | null;
    readonly interval: readonly [number, number] | null;
    readonly confidence: number;
    readonly runningMean: number;
    readonly runningVariance: number;
    readonly runningShift: number | null;
    /** Null in a record that was put together from several. */
    readonly outputMean: number | null;
    readonly outputVariance: number | null;
    /** Number of the first mini-batch: 0 unless this is a part of a longer run. */
    readonly firstBatch: number;
    readonly batches: number;
    readonly samples: number;
  };
  readonly agreement: {
    /** Δ̂/Δ − 1. */
    readonly deviation: number;
    readonly tolerance: number;
    readonly verdict: Verdict;
  };
  readonly sums: Sums;
}

/** BN's statistics as a record has them. */
export type RecordView = Pick<
  ShiftRecord["measured"],
  "runningMean" | "runningVariance" | "runningShift" | "outputMean" | "outputVariance"
>;

export function realisedScenario(
  scenario: Scenario,
  { input, alignment }: Pick<Expectation, "input" | "alignment">,
): RealisedScenario {
  return {
    ...scenario,
    inputMean: input.mean,
    inputVariance: input.variance,
    inputRho: input.correlation,
    alignment,
    targetAlignment: scenario.alignment,
    maskCount: maskPlan(scenario).masks,
  };
}

/** The scenario that was asked for, without what its run added. */
export function scenarioOf({ scenario }: ShiftRecord): Scenario {
  const { inputMean, inputVariance, inputRho, targetAlignment, maskCount, ...asked } = scenario;
  return { ...asked, alignment: targetAlignment };
}

export function recordOf({
  id,
  scenario,
  theory,
  firstBatch,
  sums,
  estimate,
  view,
  verdict,
}: RecordParts): ShiftRecord {
  const interval = intervalOf(estimate, 1 - scenario.confidence);
  return {
    schema: RECORD_SCHEMA,
    kernel: KERNEL_FINGERPRINT,
    id,
    scenario,
    theory,
    measured: {
      trainVariance: estimate.trainVariance,
      testVariance: estimate.testVariance,
      shift: estimate.shift,
      standardError: interval === null ? null : estimate.shift * estimate.relativeError,
      interval,
      confidence: scenario.confidence,
      runningMean: view.runningMean,
      runningVariance: view.runningVariance,
      runningShift: view.runningShift,
      outputMean: view.outputMean,
      outputVariance: view.outputVariance,
      firstBatch,
      batches: sums.n,
      samples: sums.n * scenario.batchSize,
    },
    agreement: { deviation: estimate.shift / theory.shift - 1, tolerance: scenario.tolerance, verdict },
    sums,
  };
}

export interface RecordParts extends Pick<ShiftRecord, "id" | "scenario" | "theory" | "sums"> {
  readonly firstBatch: number;
  readonly estimate: Estimate;
  readonly view: RecordView;
  readonly verdict: Verdict;
}
