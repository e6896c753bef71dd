import { VshiftError } from "../errors.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import type { Cell } from "../report/columns.ts";
import { compareCells } from "../report/compare-cells.ts";
import { typed } from "../scenario/typed.ts";
import { columnNamed } from "./column-named.ts";

export type RecordFilter = (record: ShiftRecord) => boolean;

const CONDITION = /^\s*(\$?[\w.-]+)\s*(<=|>=|!=|=|<|>)\s*(.*?)\s*$/;

/** Reads a condition such as "keep>=0.5" or "verdict=disagrees"; text is compared as text, null equals nothing but "null". */
export function filterOf(text: string): RecordFilter {
  const [, name, operator, given] = CONDITION.exec(text) ?? [];
  if (name === undefined || operator === undefined || given === undefined || given === "") {
    throw wrong(`${JSON.stringify(text)} is not a condition`);
  }
  const column = columnNamed(name, "--filter");
  const { type } = column;
  const value: Cell = given === "null" ? null : type === "text" ? given : typed("number", given);
  if (type !== "text" && type !== "any" && typeof value === "string")
    throw wrong(`${JSON.stringify(given)} is not a number, and ${name} is one`);
  const holds = OPERATORS[operator as keyof typeof OPERATORS];
  return (record) => {
    const cell = column.cellOf(record);
    if (cell === null || value === null) return operator === "=" ? cell === value : operator === "!=" && cell !== value;
    // A variable may be a number in one record and a word in another.
    if (typeof cell !== typeof value) return operator === "!=";
    return holds(compareCells(cell, value));
  };
}

const OPERATORS = {
  "=": (order: number) => order === 0,
  "!=": (order: number) => order !== 0,
  "<": (order: number) => order < 0,
  "<=": (order: number) => order <= 0,
  ">": (order: number) => order > 0,
  ">=": (order: number) => order >= 0,
};

function wrong(problem: string): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field: "--filter",
    problem,
    hint: "write for example 'keep>=0.5' or 'verdict=disagrees', in quotes",
  });
}
