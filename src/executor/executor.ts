import type { Executor } from "../experiment/simulate.ts";
import { createKernel } from "../kernel/fastest.ts";
import type { WorkerLost } from "./crew.ts";
import { createInlineExecutor } from "./inline.ts";
import type { ThreadsExecutor } from "./threads.ts";

export interface ExecutorOptions {
  /** Threads that compute, the calling one included; ≥ 1. */
  readonly threads: number;
  /** Told when a worker thread was lost; the run goes on without it. */
  readonly onWorkerLost?: (reason: WorkerLost) => void;
}

/**
 * Work, in drawn activations, that one thread more is worth starting for: it is ready after some 20 ms, in which another
 * draws about 15 million.
 */
const WORTH_A_THREAD = 2e7;

/** The executor for so many threads, with the fastest kernel there is. What threads need is loaded when they first pay. */
export function createExecutor({ threads, onWorkerLost = () => {} }: ExecutorOptions): Executor {
  const inline = createInlineExecutor(createKernel);
  let threaded: ThreadsExecutor | undefined;
  return {
    async *run(job) {
      const { from, to, batchesPerBlock, blockWork } = job.range;
      const blocks = Math.ceil((to - from) / batchesPerBlock);
      const worth = Math.min(threads, blocks, Math.floor((blocks * blockWork) / WORTH_A_THREAD));
      if (worth < 2) {
        yield* inline.run(job);
        return;
      }
      if (threaded === undefined) {
        const [{ createThreadsExecutor }, { WORKER_SOURCE }] = await Promise.all([
          import("./threads.ts"),
          import("./worker-source.ts"),
        ]);
        threaded = createThreadsExecutor({ createKernel, workerSource: WORKER_SOURCE, onWorkerLost });
      }
      yield* threaded.run(job, worth);
    },
    close() {
      threaded?.close();
    },
  };
}
