import { VshiftError } from "../errors.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import type { Grid } from "../scenario/grid.ts";
import { planSweep } from "./plan.ts";

/** The records of a sweep in the order of its grid; a `VshiftError` if one is missing, or is of none of its cells. */
export function inGrid(records: readonly ShiftRecord[], grid: Grid): readonly ShiftRecord[] {
  const { cells } = planSweep(grid);
  const byId = new Map(records.map((record) => [record.id, record]));
  const found = cells.flatMap(({ ids }) => ids.flatMap((id) => byId.get(id) ?? []));
  const missing = cells.filter(({ ids }) => ids.some((id) => !byId.has(id)));
  if (missing.length > 0) {
    const numbers = missing.slice(0, 5).map(({ index }) => index + 1);
    throw new VshiftError({
      code: "invalid-file",
      problem: `${missing.length} of ${cells.length} scenarios are missing (${numbers.join(", ")}${missing.length > 5 ? ", …" : ""})`,
      hint: "add the files of all shards (vshift sweep --dry-run lists the scenarios)",
    });
  }
  if (records.length > found.length) {
    const ids = new Set(cells.flatMap((cell) => cell.ids));
    const foreign = records.find(({ id }) => !ids.has(id));
    throw new VshiftError({
      code: "invalid-file",
      problem: `${foreignCount(records.length - found.length)} not part of this sweep, the first with id ${foreign?.id.slice(0, 12)}…`,
      hint: "leave out their files, or give the flags of the sweep that made them",
    });
  }
  return found;
}

function foreignCount(count: number): string {
  return count === 1 ? "1 record is" : `${count} records are`;
}
