import { createExecutor } from "./executor/executor.ts";
import { checkedThreads } from "./executor/thread-count.ts";
import { derive, type TheoryRecord } from "./experiment/derive.ts";
import type { ShiftRecord } from "./experiment/record.ts";
import { measure } from "./experiment/simulate.ts";
import { defineScenario } from "./scenario/define.ts";
import type { ScenarioInput } from "./scenario/scenario.ts";

export { type CheckOptions, checkMeasured, type MeasuredCheck } from "./check/check.ts";
export { describeCheck } from "./check/describe.ts";
export type { Diagnosis, VarianceFit } from "./check/diagnose.ts";
export type { Measured, MeasuredBatches, MeasuredSummary } from "./check/measured.ts";
export { type ErrorCode, VshiftError } from "./errors.ts";
export type { TheoryRecord } from "./experiment/derive.ts";
export type { RealisedScenario, ShiftRecord } from "./experiment/record.ts";
export type { Sums } from "./experiment/sums.ts";
export type { Verdict } from "./experiment/verdict.ts";
export { defineScenario } from "./scenario/define.ts";
export type { Scenario, ScenarioInput } from "./scenario/scenario.ts";
export { type Activation, activationMoments } from "./theory/activation.ts";
export { alignment, layerAlignment, type WeightSums } from "./theory/alignment.ts";
export { alphaDropoutNoise, alphaDropoutTheory } from "./theory/alpha-dropout.ts";
export { correlationAfterNoise, lowestCorrelation } from "./theory/correlation.ts";
export { type DerivationSetting, explainShift } from "./theory/derivation.ts";
export { type GeneralSetting, generalTheory } from "./theory/general-shift.ts";
export type { Layer } from "./theory/layer-steps.ts";
export {
  type AlignedSetting,
  alignedTheory,
  type LinearSetting,
  linearShift,
  linearTheory,
  neuronTheories,
} from "./theory/linear-shift.ts";
export { type Mistake, type MistakeKind, type MistakeSetting, mistakes } from "./theory/mistakes.ts";
export type { InputMoments, Moments } from "./theory/moments.ts";
export { type Noise, noiseOfRelativeVariance, relativeVariance } from "./theory/noise.ts";
export { type AffineNoise, type PhaseSetting, phaseVariance } from "./theory/phase-variance.ts";
export { directShift, directTheory, type ShiftTheory } from "./theory/shift.ts";
export type { Step } from "./theory/step.ts";

/**
 * Measures a scenario: draws mini-batches through noise, an optional linear layer and Batch Normalization, and holds the
 * ratio Δ = Var_test / Var_train against its closed form.
 *
 * input    fields of the scenario; those left out take their defaults
 * signal   aborts the run; what was measured until then is the result
 * threads  how many compute, this one included; more than one start only where the work pays for them
 *
 * Takes milliseconds to minutes, growing as (1/precision)², and linearly with width, neurons and samples; memory does not
 * grow with samples. Rejects with a `VshiftError` for bad input. The same input gives the same record everywhere.
 */
export async function simulate(
  input: ScenarioInput = {},
  { signal, threads = 1 }: { readonly signal?: AbortSignal; readonly threads?: number } = {},
): Promise<ShiftRecord> {
  const executor = createExecutor({ threads: checkedThreads(threads) });
  try {
    return await measure(defineScenario(input), { executor, signal });
  } finally {
    executor.close();
  }
}

/** The closed form of a scenario with the steps that lead there; throws a `VshiftError` for bad input. */
export function theory(input: ScenarioInput = {}): TheoryRecord {
  return derive(defineScenario(input));
}
