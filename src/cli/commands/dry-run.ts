import { printable } from "../../printable.ts";
import { json, ndjson } from "../../report/json.ts";
import { markdownTable } from "../../report/markdown.ts";
import { bytesInWords, grouped, readable, secondsInWords } from "../../report/numbers.ts";
import { textTable } from "../../report/table.ts";
import type { Grid } from "../../scenario/grid.ts";
import { type PlannedCell, totalWork } from "../../sweep/plan.ts";
import type { Rendering } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import type { Format } from "../output.ts";

/** Rows of the table; other formats have all. */
const MOST_ROWS = 20;

/** Seconds that a drawn activation takes on one thread of a usual machine (docs/PERFORMANCE.md), and a process to start. */
const ACTIVATION_SECONDS = 1.9e-9;
const START_SECONDS = 0.1;

/** Bytes that the process takes beside its arrays, and each thread. */
const PROCESS_BYTES = 5e7;
const THREAD_BYTES = 1.5e7;

export interface DryRun {
  readonly grid: Grid;
  readonly cells: readonly PlannedCell[];
  readonly threads: number;
  /** More columns. */
  readonly more?: (cell: PlannedCell) => Readonly<Record<string, string | number | null>>;
}

/** A plan to be delivered. */
export interface PlannedRun {
  readonly render: Rendering<Format>;
  readonly exitCode: number;
}

/** What a sweep would do: its cells, and about the time and the memory that it takes. */
export function dryRun({ grid, cells, threads, more = () => ({}) }: DryRun): PlannedRun {
  const fields = grid.axes.map(({ field }) => field);
  function rowOf(cell: PlannedCell) {
    const { index, batches, work } = cell;
    const scenario = grid.cell(index);
    const varying = Object.fromEntries(fields.map((field) => [field, scenario[field as keyof typeof scenario]]));
    const samples = batches * scenario.batchSize;
    return { cell: index + 1, ...varying, samples, seconds: work * ACTIVATION_SECONDS, ...more(cell) };
  }
  const seconds = START_SECONDS + (totalWork(cells) * ACTIVATION_SECONDS) / threads;
  const bytes = PROCESS_BYTES + threads * (THREAD_BYTES + cells.reduce((most, cell) => Math.max(most, cell.bytes), 0));
  const count = cells.length === 1 ? "1 cell" : `${grouped(cells.length)} cells`;
  const total = `${count}, about ${secondsInWords(seconds)} on ${threads === 1 ? "1 thread" : `${threads} threads`}, ${bytesInWords(bytes)}`;
  const header = cells.slice(0, 1).flatMap((cell) => Object.keys(rowOf(cell)));
  const textOf = (row: ReturnType<typeof rowOf>) => Object.values(row).map(shown);
  return {
    exitCode: EXIT.fine,
    async render(format, paint) {
      switch (format) {
        case "table": {
          const rows = cells.slice(0, MOST_ROWS).map((cell) => textOf(rowOf(cell)));
          const more =
            cells.length > MOST_ROWS ? `  ${paint.faint(`… and ${grouped(cells.length - MOST_ROWS)} more`)}\n` : "";
          return `${textTable(header, rows)}${more}\n  ${paint.strong(total)}\n`;
        }
        case "json":
          return json({ cells: cells.map(rowOf), threads, seconds, bytes });
        case "ndjson":
          return cells.map((cell) => ndjson(rowOf(cell))).join("");
        case "csv":
          return (await import("../../report/csv.ts")).csv(cells.map(rowOf));
        case "markdown":
          return markdownTable(
            header,
            cells.map((cell) => textOf(rowOf(cell))),
          );
      }
    },
  };
}

function shown(value: unknown): string {
  if (typeof value !== "number") return printable(String(value ?? "–"));
  return Number.isInteger(value) ? grouped(value) : readable(value, 3);
}
