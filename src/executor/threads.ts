import { type BlockResult, type BlockTask, type KernelFactory, type Run, resultBytes } from "../experiment/block.ts";
import type { BlockJob } from "../experiment/measure.ts";
import { tasksOf } from "../experiment/plan/plan.ts";
import type { BatchNormRun } from "../forward/batch-norm.ts";
import { simdModule } from "../kernel/simd.ts";
import { isLong } from "./block-length.ts";
import { type Crew, type CrewOptions, createCrew } from "./crew.ts";
import type { BlockWork } from "./handed-over.ts";
import { crewOfTasks, inOrder, type OrderedJob } from "./in-order.ts";
import { latestRunner } from "./latest-runner.ts";

export interface ThreadsOptions extends CrewOptions {
  readonly createKernel: KernelFactory;
}

export interface ThreadsExecutor {
  /** Starts the threads that a job will want. */
  prepare(job: Omit<BlockJob, "signal">, threads: number): void;
  /** Runs a job on so many threads; this one is among them unless blocks are long. */
  run(job: BlockJob, threads: number): AsyncIterable<BlockResult>;
  close(): void;
}

type BlockCrew = Crew<BlockWork, BlockResult>;

/** Blocks that may be under way or wait for an earlier one, for each thread, and the bytes that their results may take. */
const UNDER_WAY = 16;
const UNDER_WAY_BYTES = 2 ** 25;

/** Runs blocks on worker threads, and on this one. A result does not depend on who ran it, or when. */
export function createThreadsExecutor(options: ThreadsOptions): ThreadsExecutor {
  const runnerOf = latestRunner(options.createKernel);
  /** Waits for another range of the network of the job before. */
  let idle: { readonly run: Run; readonly crew: BlockCrew } | undefined;

  function takeIdle(run: Run): BlockCrew | undefined {
    const kept = idle;
    idle = undefined;
    if (kept?.run === run) return kept.crew;
    kept?.crew.dismiss();
    return undefined;
  }

  /** The crew for a job: that of the network's range before, or a new one, with as many workers as it wants. */
  function crewFor({ run, arrays, range }: Omit<BlockJob, "signal">, threads: number): BlockCrew {
    const crew = takeIdle(run) ?? createCrew({ run, arrays, module: simdModule() }, options);
    crew.enlarge(isLong(range) ? threads : threads - 1);
    return crew;
  }

  return {
    prepare(job, threads) {
      idle = { run: job.run, crew: crewFor(job, threads) };
    },
    async *run({ run, arrays, range, signal }, threads) {
      const crew = crewFor({ run, arrays, range }, threads);
      /** Arrays of results that were read. */
      const spares: BatchNormRun[] = [];
      const job: OrderedJob<BlockTask, BlockResult> = {
        first: range.from / range.batchesPerBlock,
        tasks: tasksOf(range),
        crew: crewOfTasks(crew, (task) => crew.give({ task, spare: spares.pop() })),
        runHere: (task) => runnerOf(run, arrays)(task, spares.pop()),
        sharesWork: !isLong(range),
        most: Math.max(2 * threads, Math.min(UNDER_WAY * threads, UNDER_WAY_BYTES / resultBytes(run))),
        signal,
      };
      try {
        for await (const result of inOrder(job)) {
          yield result;
          if (result.rows === undefined && result.batchNorm !== undefined) spares.push(result.batchNorm);
        }
        if (signal?.aborted !== true) {
          idle?.crew.dismiss();
          idle = { run, crew };
        }
      } finally {
        // A run that was aborted, or left by its reader, has blocks under way that no later run may find.
        if (idle?.crew !== crew) crew.dismiss();
      }
    },
    close() {
      idle?.crew.dismiss();
      idle = undefined;
    },
  };
}
