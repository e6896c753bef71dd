import { detectableDeviation } from "../../experiment/check-plan.ts";
import { toleranceAt } from "../../experiment/position-theory.ts";
import { percent } from "../../report/numbers.ts";
import { positionNumbers } from "../../scenario/positions.ts";
import type { CheckedGrid } from "../../sweep/checked-grid.ts";
import type { PlannedCell } from "../../sweep/plan.ts";
import type { Outcome } from "../deliver.ts";
import { dryRun } from "./dry-run.ts";

/** What a check would do: as a sweep's dry run, with the smallest deviation that each cell detects with 99.9 % power. */
export function checkPlan({ errorRate, ...run }: CheckedGrid & { readonly threads: number }): Outcome {
  return dryRun({
    ...run,
    more: (cell) => ({ detects: detects({ ...run, cell, errorRate }) ?? null }),
  });
}

/** A line on cells whose budget is too small for a verdict; undefined if there are none. */
export function unsettled({ grid, cells, errorRate }: CheckedGrid): string | undefined {
  const hopeless = cells.filter((cell) => detects({ grid, cell, errorRate }) === undefined);
  const [first] = hopeless;
  if (first === undefined) return undefined;
  const { tolerance, maxSamples, samples } = grid.cell(first.index);
  const budget = samples === null ? `--max-samples ${maxSamples}` : `--samples ${samples}`;
  return `${budget} is likely too few for a conclusive verdict on ${hopeless.length} of ${cells.length} scenarios at tolerance ${percent(tolerance)} (first: scenario ${first.index + 1}); allow more, or use a wider --tolerance`;
}

function detects({ grid, cell, errorRate }: Pick<CheckedGrid, "grid" | "errorRate"> & { readonly cell: PlannedCell }) {
  const scenario = grid.cell(cell.index);
  // The last position of a stack may deviate most, and needs most samples.
  const tolerance = toleranceAt(scenario, positionNumbers(scenario).at(-1) ?? null);
  return detectableDeviation({ tolerance }, { errorRate, standardError: cell.leastError });
}
