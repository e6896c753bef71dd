import { VshiftError } from "../errors.ts";
import { createExecutor } from "../executor/executor.ts";
import { THREADS } from "../executor/thread-count.ts";
import { derive, type TheoryRecord } from "../experiment/derive.ts";
import { measure, type Records } from "../experiment/measure.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import { optional, optionsOf, SIGNAL } from "../scenario/arguments.ts";
import { ARRAYS, type NamedArrays, scenarioWithArrays } from "../scenario/array-input.ts";
import { USUAL_DEPTH } from "../scenario/define-stack.ts";
import { positionNumbers } from "../scenario/positions.ts";
import { isGiven } from "../scenario/refusal.ts";
import type { Scenario, ScenarioInput } from "../scenario/scenario.ts";

/** How a measurement runs; no result depends on it. */
export interface RunOptions {
  /** Stops the run when it is aborted [never]. */
  readonly signal?: AbortSignal;
  /** Threads that compute, this one included, from 1 to 256 [1]. */
  readonly threads?: number;
}

export interface SimulateOptions extends RunOptions {
  /** The numbers that `activation`, `testActivation`, `weights` and `network` name, as in { "file:x": { shape: [1000, 64], values } } [none]. */
  readonly arrays?: NamedArrays;
}

export const RUN_OPTIONS = { signal: optional(SIGNAL), threads: optional(THREADS) } as const;

const OPTIONS = optionsOf<SimulateOptions>({ arrays: optional(ARRAYS), ...RUN_OPTIONS });

/**
 * Measures a scenario: passes mini-batches through noise, an optional linear layer and Batch Normalization, and compares the
 * ratio Δ = Var_test / Var_train with its closed form.
 *
 * input    fields of the scenario; those left out take their defaults
 * signal   aborts the run; what was measured until then is the result
 * arrays   the numbers that `activation` and `weights` name, as in { "file:x": { shape: [1000, 64], values } }
 * threads  how many compute, this one included; more than one start only where the work pays for them
 *
 * Takes milliseconds to minutes, growing as (1/precision)², and linearly with width, neurons and samples; memory does not
 * grow with samples. Rejects with a `VshiftError` for bad input. The same input gives the same record everywhere.
 */
export async function simulate(input: ScenarioInput = {}, options: SimulateOptions = {}): Promise<ShiftRecord> {
  const { arrays: named, signal, threads = 1 } = OPTIONS(options);
  const executor = createExecutor({ threads });
  try {
    const { scenario, arrays } = scenarioWithArrays(input, named);
    requireOnePosition(scenario);
    const [record] = await measure(scenario, { executor, arrays, signal });
    return record;
  } finally {
    executor.close();
  }
}

function requireOnePosition(scenario: Scenario): void {
  const { depth, network } = scenario;
  if (depth === null && positionNumbers(scenario).length === 1) return;
  throw new VshiftError({
    code: "conflicting-fields",
    field: network === null ? "depth" : "network",
    problem: `${network === null ? `${depth} makes a stack, which` : "has several positions, and"} has a record for each position`,
    hint: "use stack() instead of simulate()",
  });
}

/**
 * Measures a stack of blocks, norm → nonlinearity → noise → linear, or a `network` as text: a record for the input of each norm and one for the output, with
 * the variance shift there, next to theory; the last one has how far the outputs at test time are from the
 * noise-averaged training output and from noise-free statistics.
 *
 * input  fields of the scenario; `depth` is 8 where it is left out, and no `network` says the layers
 *
 * Takes about 4·10⁻¹¹ s for each of (3·batches + 168)·batchSize·depth·width² multiply-adds on one thread, with fewer than 64 batches
 * 6·batches or so; memory grows with depth·width² and batchSize·width. Rejects with a `VshiftError` for bad input. The same input gives the same records
 * everywhere.
 */
export async function stack(input: ScenarioInput = {}, options: SimulateOptions = {}): Promise<Records> {
  const { arrays: named, signal, threads = 1 } = OPTIONS(options);
  const executor = createExecutor({ threads });
  try {
    const { scenario, arrays } = scenarioWithArrays(input, named, (given) =>
      isGiven(given.network) ? given : { depth: USUAL_DEPTH, ...given },
    );
    return await measure(scenario, { executor, arrays, signal });
  } finally {
    executor.close();
  }
}

/** The closed form of a scenario with the steps that lead there; throws a `VshiftError` for bad input. */
export function theory(input: ScenarioInput = {}, options: Pick<SimulateOptions, "arrays"> = {}): TheoryRecord {
  const { scenario, arrays } = scenarioWithArrays(input, THEORY_OPTIONS(options).arrays);
  return derive(scenario, arrays);
}

const THEORY_OPTIONS = optionsOf<Pick<SimulateOptions, "arrays">>({ arrays: optional(ARRAYS) });
