import { ALPHA, USUAL_ALPHA } from "../check/check.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import type { CheckRecord } from "../report/check-record.ts";
import { optional, optionsOf, required } from "../scenario/arguments.ts";
import { ARRAYS, gridWithArrays, ZIP } from "../scenario/array-input.ts";
import type { GridInput } from "../scenario/grid.ts";
import { checkedGrid } from "../sweep/checked-grid.ts";
import { RUN_OPTIONS } from "./simulate.ts";
import { measuredGrid, type SweepOptions } from "./sweep.ts";

export interface CheckGridOptions extends SweepOptions {
  /** Probability that any position is said to disagree although all agree, from 1e-12 to 0.5 [1e-6]. */
  readonly alpha?: number;
  /** Earlier records that the grid is compared with instead of theory; one whose scenario is missing disagrees [none]. */
  readonly baseline?: readonly ShiftRecord[];
}

/**
 * Measures a grid and judges its records as a family, at one error rate for all of them, as `vshift check` does: the record is that of the
 * command's JSON. Where the grid does not say how long to measure, each scenario is measured until its verdict is conclusive.
 *
 * grid  fields of scenarios, each with a value, a list of values, or the text of a range, as for `sweep`
 *
 * Rejects with a `VshiftError` for bad input and for a scenario that cannot be measured, and with the signal's reason when it is aborted.
 */
export async function check(grid: GridInput, options: CheckGridOptions = {}): Promise<CheckRecord> {
  const { alpha = USUAL_ALPHA, arrays: named, zip = [], threads = 1, ...others } = OPTIONS(options);
  const { signal = new AbortController().signal } = others;
  const given = gridWithArrays(grid, zip, named);
  // Most who import the library check nothing.
  const [{ recordsIn }, { checkRecord }, { reportOfGrid }] = await Promise.all([
    import("../experiment/read-record.ts"),
    import("../report/check-record.ts"),
    import("../report/checked.ts"),
  ]);
  const baseline = others.baseline && (await recordsIn(others.baseline, "baseline"));
  const { errorRate, ...checked } = checkedGrid(given.grid, { alpha, hasBaseline: baseline !== undefined });
  const share = baseline === undefined ? { errorRate } : {};
  const records: ShiftRecord[] = [];
  for await (const record of measuredGrid({ ...checked, ...share, arrays: given.arrays, signal, threads })) {
    records.push(record);
  }
  return checkRecord(reportOfGrid(records, { baseline, alpha, errorRate }));
}

const OPTIONS = optionsOf<CheckGridOptions>({
  alpha: optional(ALPHA),
  baseline: optional(
    required({
      accepts: Array.isArray,
      is: "a list of records",
      hint: "give what an earlier sweep returned",
    }),
  ),
  arrays: optional(ARRAYS),
  zip: optional(ZIP),
  ...RUN_OPTIONS,
});
