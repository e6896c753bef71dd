import { createKernel } from "../kernel/fastest.ts";
import { simdModule } from "../kernel/simd.ts";
import { createPassRunner, type ModelRun, type PassRunner, type PassTask, type ResultOf } from "../passes/tasks.ts";
import { type Crew, createCrew, type WorkerLost } from "./crew.ts";
import type { PassDone, PassWork } from "./handed-over.ts";
import { newsOrAbort } from "./news.ts";
import { nextTurn } from "./next-turn.ts";

export interface PassOptions {
  /** Threads that compute, ≥ 1. */
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
  /** Told when a worker thread was lost; the run goes on without it. */
  readonly onWorkerLost?: ((reason: WorkerLost) => void) | undefined;
  /** The code of a worker thread, if it is not that of `pass-worker.ts`. */
  readonly workerSource?: string;
}

export interface PassExecutor {
  /**
   * The results of tasks, in their order. Rejects with the reason of the signal when it is aborted.
   *
   * work    multiply-adds of all of them
   * onDone  told after each of them
   */
  run<Task extends PassTask>(
    tasks: readonly Task[],
    options: { readonly work: number; readonly onDone?: () => void },
  ): Promise<ResultOf<Task>[]>;
  close(): void;
}

/** Multiply-adds, about a tenth of a second of them, from which on work goes to worker threads: this one stays free to be interrupted. */
const WORTH_THREADS = 4e8;

/** Runs tasks on worker threads, or on this one where they are not worth any. A result does not depend on who made it, or when. */
export function createPassExecutor(
  run: ModelRun,
  { threads, signal, onWorkerLost = () => {}, workerSource }: PassOptions,
): PassExecutor {
  let here: PassRunner | undefined;
  let crew: Crew<PassWork, PassDone> | undefined;

  async function startedCrew(): Promise<Crew<PassWork, PassDone>> {
    const source = workerSource ?? (await import("./pass-worker-source.ts")).WORKER_SOURCE;
    return createCrew<PassWork, PassDone>({ run, module: simdModule() }, { workerSource: source, onWorkerLost });
  }

  async function runHere<Task extends PassTask>(tasks: readonly Task[], onDone: () => void): Promise<ResultOf<Task>[]> {
    here ??= createPassRunner(createKernel, run);
    const results: ResultOf<Task>[] = [];
    for (const task of tasks) {
      signal?.throwIfAborted();
      results.push(here(task));
      onDone();
      await nextTurn();
    }
    return results;
  }

  return {
    async run(tasks, { work, onDone = () => {} }) {
      if (work < WORTH_THREADS) return runHere(tasks, onDone);
      crew ??= await startedCrew();
      crew.enlarge(Math.min(threads, tasks.length));
      const results = new Map<number, ResultOf<(typeof tasks)[number]>>();
      const waiting = tasks.map((task, index): PassWork => ({ index, task })).reverse();
      while (results.size < tasks.length) {
        signal?.throwIfAborted();
        const { results: done, lost } = crew.collect();
        waiting.push(...lost);
        for (const { index, result } of done) {
          results.set(index, result as ResultOf<(typeof tasks)[number]>);
          onDone();
        }
        if (crew.isGone()) {
          const left = waiting.reverse();
          const made = await runHere(
            left.map(({ task }) => task),
            onDone,
          );
          for (const [at, { index }] of left.entries())
            results.set(index, made[at] as ResultOf<(typeof tasks)[number]>);
          waiting.length = 0;
          continue;
        }
        while (waiting.length > 0 && crew.hasRoom()) crew.give(waiting.pop() as PassWork);
        if (results.size < tasks.length) await newsOrAbort(crew.news(), signal);
      }
      return tasks.map((_, index) => results.get(index) as ResultOf<(typeof tasks)[number]>);
    },
    close() {
      crew?.dismiss();
    },
  };
}
