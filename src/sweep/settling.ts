import { settlingPrecision } from "../experiment/check-plan.ts";
import { completeScenario } from "../scenario/complete.ts";
import type { Grid } from "../scenario/grid.ts";
import { inputOf } from "../scenario/input-of.ts";

/** The most that a scenario may ask for, see the table of fields. */
const WIDEST = 0.5;

/**
 * A grid whose cells are measured until their verdict is likely conclusive at an error rate; unchanged where it says itself how
 * long to measure.
 */
export function settling(grid: Grid, errorRate: number): Grid {
  if (grid.given.some((field) => field === "precision" || field === "samples" || field === "batches")) return grid;
  return {
    ...grid,
    cell(index) {
      const scenario = grid.cell(index);
      if (scenario.samples !== null) return scenario;
      const precision = Math.min(WIDEST, settlingPrecision(scenario, errorRate));
      return completeScenario({ ...inputOf(scenario), precision: Number(precision.toPrecision(3)) });
    },
  };
}
