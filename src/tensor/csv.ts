import { parse } from "csv-parse/sync";
import { VshiftError } from "../errors.ts";
import { finite } from "./decode.ts";
import { excerpt, invalidFile } from "./file-error.ts";
import type { NpySource } from "./npy.ts";
import type { Tensor } from "./tensor.ts";

/** The matrix of a CSV file: a row a line, numbers between commas; lines that begin with # are comments. */
export function readCsv({ bytes, name, where }: NpySource): Tensor {
  const numbers: number[] = [];
  let rows = 0;
  let columns = 0;
  parsed(textOf(bytes, where), where, (cells, line) => {
    if (rows > 0 && cells.length !== columns) {
      const problem = `line ${line} has a row of ${cells.length}, and the lines before it have rows of ${columns}`;
      throw invalidFile({ where, problem, hint: "write a row of the matrix on each line" });
    }
    columns = cells.length;
    rows++;
    for (const [column, cell] of cells.entries()) numbers.push(numberOf(cell, { where, line, column: column + 1 }));
  });
  if (rows === 0)
    throw invalidFile({
      where,
      problem: "does not contain any numbers",
      hint: "write a row of the matrix on each line",
    });
  const matrix = { name, shape: [rows, columns], order: "C" } as const;
  return { ...matrix, values: () => finite(Float64Array.from(numbers), { ...matrix, where }) };
}

function textOf(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const problem = "is not UTF-8 text, or is too large";
    throw invalidFile({ where, problem, hint: "save large matrices with numpy.save", cause });
  }
}

/** Calls `take` with each row, and keeps none. */
function parsed(text: string, where: string, take: (cells: readonly string[], line: number) => void): void {
  try {
    parse(text, {
      comment: "#",
      comment_no_infix: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (cells: readonly string[], { lines }) => {
        take(cells, lines);
        return null;
      },
    });
  } catch (cause) {
    if (cause instanceof VshiftError) throw cause;
    const problem = `is not CSV (${excerpt(cause instanceof Error ? cause.message : String(cause))})`;
    throw invalidFile({ where, problem, hint: "separate numbers by commas", cause });
  }
}

interface Cell {
  readonly where: string;
  readonly line: number;
  readonly column: number;
}

/** NaN and infinities pass, and are refused with the matrix's other values. */
function numberOf(text: string, { where, line, column }: Cell): number {
  if (DECIMAL.test(text)) return Number(text);
  if (NOT_FINITE.test(text)) return Number.NaN;
  throw invalidFile({
    where,
    problem: `line ${line}, column ${column}: "${excerpt(text)}" is not a number`,
    hint: "separate numbers such as -0.25 and 1e-3 by commas, and leave out a header",
  });
}

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const NOT_FINITE = /^[-+]?(?:nan|inf|infinity)$/i;
