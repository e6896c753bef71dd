import type { Executor } from "../experiment/measure.ts";
import { createKernel, kernelsInTurn } from "../kernel/fastest.ts";
import type { WorkerLost } from "./crew.ts";
import { createInlineExecutor } from "./inline.ts";
import { threadsWorth } from "./thread-count.ts";
import type { ThreadsExecutor } from "./threads.ts";

export interface ExecutorOptions {
  /** Threads that compute, the calling one included; ≥ 1. */
  readonly threads: number;
  /** Told when a worker thread was lost; the run goes on without it. */
  readonly onWorkerLost?: (reason: WorkerLost) => void;
}

/**
 * The executor for so many threads, with the fastest kernel there is. Blocks run on this thread until more threads pay; long
 * blocks always run on workers, so that this thread can be interrupted. What threads need is loaded when it is needed.
 */
export function createExecutor({ threads, onWorkerLost = () => {} }: ExecutorOptions): Executor {
  const inline = createInlineExecutor(kernelsInTurn());
  let threaded: Promise<ThreadsExecutor> | undefined;

  function threadsExecutor(): Promise<ThreadsExecutor> {
    threaded ??= loadThreads();
    return threaded;
  }

  async function loadThreads(): Promise<ThreadsExecutor> {
    const [{ createThreadsExecutor }, { WORKER_SOURCE }] = await Promise.all([
      import("./threads.ts"),
      import("./block-worker-source.ts"),
    ]);
    return createThreadsExecutor({ createKernel, workerSource: WORKER_SOURCE, onWorkerLost });
  }

  return {
    async prepare(job) {
      const count = threadsWorth(job.range, threads);
      if (count > 0) (await threadsExecutor()).prepare(job, count);
    },
    async *run(job) {
      const count = threadsWorth(job.range, threads);
      if (count === 0) {
        yield* inline.run(job);
        return;
      }
      yield* (await threadsExecutor()).run(job, count);
    },
    close() {
      // What could not be loaded was an error of the run, and holds nothing.
      threaded?.then(
        (executor) => executor.close(),
        () => {},
      );
    },
  };
}
