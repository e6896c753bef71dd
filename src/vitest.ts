import {
  type CheckOptions,
  checkMeasured,
  checkRecord,
  ALPHA as ERROR_RATE,
  type MeasuredCheck,
  TOLERANCE,
} from "./check/check.ts";
import { describeCheck } from "./check/describe.ts";
import type { Measured } from "./check/measured.ts";
import { createExecutor } from "./executor/executor.ts";
import { THREADS } from "./executor/thread-count.ts";
import { measure } from "./experiment/measure.ts";
import type { ShiftRecord } from "./experiment/record.ts";
import { optional, optionsOf } from "./scenario/arguments.ts";
import { ARRAYS, scenarioWithArrays } from "./scenario/array-input.ts";
import type { Arrays } from "./scenario/arrays.ts";
import { isGiven } from "./scenario/refusal.ts";
import type { CompletedInput, Scenario, ScenarioInput } from "./scenario/scenario.ts";

export type { CheckOptions } from "./check/check.ts";
export type { Measured, MeasuredBatches, MeasuredSummary } from "./check/measured.ts";
export type { ScenarioInput } from "./scenario/scenario.ts";

/** How narrow agreement is, and how often a verdict may be wrong. */
export interface TheoryOptions extends Pick<CheckOptions, "tolerance" | "alpha" | "arrays"> {
  /** How many threads measure; see `simulate`. */
  readonly threads?: number;
}

/** What the matchers add to `expect(…)`. */
export interface VshiftMatchers {
  /**
   * Measures the scenario and compares it with its closed form, by equivalence at the error rate alpha (10⁻⁶ by default);
   * samples more while that is inconclusive, up to the scenario's budget. To be awaited.
   */
  toAgreeWithTheory(options?: TheoryOptions): Promise<void>;
  /**
   * Compares measured variances (one a mini-batch, or their means) with the closed form of a scenario, by equivalence at the
   * error rate alpha (10⁻⁶ by default). Where they disagree the message says which mistake would explain it.
   */
  toMatchShift(scenario: ScenarioInput, options?: CheckOptions): void;
}

declare module "vitest" {
  // What is received has any type; vitest's declaration names it.
  interface Matchers<T> extends VshiftMatchers {}
}

/** What `expect.extend` makes of a matcher's result. */
export interface MatcherResult {
  readonly pass: boolean;
  /** The line of a test that fails. */
  readonly message: () => string;
}

/** What `this` is in a matcher. */
export interface MatcherContext {
  readonly isNot?: boolean | undefined;
}

/** A false alarm once in a million: a test that runs a thousand times a day is wrong every three years. */
const ALPHA = 1e-6;

/**
 * Matchers for vitest, and any other test runner with its `expect.extend`:
 *
 *   import { expect } from "vitest";
 *   import { matchers } from "vshift/vitest";
 *
 *   expect.extend(matchers);
 *
 *   await expect({ keep: 0.5, width: 64 }).toAgreeWithTheory({ tolerance: 0.01 });
 *   expect({ trainVariances, testVariances }).toMatchShift({ drop: 0.3, mean: 0.5, batchSize: 128 });
 *
 * An inconclusive verdict fails either way, also behind `.not`. Bad input throws a `VshiftError`.
 */
export const matchers = {
  /** See {@link VshiftMatchers.toAgreeWithTheory}. */
  async toAgreeWithTheory(
    this: MatcherContext,
    scenario: ScenarioInput,
    options: TheoryOptions = {},
  ): Promise<MatcherResult> {
    const { tolerance, alpha = ALPHA, threads = 1, arrays: named } = THEORY_OPTIONS(options);
    const { scenario: complete, arrays } = scenarioWithArrays(scenario, named, (given) =>
      measuredTo(given, { tolerance, alpha }),
    );
    const record = await recordOf(complete, { arrays, threads });
    return resultOf(checkRecord(record, arrays), { isNot: this.isNot === true, what: "the simulated variances" });
  },
  /** See {@link VshiftMatchers.toMatchShift}. */
  toMatchShift(
    this: MatcherContext,
    measured: Measured,
    scenario: ScenarioInput,
    options: CheckOptions = {},
  ): MatcherResult {
    const check = checkMeasured(scenario, measured, { alpha: ALPHA, ...options });
    return resultOf(check, { isNot: this.isNot === true, what: "the measured variances" });
  },
};

const THEORY_OPTIONS = optionsOf<TheoryOptions>({
  tolerance: optional(TOLERANCE),
  alpha: optional(ERROR_RATE),
  arrays: optional(ARRAYS),
  threads: optional(THREADS),
});

async function recordOf(
  scenario: Scenario,
  { arrays, threads }: { readonly arrays: Arrays; readonly threads: number },
): Promise<ShiftRecord> {
  const executor = createExecutor({ threads });
  try {
    const [record] = await measure(scenario, { executor, arrays });
    return record;
  } finally {
    executor.close();
  }
}

/**
 * The scenario with the tolerance and the error rate of the verdict. By default the interval is to be half as wide as the
 * band, so that the first interim analysis is nearly always conclusive.
 */
function measuredTo(
  scenario: CompletedInput,
  { tolerance, alpha }: { readonly tolerance: number | undefined; readonly alpha: number },
): CompletedInput {
  const band = tolerance ?? scenario.tolerance ?? undefined;
  const isOpen = band !== undefined && !isGiven(scenario.precision) && !isGiven(scenario.samples);
  return {
    ...scenario,
    confidence: 1 - alpha,
    ...(band === undefined ? {} : { tolerance: band }),
    ...(isOpen ? { precision: band / 2 } : {}),
  };
}

function resultOf(
  check: MeasuredCheck,
  { isNot, what }: { readonly isNot: boolean; readonly what: string },
): MatcherResult {
  const { verdict } = check.agreement;
  return {
    pass: isNot ? verdict !== "disagrees" : verdict === "agrees",
    message: () => `expected ${what} ${isNot ? "not to agree" : "to agree"} with theory\n\n${describeCheck(check)}`,
  };
}
