import type { Grid } from "../scenario/grid.ts";
import { positionNumbers } from "../scenario/positions.ts";
import { type PlannedCell, planSweep } from "./plan.ts";
import { settling } from "./settling.ts";

/** A grid whose verdicts share an error rate. */
export interface CheckedGrid {
  readonly grid: Grid;
  readonly cells: readonly PlannedCell[];
  /** Of each position. */
  readonly errorRate: number;
}

/**
 * What a check of a grid measures: each scenario until its verdict is conclusive at its share of the error rate `alpha`.
 *
 * Where there is a baseline each is measured as it says itself: it is compared with a measurement like its own, which shares its draws.
 */
export function checkedGrid(
  given: Grid,
  { alpha, hasBaseline }: { readonly alpha: number; readonly hasBaseline: boolean },
): CheckedGrid {
  const errorRate = alpha / positionsIn(given);
  const grid = hasBaseline ? given : settling(given, errorRate);
  return { grid, cells: planSweep(grid).cells, errorRate };
}

/** Positions of all networks of a grid: as many verdicts are passed. */
function positionsIn(grid: Grid): number {
  let positions = 0;
  for (let index = 0; index < grid.size; index++) positions += positionNumbers(grid.cell(index)).length;
  return positions;
}
