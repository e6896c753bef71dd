import { createCellRunner } from "../executor/cells.ts";
import type { CellOutcome } from "../experiment/cells.ts";
import type { Arrays } from "../scenario/arrays.ts";
import type { Grid } from "../scenario/grid.ts";
import type { Account } from "../sweep/account.ts";
import { type PlannedCell, totalWork } from "../sweep/plan.ts";
import { sweep } from "../sweep/run.ts";
import { startSweepProgress } from "./progress.ts";
import { sayObstacle, sayWorkerLost } from "./say.ts";
import type { Streams } from "./streams.ts";

/** Cells to measure, and who receives their outcomes. */
export interface CellsRun {
  readonly grid: Grid;
  readonly cells: readonly PlannedCell[];
  /** Those that the cells name. */
  readonly arrays: Arrays;
  /** Probability that the verdict on one cell is wrong [1 − its confidence]. */
  readonly errorRate?: number;
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
  threads,
  streams,
  isQuiet,
  account,
  say,
  ...run
}: CellsRun): AsyncGenerator<CellOutcome> {
  sayObstacle(say);
  const runner = createCellRunner({
    threads,
    arrays,
    work: totalWork(run.cells),
    onWorkerLost: (lost) => sayWorkerLost(say, lost),
  });
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
