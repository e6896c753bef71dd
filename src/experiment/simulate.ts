import { VshiftError } from "../errors.ts";
import { type BatchNormRun, emptyRun, followedBy, viewAfter } from "../layers/batch-norm.ts";
import { ARRAY_FIELDS, type Arrays, arrayOf, isArrayName, NO_ARRAYS } from "../scenario/arrays.ts";
import { scenarioId } from "../scenario/canonical.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type BlockResult, weightsOf } from "./block.ts";
import { errorFloors } from "./error-floors.ts";
import { estimate } from "./estimate.ts";
import { type Expectation, expectationOf } from "./expectation.ts";
import { type BatchPart, type BatchRange, planOf, planOfPart } from "./plan.ts";
import { realisedScenario, recordOf, type ShiftRecord } from "./record.ts";
import { look } from "./stopping.ts";
import { addSums, NO_SUMS, type Sums } from "./sums.ts";

/** Where blocks are run. */
export interface Executor {
  /** Told what will be run first, so that what takes its time to start can do so meanwhile. */
  prepare(job: Omit<BlockJob, "signal">): Promise<void>;
  /**
   * Runs the blocks of a range. Results come in the order of the blocks, whoever ran them; when the signal is aborted they
   * end early, without an error. A result holds until the next one is asked for: its arrays are then used again.
   */
  run(job: BlockJob): AsyncIterable<BlockResult>;
  /** Gives back what it holds. */
  close(): void;
}

export interface BlockJob {
  readonly scenario: Scenario;
  readonly range: BatchRange;
  /** With those that the scenario names. */
  readonly arrays?: Arrays | undefined;
  readonly signal: AbortSignal | undefined;
}

/** How far a measurement has come. */
export interface Progress {
  readonly sums: Sums;
  /** Mini-batches after which the result is looked at next. */
  readonly target: number;
}

export interface MeasureOptions {
  readonly executor: Executor;
  /** The arrays that the scenario names, and maybe others; none where left out. */
  readonly arrays?: Arrays | undefined;
  /** Measures these mini-batches only, of a scenario with a given number of samples. */
  readonly part?: BatchPart | undefined;
  /** Probability that the verdict is wrong [1 − confidence]. */
  readonly errorRate?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told after each block. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Measures a scenario and compares it with the closed form: measures blocks of mini-batches until the interval is as narrow
 * as asked and the verdict is conclusive, or the budget is spent, or `signal` is aborted (what was measured is then kept).
 *
 * Memory does not grow with the number of samples. Throws a `VshiftError` when nothing that was drawn varied, and the
 * signal's reason when it was aborted before two mini-batches were measured.
 */
export async function measure(
  scenario: Scenario,
  { executor, arrays = NO_ARRAYS, part, errorRate = 1 - scenario.confidence, signal, onProgress }: MeasureOptions,
): Promise<ShiftRecord> {
  const plan = part === undefined ? planOf(scenario) : planOfPart(scenario, part);
  const firstBatch = part?.from ?? 0;
  requireArrays(scenario, arrays);
  await executor.prepare({ scenario, arrays, range: { ...plan, from: firstBatch, to: firstBatch + plan.firstLook } });
  const expectation = expectationOf(scenario, weightsOf(scenario, arrays), arrays);
  const { trainVariance, testVariance, shift } = expectation;
  requireVarianceInTest(scenario, expectation);
  const floors = errorFloors(scenario, expectation.alignment);
  let sums = NO_SUMS;
  let batchNorm: BatchNormRun | undefined;
  let unspent = 1;
  let target: number | undefined = plan.firstLook;
  for (;;) {
    const range = { ...plan, from: firstBatch + sums.n, to: firstBatch + target };
    for await (const block of executor.run({ scenario, arrays, range, signal })) {
      sums = addSums(sums, block.sums);
      batchNorm = followedBy(batchNorm ?? emptyRun(block.batchNorm.runningMean.length), block.batchNorm);
      onProgress?.({ sums, target });
    }
    const interrupted = sums.n < target;
    const estimated = estimate(sums, floors);
    const budget = interrupted ? sums.n : plan.budget;
    const seen = look({
      scenario,
      plan: { ...plan, budget },
      expected: shift,
      errorRate,
      estimate: estimated,
      batches: sums.n,
      unspent,
    });
    if (seen.next === undefined) {
      if (interrupted && estimated === undefined) throw signal?.reason;
      if (estimated === undefined || batchNorm === undefined) throw nothingVaried(scenario, sums.n);
      return recordOf({
        id: scenarioId(scenario),
        scenario: realisedScenario(scenario, expectation),
        theory: { trainVariance, testVariance, shift },
        firstBatch,
        sums,
        estimate: estimated,
        view: viewAfter(batchNorm, scenario.epsilon),
        verdict: seen.verdict,
      });
    }
    unspent = seen.unspent;
    target = seen.next;
  }
}

/** A `VshiftError` where one is missing, before any thread would look for it. */
function requireArrays(scenario: Scenario, arrays: Arrays): void {
  for (const field of ARRAY_FIELDS) arrayOf(scenario, field, arrays);
}

/** Below this fraction of the units' variance, what the weights let through is of the order of single precision's rounding. */
const SMALLEST_FRACTION = 1e-6;

/** Weights can cancel what the units share or what they do not, so that nothing varies at test time and Δ is 0. */
function requireVarianceInTest(scenario: Scenario, { alignment, remaining, shift }: Expectation): void {
  if (remaining >= SMALLEST_FRACTION) return;
  if (isArrayName(scenario.activation)) {
    throw new VshiftError({
      code: "invalid-value",
      field: scenario.testActivation === null ? "activation" : "testActivation",
      problem: `${scenario.testActivation ?? scenario.activation} leaves only ${Number(remaining.toPrecision(3))} of its variance at test time, too little for single precision`,
      hint: "subtract each unit's mean, or use other weights, because these cancel what the units share",
    });
  }
  throw new VshiftError({
    code: "invalid-value",
    field: "rho",
    problem: `${scenario.rho} with weights of alignment ${alignment} leaves no variance at test time (Δ is ${shift})`,
    hint: "use a `rho` closer to 0, or another `alignment`",
  });
}

function nothingVaried({ batchSize, samples }: Scenario, batches: number): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field: samples === null ? "maxSamples" : "samples",
    problem: `${batches} mini-batches of ${batchSize} have no variance to measure`,
    hint: "run more samples, or use a larger `width`, `keep` or `mean`",
  });
}
