import { KERNEL_FINGERPRINT } from "../kernel/fingerprint.ts";
import { type BatchNormRun, viewAfter } from "../layers/batch-norm.ts";
import { maskPlan } from "../layers/mask-plan.ts";
import { scenarioId } from "../scenario/canonical.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { ShiftTheory } from "../theory/shift.ts";
import { type Estimate, intervalFactor } from "./estimate.ts";
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

/** One measurement, held against the closed form. Plain data with no clock in it: the same run gives the same bytes. */
export interface ShiftRecord {
  readonly schema: typeof RECORD_SCHEMA;
  /** Identity of the bits that the kernel draws; sums of different kernels cannot be merged. */
  readonly kernel: string;
  /** Identity of the scenario. */
  readonly id: string;
  readonly scenario: RealisedScenario;
  readonly theory: ShiftTheory;
  readonly measured: {
    readonly trainVariance: number;
    readonly testVariance: number;
    readonly shift: number;
    readonly standardError: number;
    readonly interval: readonly [number, number];
    readonly confidence: number;
    readonly runningMean: number;
    readonly runningVariance: number;
    readonly runningShift: number | null;
    readonly outputMean: number;
    readonly outputVariance: number;
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

export function realisedScenario(scenario: Scenario, { input, alignment }: Expectation): RealisedScenario {
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

export function recordOf({ scenario, expectation, sums, estimate, batchNorm, verdict }: RecordParts): ShiftRecord {
  const { trainVariance, testVariance, shift } = expectation;
  const factor = intervalFactor(estimate, 1 - scenario.confidence);
  return {
    schema: RECORD_SCHEMA,
    kernel: KERNEL_FINGERPRINT,
    id: scenarioId(scenario),
    scenario: realisedScenario(scenario, expectation),
    theory: { trainVariance, testVariance, shift },
    measured: {
      trainVariance: estimate.trainVariance,
      testVariance: estimate.testVariance,
      shift: estimate.shift,
      standardError: estimate.shift * estimate.relativeError,
      interval: [estimate.shift / factor, estimate.shift * factor],
      confidence: scenario.confidence,
      ...viewAfter(batchNorm, scenario.epsilon),
      batches: sums.n,
      samples: sums.n * scenario.batchSize,
    },
    agreement: { deviation: estimate.shift / shift - 1, tolerance: scenario.tolerance, verdict },
    sums,
  };
}

export interface RecordParts {
  readonly scenario: Scenario;
  readonly expectation: Expectation;
  readonly sums: Sums;
  readonly estimate: Estimate;
  readonly batchNorm: BatchNormRun;
  readonly verdict: Verdict;
}
