import type { BlockResult, BlockTask, KernelFactory } from "../experiment/block.ts";
import { tasksOf } from "../experiment/plan.ts";
import type { BlockJob } from "../experiment/simulate.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { isLong } from "./block-length.ts";
import { type Crew, type CrewOptions, createCrew } from "./crew.ts";
import { latestRunner } from "./latest-runner.ts";
import { nextTurn } from "./next-turn.ts";

export interface ThreadsOptions extends Pick<CrewOptions, "workerSource" | "onWorkerLost"> {
  readonly createKernel: KernelFactory;
}

export interface ThreadsExecutor {
  /** Starts the threads that a job will want. */
  prepare(job: Omit<BlockJob, "signal">, threads: number): void;
  /** Runs a job on so many threads; this one is among them unless blocks are long. */
  run(job: BlockJob, threads: number): AsyncIterable<BlockResult>;
  close(): void;
}

/** Blocks that may be under way or wait for an earlier one, for each thread, and the bytes that their results may take. */
const UNDER_WAY = 16;
const UNDER_WAY_BYTES = 2 ** 25;

/** Runs blocks on worker threads, and on this one. A result does not depend on who ran it, or when. */
export function createThreadsExecutor(options: ThreadsOptions): ThreadsExecutor {
  const runHere = latestRunner(options.createKernel);
  /** Waits for another range of the scenario of the run before. */
  let idle: Crew | undefined;

  function takeIdle(scenario: Scenario): Crew | undefined {
    const crew = idle;
    idle = undefined;
    if (crew?.scenario === scenario) return crew;
    crew?.dismiss();
    return undefined;
  }

  /** The crew for a job: that of the scenario's range before, or a new one, with as many workers as it wants. */
  function crewFor({ scenario, range }: Omit<BlockJob, "signal">, threads: number): Crew {
    const crew = takeIdle(scenario) ?? createCrew({ ...options, scenario });
    crew.enlarge(isLong(range) ? threads : threads - 1);
    return crew;
  }

  return {
    prepare(job, threads) {
      idle = crewFor(job, threads);
    },
    async *run({ scenario, range, signal }, threads) {
      const crew = crewFor({ scenario, range }, threads);
      const job: Job = {
        first: range.from / range.batchesPerBlock,
        tasks: tasksOf(range),
        crew,
        runHere: (task) => runHere(scenario, task),
        sharesWork: !isLong(range),
        most: Math.max(2 * threads, Math.min(UNDER_WAY * threads, UNDER_WAY_BYTES / resultBytes(scenario))),
        signal,
      };
      try {
        yield* inOrder(job);
        if (signal?.aborted !== true) {
          idle?.dismiss();
          idle = crew;
        }
      } finally {
        // A run that was aborted, or left by its reader, has blocks under way that no later run may find.
        if (idle !== crew) crew.dismiss();
      }
    },
    close() {
      idle?.dismiss();
      idle = undefined;
    },
  };
}

/** Four statistics of each channel. */
function resultBytes({ neurons, width }: Scenario): number {
  return 4 * 8 * (neurons ?? width);
}

interface Job {
  /** The first block. */
  readonly first: number;
  readonly tasks: Iterator<BlockTask>;
  readonly crew: Crew;
  readonly runHere: (task: BlockTask) => BlockResult;
  /** Whether this thread runs blocks though it has workers. */
  readonly sharesWork: boolean;
  readonly most: number;
  readonly signal: AbortSignal | undefined;
}

/** Hands out the tasks and gives their results in the order of the blocks. */
async function* inOrder({ first, tasks, crew, runHere, sharesWork, most, signal }: Job): AsyncGenerator<BlockResult> {
  const finished = new Map<number, BlockResult>();
  const again: BlockTask[] = [];
  let due = first;
  let begun = first;
  let isAllBegun = false;

  function nextTask(): BlockTask | undefined {
    const repeated = again.pop();
    if (repeated !== undefined || begun - due >= most) return repeated;
    const { done, value } = tasks.next();
    if (done === true) {
      isAllBegun = true;
      return undefined;
    }
    begun++;
    return value;
  }

  for (;;) {
    const news = crew.collect();
    for (const result of news.results) finished.set(result.block, result);
    again.push(...news.lost);
    for (let result = finished.get(due); result !== undefined; result = finished.get(due)) {
      finished.delete(due);
      due++;
      yield result;
    }
    if (signal?.aborted) return;
    for (let task = crew.hasRoom() ? nextTask() : undefined; task !== undefined; ) {
      crew.give(task);
      task = crew.hasRoom() ? nextTask() : undefined;
    }
    const own = sharesWork || crew.isGone() ? nextTask() : undefined;
    if (own !== undefined) {
      finished.set(own.block, runHere(own));
      await nextTurn();
    } else if (isAllBegun && begun === due) {
      return;
    } else {
      await newsOrAbort(crew, signal);
    }
  }
}

/** Waits for news of the crew, or for the signal; a signal that outlives many runs keeps no trace of them. */
async function newsOrAbort(crew: Crew, signal: AbortSignal | undefined): Promise<void> {
  let stopListening = () => {};
  const abort = new Promise<void>((resolve) => {
    const hear = () => resolve();
    signal?.addEventListener("abort", hear);
    stopListening = () => signal?.removeEventListener("abort", hear);
  });
  await Promise.race([crew.news(), abort]);
  stopListening();
}
