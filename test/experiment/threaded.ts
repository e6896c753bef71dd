import { WORKER_SOURCE } from "../../src/executor/block-worker-source.ts";
import { createThreadsExecutor } from "../../src/executor/threads.ts";
import type { Executor } from "../../src/experiment/measure.ts";
import { createKernel } from "../../src/kernel/fastest.ts";

/** Three threads for any work, however little; a lost worker is an error. To be closed. */
export function createThreaded(): Executor {
  const threads = createThreadsExecutor({
    createKernel,
    workerSource: WORKER_SOURCE,
    onWorkerLost(reason) {
      throw reason;
    },
  });
  return {
    prepare: async (job) => threads.prepare(job, THREADS),
    run: (job) => threads.run(job, THREADS),
    close: threads.close,
  };
}

const THREADS = 3;
