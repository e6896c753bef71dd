import { createInlineExecutor } from "./executor/inline.ts";
import type { ShiftRecord } from "./experiment/record.ts";
import { measure } from "./experiment/simulate.ts";
import { referenceKernel } from "./kernel/reference.ts";
import { defineScenario } from "./scenario/define.ts";
import type { ScenarioInput } from "./scenario/scenario.ts";

export type { ErrorCode } from "./errors.ts";
export { VshiftError } from "./errors.ts";
export type { RealisedScenario, ShiftRecord } from "./experiment/record.ts";
export type { Sums } from "./experiment/sums.ts";
export type { Verdict } from "./experiment/verdict.ts";
export { defineScenario } from "./scenario/define.ts";
export type { Scenario, ScenarioInput } from "./scenario/scenario.ts";

/**
 * Measures a scenario: draws mini-batches through noise, an optional linear layer and Batch Normalization, and holds the
 * ratio Δ = Var_test / Var_train against its closed form.
 *
 * input    fields of the scenario; those left out take their defaults
 * signal   aborts the run; what was measured until then is the result
 *
 * Takes milliseconds to minutes, growing as (1/precision)², and linearly with width, neurons and samples; memory does not
 * grow with samples. Rejects with a `VshiftError` for bad input. The same input gives the same record everywhere.
 */
export function simulate(
  input: ScenarioInput = {},
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ShiftRecord> {
  // async so that bad input rejects, as everything else that goes wrong does
  return (async () => measure(defineScenario(input), createInlineExecutor(referenceKernel), signal))();
}
