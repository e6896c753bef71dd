import { bytesInWords, counted, grouped, readable, secondsInWords } from "../../report/numbers.ts";
import { strong } from "../../report/phrase.ts";
import { fieldIn, variablesOfAxis } from "../../report/variables.ts";
import type { Grid } from "../../scenario/grid.ts";
import { type PlannedCell, totalWork } from "../../sweep/plan.ts";
import type { Outcome } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";

/** Rows of the table; other formats have all. */
const MOST_ROWS = 20;

/** Seconds that a drawn activation takes on one thread of a usual machine (docs/PERFORMANCE.md), and a process to start. */
export const ACTIVATION_SECONDS = 1.9e-9;
const START_SECONDS = 0.1;

/** Bytes that the process takes in addition to its arrays, and each thread. */
const PROCESS_BYTES = 5e7;
const THREAD_BYTES = 1.5e7;

export interface DryRun {
  readonly grid: Grid;
  readonly cells: readonly PlannedCell[];
  readonly threads: number;
  /** More columns. */
  readonly more?: (cell: PlannedCell) => Readonly<Record<string, string | number | null>>;
}

/** What a sweep would do: its cells, and about the time and the memory that it takes. */
export function dryRun({ grid, cells, threads, more = () => ({}) }: DryRun): Outcome {
  const fields = grid.axes.flatMap(({ field, values }): readonly string[] =>
    field === "variables" ? variablesOfAxis(values) : [field],
  );
  function rowOf(cell: PlannedCell) {
    const { index, batches, work } = cell;
    const scenario = grid.cell(index);
    const varying = Object.fromEntries(fields.map((field) => [field, fieldIn(scenario, field)]));
    const samples = batches * scenario.batchSize;
    return { cell: index + 1, ...varying, samples, seconds: work * ACTIVATION_SECONDS, ...more(cell) };
  }
  const seconds = START_SECONDS + (totalWork(cells) * ACTIVATION_SECONDS) / threads;
  const bytes = PROCESS_BYTES + threads * (THREAD_BYTES + cells.reduce((most, cell) => Math.max(most, cell.bytes), 0));
  const count = counted(cells.length, "scenario");
  const total = `${count}, about ${secondsInWords(seconds)} on ${counted(threads, "thread")}, ${bytesInWords(bytes)}`;
  const header = cells.slice(0, 1).flatMap((cell) => Object.keys(rowOf(cell)));
  const rows = cells.map(rowOf);
  return {
    exitCode: EXIT.fine,
    document: {
      conclusion: strong(total),
      blocks: [
        {
          kind: "table",
          columns: header.map((name) => ({ name })),
          rows: rows.map((row) => Object.values(row).map(shown)),
          shown: MOST_ROWS,
          rest: (count) => `… and ${counted(count, "more scenario")}`,
        },
      ],
      data: { kind: "values", json: { cells: rows, threads, seconds, bytes }, lines: rows, rows: () => rows },
    },
  };
}

function shown(value: unknown): string {
  if (typeof value !== "number") return String(value ?? "–");
  return Number.isInteger(value) ? grouped(value) : readable(value, 3);
}
