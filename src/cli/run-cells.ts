import { createCellRunner } from "../executor/cells.ts";
import type { CellOutcome, CellRunner } from "../experiment/cells.ts";
import type { Server } from "../queue/server.ts";
import type { Arrays } from "../scenario/arrays.ts";
import type { Grid } from "../scenario/grid.ts";
import type { Account } from "../sweep/account.ts";
import { type PlannedCell, totalWork } from "../sweep/plan.ts";
import { sweep } from "../sweep/run.ts";
import { startSweepProgress } from "./progress.ts";
import { sayObstacle, sayWorkerLost } from "./say.ts";
import type { Streams } from "./streams.ts";

/** A queue for the work of a run. */
export interface Queue {
  readonly server: Server;
  readonly plan: readonly PlannedCell[];
}

/** Cells to measure, and who receives their outcomes. */
export interface CellsRun {
  readonly grid: Grid;
  readonly cells: readonly PlannedCell[];
  /** Those that the cells name. */
  readonly arrays: Arrays;
  /** Probability that the verdict on one cell is wrong [1 − its confidence]. */
  readonly errorRate?: number;
  /** The queue whose workers measure, and all cells of the run, done or not; this process measures where left out. */
  readonly queue?: Queue | undefined;
  readonly threads: number;
  readonly streams: Streams;
  readonly isQuiet: boolean;
  /** Keeps count of what comes. */
  readonly account: Account;
  readonly say: (words: string) => void;
}

/** Measures cells side by side, with a progress bar on a terminal; outcomes come as they are ready, until an interruption. */
export async function* runCells({
  arrays,
  queue,
  threads,
  streams,
  isQuiet,
  account,
  say,
  ...run
}: CellsRun): AsyncGenerator<CellOutcome> {
  const runner = await runnerOf({ ...run, arrays, queue, threads, say });
  const bar = startSweepProgress(account.progress(), { stderr: streams.stderr, isQuiet });
  try {
    for await (const outcome of sweep({ ...run, runner, signal: streams.interrupt })) {
      account.take(outcome);
      bar.report(account.progress());
      yield outcome;
    }
  } finally {
    bar.end();
    runner.close();
  }
}

async function runnerOf({
  grid,
  cells,
  errorRate,
  arrays,
  queue,
  threads,
  say,
}: Omit<CellsRun, "streams" | "isQuiet" | "account">): Promise<CellRunner> {
  if (queue !== undefined) {
    const { createQueueRunner } = await import("../queue/cells.ts");
    return createQueueRunner(queue.server, { grid, plan: queue.plan, errorRate, arrays }, say);
  }
  sayObstacle(say);
  return createCellRunner({
    threads,
    arrays,
    work: totalWork(cells),
    onWorkerLost: (lost) => sayWorkerLost(say, lost),
  });
}
