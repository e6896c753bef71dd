import { VshiftError } from "../errors.ts";
import { checkedThreads } from "../executor/thread-count.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import { gridWithArrays, type NamedArrays } from "../scenario/array-input.ts";
import type { GridInput } from "../scenario/grid.ts";
import { planSweep, totalWork } from "../sweep/plan.ts";
import { inGridOrder, sweep as measured } from "../sweep/run.ts";
import type { RunOptions } from "./simulate.ts";

export interface SweepOptions extends RunOptions {
  /** The numbers that `activation` and `weights` name. */
  readonly arrays?: NamedArrays;
  /** Fields whose values go in pairs, as in [["keep", "width"]]; the others make a product [none]. */
  readonly zip?: readonly (readonly string[])[];
}

/**
 * Measures a grid of scenarios: each field has a value, a list of values, or the text of a range, as in { keep: "0.1:0.9:0.1", width: [64, 512] }.
 *
 * Gives the records in the order of the grid, the first field of the table of fields slowest, each as soon as those before it are there;
 * a stack or a network has one for each position. Scenarios that occur more than once are measured once. Who stops reading, stops the work.
 *
 * Memory does not grow with samples. Throws a `VshiftError` for bad input before anything is measured, and for a scenario that cannot be
 * measured when it is due; the signal's reason when it is aborted.
 */
export async function* sweep(
  grid: GridInput,
  { arrays: named, zip = [], signal = new AbortController().signal, threads = 1 }: SweepOptions = {},
): AsyncGenerator<ShiftRecord, void> {
  const count = checkedThreads(threads);
  const { grid: scenarios, arrays } = gridWithArrays(grid, zip, named);
  const { cells } = planSweep(scenarios);
  const { createCellRunner } = await import("../executor/cells.ts");
  const runner = createCellRunner({ threads: count, arrays, work: totalWork(cells) });
  try {
    for await (const outcome of inGridOrder(measured({ grid: scenarios, cells, runner, signal }), cells)) {
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
