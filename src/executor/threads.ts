import type { BlockResult, BlockTask, KernelFactory } from "../experiment/block.ts";
import { tasksOf } from "../experiment/plan.ts";
import type { BlockJob } from "../experiment/simulate.ts";
import { type Crew, type CrewOptions, createCrew } from "./crew.ts";
import { latestRunner } from "./latest-runner.ts";

export interface ThreadsOptions extends Pick<CrewOptions, "workerSource" | "onWorkerLost"> {
  readonly createKernel: KernelFactory;
}

export interface ThreadsExecutor {
  /** Runs a job on so many threads, this one included. */
  run(job: BlockJob, threads: number): AsyncIterable<BlockResult>;
  close(): void;
}

/** Largest block that this thread runs beside its workers: while it does, it hears no Ctrl-C. */
const LARGEST_OWN_BLOCK = 4e7;
/** Blocks that may be under way or wait for an earlier one, for each thread: what memory is spent on order. */
const UNDER_WAY = 16;

/** Runs blocks on this thread and on worker threads. A result does not depend on who ran it, or when. */
export function createThreadsExecutor(options: ThreadsOptions): ThreadsExecutor {
  const runHere = latestRunner(options.createKernel);
  let crew: Crew | undefined;
  return {
    async *run({ scenario, range, signal }, threads) {
      if (crew?.scenario !== scenario) {
        crew?.dismiss();
        crew = createCrew({ ...options, scenario });
      }
      crew.enlarge(threads - 1);
      yield* inOrder({
        first: range.from / range.batchesPerBlock,
        tasks: tasksOf(range),
        crew,
        runHere: (task) => runHere(scenario, task),
        sharesWork: range.blockWork <= LARGEST_OWN_BLOCK,
        most: UNDER_WAY * threads,
        signal,
      });
    },
    close() {
      crew?.dismiss();
      crew = undefined;
    },
  };
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
  const abort = new Promise((resolve) => signal?.addEventListener("abort", resolve, { once: true }));
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
      await new Promise((resume) => setImmediate(resume));
    } else if (isAllBegun && begun === due) {
      return;
    } else {
      await Promise.race([crew.news(), abort]);
    }
  }
}
