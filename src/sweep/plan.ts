import { forecast } from "../experiment/forecast.ts";
import { scenarioId } from "../scenario/canonical.ts";
import type { Grid } from "../scenario/grid.ts";

/** A cell of a sweep before it is measured. */
export interface PlannedCell {
  /** Its number in the grid. */
  readonly index: number;
  readonly id: string;
  /** Mini-batches that it will likely draw, and its work in drawn activations. */
  readonly batches: number;
  readonly work: number;
  /** Bytes of the arrays of a thread that draws it. */
  readonly bytes: number;
  /** Standard error of ln Δ̂ that its budget leaves. */
  readonly leastError: number;
}

export interface SweepPlan {
  /** In the order of the grid; each scenario once. */
  readonly cells: readonly PlannedCell[];
  /** Cells of the grid that are the same scenario as an earlier one. */
  readonly repeated: number;
}

/** Looks at every cell of a grid; throws a `VshiftError` for the first that is not a valid scenario. */
export function planSweep(grid: Grid): SweepPlan {
  const cells: PlannedCell[] = [];
  const seen = new Set<string>();
  for (let index = 0; index < grid.size; index++) {
    const scenario = grid.cell(index);
    const id = scenarioId(scenario);
    if (seen.has(id)) continue;
    seen.add(id);
    cells.push({ index, id, ...forecast(scenario) });
  }
  return { cells, repeated: grid.size - cells.length };
}

export function totalWork(cells: readonly PlannedCell[]): number {
  return cells.reduce((total, { work }) => total + work, 0);
}
