import type { Executor } from "../experiment/simulate.ts";
import { createKernel } from "../kernel/fastest.ts";
import type { WorkerLost } from "./crew.ts";
import { createInlineExecutor } from "./inline.ts";
import { createThreadsExecutor } from "./threads.ts";

export interface ExecutorOptions {
  /** Threads that compute, the calling one included; ≥ 1. */
  readonly threads: number;
  /** Told when a worker thread was lost; the run goes on without it. */
  readonly onWorkerLost?: (reason: WorkerLost) => void;
}

/** The executor for so many threads, with the fastest kernel there is. */
export function createExecutor({ threads, onWorkerLost = () => {} }: ExecutorOptions): Executor {
  if (threads === 1) return createInlineExecutor(createKernel);
  const workerSource = async () => (await import("./worker-source.ts")).WORKER_SOURCE;
  return createThreadsExecutor({ threads, createKernel, workerSource, onWorkerLost });
}
