import type { StackBlock, StackTask } from "../experiment/stack/block.ts";
import type { StackExecutor, StackJob } from "../experiment/stack/measure.ts";
import { createKernel } from "../kernel/fastest.ts";
import { simdModule } from "../kernel/simd.ts";
import { type Crew, createCrew } from "./crew.ts";
import type { ExecutorOptions } from "./executor.ts";
import type { StackWork } from "./handed-over.ts";
import { crewOfTasks, inOrder } from "./in-order.ts";
import { nextTurn } from "./next-turn.ts";
import { latestStackRunner } from "./stack-runner.ts";

/** Multiply-adds that one thread more is worth starting for: some 20 ms. */
const WORTH_A_THREAD = 2 ** 30;
/** Blocks that may be under way or wait for an earlier one, for each thread; their statistics are in memory. */
const UNDER_WAY = 4;

type StackCrew = Crew<StackWork, StackBlock>;

/** Takes mini-batches through stacks on worker threads, or on this one where threads do not pay. */
export function createStackExecutor({ threads, onWorkerLost = () => {} }: ExecutorOptions): StackExecutor {
  const runnerOf = latestStackRunner(createKernel);
  let crew: StackCrew | undefined;

  async function startCrew(): Promise<StackCrew> {
    const { WORKER_SOURCE } = await import("./worker-source.ts");
    const data = { work: { kind: "stacks" }, arrays: undefined, module: simdModule() } as const;
    const started: StackCrew = createCrew(data, { workerSource: WORKER_SOURCE, onWorkerLost });
    started.enlarge(threads);
    return started;
  }

  async function* runHere({ stack, tasks, signal }: StackJob): AsyncGenerator<StackBlock> {
    for (const task of tasks) {
      if (signal?.aborted) return;
      yield runnerOf(stack)(task);
      await nextTurn();
    }
  }

  return {
    async *run(job) {
      const { stack, tasks, work, signal } = job;
      if (threads === 1 || (crew === undefined && work < WORTH_A_THREAD)) {
        yield* runHere(job);
        return;
      }
      crew ??= await startCrew();
      const workers = crew;
      yield* inOrder<StackTask, StackBlock>({
        first: 0,
        tasks: tasks[Symbol.iterator](),
        crew: crewOfTasks(workers, (task) => workers.give({ stack, task })),
        runHere: (task) => runnerOf(stack)(task),
        sharesWork: false,
        most: UNDER_WAY * threads,
        signal,
      });
      // Blocks that are still under way are of no later run.
      if (signal?.aborted) close();
    },
    close,
  };

  function close(): void {
    crew?.dismiss();
    crew = undefined;
  }
}
