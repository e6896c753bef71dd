import type { Cell, CellOutcome, CellRunner } from "../experiment/cells.ts";
import type { Grid } from "../scenario/grid.ts";
import type { PlannedCell } from "./plan.ts";

export interface SweepRun {
  readonly grid: Grid;
  /** The cells to measure, in the order of the grid. */
  readonly cells: readonly PlannedCell[];
  /** Probability that the verdict on one of them is wrong [1 − its confidence]. */
  readonly errorRate?: number | undefined;
  readonly runner: CellRunner;
  readonly signal: AbortSignal;
}

/** Measures the cells; outcomes come as they are ready. A cell's draws depend on its scenario alone. */
export function sweep({ grid, cells, errorRate, runner, signal }: SweepRun): AsyncIterable<CellOutcome> {
  return runner.run(scenarios(), signal);

  function* scenarios(): Generator<Cell> {
    for (const { index, work } of cells) yield { index, work, scenario: grid.cell(index), errorRate };
  }
}

/** The outcomes in the order of the grid; each waits for those before it. After an interruption the rest comes in any order. */
export async function* inGridOrder(
  outcomes: AsyncIterable<CellOutcome>,
  cells: readonly PlannedCell[],
): AsyncGenerator<CellOutcome> {
  const waiting = new Map<number, CellOutcome>();
  let due = 0;
  for await (const outcome of outcomes) {
    waiting.set(outcome.index, outcome);
    for (let next = cells[due]; next !== undefined; next = cells[due]) {
      const ready = waiting.get(next.index);
      if (ready === undefined) break;
      waiting.delete(next.index);
      due++;
      yield ready;
    }
  }
  yield* [...waiting.values()].sort((a, b) => a.index - b.index);
}
