import { VshiftError } from "../errors.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import { optional, optionsOf } from "../scenario/arguments.ts";
import { ARRAYS, gridWithArrays, type NamedArrays, ZIP } from "../scenario/array-input.ts";
import type { Arrays } from "../scenario/arrays.ts";
import type { Grid, GridInput } from "../scenario/grid.ts";
import { type PlannedCell, planSweep, totalWork } from "../sweep/plan.ts";
import { inGridOrder, sweep as measured } from "../sweep/run.ts";
import { RUN_OPTIONS, type RunOptions } from "./simulate.ts";

export interface SweepOptions extends RunOptions {
  /** The numbers that `activation`, `testActivation`, `weights` and `network` name, as for `simulate` [none]. */
  readonly arrays?: NamedArrays;
  /** Fields whose values go in pairs, as in [["keep", "width"]]; the others make a product [none]. */
  readonly zip?: readonly (readonly string[])[];
}

const OPTIONS = optionsOf<SweepOptions>({ arrays: optional(ARRAYS), zip: optional(ZIP), ...RUN_OPTIONS });

/**
 * Measures a grid of scenarios: each field has a value, a list of values, or the text of a range, as in { keep: "0.1:0.9:0.1", width: [64, 512] }.
 *
 * Gives the records in the order of the grid, the first field of the table of fields slowest, each as soon as those before it are there;
 * a stack or a network has one for each position. Scenarios that occur more than once are measured once. Who stops reading, stops the work.
 *
 * Memory does not grow with samples. Throws a `VshiftError` for bad arguments and values at the call. Of the generator, the first `next()` rejects
 * where fields of a scenario contradict each other, before anything is measured; a later one with a `VshiftError` for a scenario that cannot be
 * measured when it is due, and with the signal's reason when it is aborted.
 */
export function sweep(grid: GridInput, options: SweepOptions = {}): AsyncGenerator<ShiftRecord, void> {
  const { arrays: named, zip = [], signal = new AbortController().signal, threads = 1 } = OPTIONS(options);
  return measuredGrid({ ...gridWithArrays(grid, zip, named), signal, threads });
}

/** A grid to measure, and how. */
export interface GridRun {
  readonly grid: Grid;
  readonly arrays: Arrays;
  readonly signal: AbortSignal;
  readonly threads: number;
  /** The cells, if they are planned already. */
  readonly cells?: readonly PlannedCell[];
  /** Probability that the verdict on a scenario is wrong [1 − its confidence]. */
  readonly errorRate?: number;
}

/** The records of a grid in its order. */
export async function* measuredGrid({
  grid,
  arrays,
  signal,
  threads,
  cells: planned,
  errorRate,
}: GridRun): AsyncGenerator<ShiftRecord, void> {
  const cells = planned ?? planSweep(grid).cells;
  const { createCellRunner } = await import("../executor/cells.ts");
  const runner = createCellRunner({ threads, arrays, work: totalWork(cells) });
  try {
    for await (const outcome of inGridOrder(measured({ grid, cells, runner, signal, errorRate }), cells)) {
      if ("error" in outcome) throw inCell(outcome.error, outcome.index);
      yield* outcome.records;
    }
    signal.throwIfAborted();
  } finally {
    runner.close();
  }
}

function inCell(error: ConstructorParameters<typeof VshiftError>[0], index: number): VshiftError {
  return new VshiftError({ ...error, problem: `${error.problem} (scenario ${index + 1} of the grid)` });
}
