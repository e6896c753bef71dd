import { forecast } from "../experiment/plan/forecast.ts";
import { positionId, scenarioId } from "../scenario/canonical.ts";
import type { Grid } from "../scenario/grid.ts";
import { positionNumbers } from "../scenario/positions.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** A cell of a sweep before it is measured. */
export interface PlannedCell {
  /** Its number in the grid. */
  readonly index: number;
  /** Of the records that it gives, one a position. */
  readonly ids: readonly string[];
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
    cells.push(planned(scenario, index, id));
  }
  return { cells, repeated: grid.size - cells.length };
}

/** Scenarios without a grid, each a cell. */
export function planCells(scenarios: readonly Scenario[]): readonly PlannedCell[] {
  return scenarios.map((scenario, index) => planned(scenario, index, scenarioId(scenario)));
}

function planned(scenario: Scenario, index: number, id: string): PlannedCell {
  const { batches, work, bytes, leastError } = forecast(scenario);
  // One literal: of 100,000 objects that others are spread into, V8 keeps the properties in another object each.
  return { index, ids: idsOf(scenario, id), batches, work, bytes, leastError };
}

/** A position without a number has the id of its scenario. */
function idsOf(scenario: Scenario, id: string): readonly string[] {
  const numbers = positionNumbers(scenario);
  // The arrays that map() makes have room for more.
  if (numbers.length === 1 && numbers[0] === null) return [id];
  return numbers.map((number) => (number === null ? id : positionId(scenario, number)));
}

export function totalWork(cells: readonly PlannedCell[]): number {
  return cells.reduce((total, { work }) => total + work, 0);
}
