import type { ShiftRecord } from "../experiment/record.ts";
import { recordColumns } from "../report/columns.ts";
import { compareCells } from "../report/compare-cells.ts";
import { columnNamed, type RecordColumn } from "./column-named.ts";

export type RecordOrder = (a: ShiftRecord, b: ShiftRecord) => number;

/**
 * The order that --sort asks for: by the named columns, those with a minus descending; by default, and where they are equal,
 * by all fields of the scenario. Records of the same scenarios come in the same order, however they were made.
 */
export function orderOf(names: string | undefined): RecordOrder {
  const wanted = names === undefined ? [] : names.split(",").map((name) => key(name.trim()));
  const scenario = recordColumns()
    .filter(({ name }) => name.startsWith("scenario.") || name === "measured.firstBatch")
    .map((column): Key => ({ column, sign: 1 }));
  const keys = [...wanted, ...scenario];
  return (a, b) => {
    for (const { column, sign } of keys) {
      const order = compareCells(column.cellOf(a), column.cellOf(b));
      if (order !== 0) return sign * order;
    }
    return 0;
  };
}

interface Key {
  readonly column: RecordColumn;
  readonly sign: 1 | -1;
}

function key(name: string): Key {
  return name.startsWith("-")
    ? { column: columnNamed(name.slice(1), "--sort"), sign: -1 }
    : { column: columnNamed(name, "--sort"), sign: 1 };
}
