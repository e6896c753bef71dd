import { createInlineExecutor } from "../../src/executor/inline.ts";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { type GridInput, gridOf } from "../../src/scenario/grid.ts";
import { planSweep } from "../../src/sweep/plan.ts";
import { measureOne } from "../experiment/measured-one.ts";

/** A small sweep: its grid, its planned cells, and the record of each. */
export async function sampleSweep(input: GridInput) {
  const grid = gridOf(input);
  const { cells } = planSweep(grid);
  const executor = createInlineExecutor(createKernel);
  const records: ShiftRecord[] = [];
  for (const { index } of cells) records.push(await measureOne(grid.cell(index), { executor }));
  return { grid, cells, records };
}
