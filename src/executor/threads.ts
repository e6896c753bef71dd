import type { BlockResult, BlockTask, KernelFactory } from "../experiment/block.ts";
import { tasksOf } from "../experiment/plan.ts";
import type { BlockJob } from "../experiment/simulate.ts";
import { simdModule } from "../kernel/simd.ts";
import type { BatchNormRun } from "../layers/batch-norm.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { isLong } from "./block-length.ts";
import { type Crew, type CrewOptions, createCrew } from "./crew.ts";
import { arraysOf, type BlockWork } from "./handed-over.ts";
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
  /** Waits for another range of the scenario of the run before. */
  let idle: { readonly scenario: Scenario; readonly crew: BlockCrew } | undefined;

  function takeIdle(scenario: Scenario): BlockCrew | undefined {
    const kept = idle;
    idle = undefined;
    if (kept?.scenario === scenario) return kept.crew;
    kept?.crew.dismiss();
    return undefined;
  }

  /** The crew for a job: that of the scenario's range before, or a new one, with as many workers as it wants. */
  function crewFor({ scenario, arrays, range }: Omit<BlockJob, "signal">, threads: number): BlockCrew {
    const work = { kind: "blocks", scenario } as const;
    const crew = takeIdle(scenario) ?? createCrew({ work, arrays, module: simdModule() }, options);
    crew.enlarge(isLong(range) ? threads : threads - 1);
    return crew;
  }

  return {
    prepare(job, threads) {
      idle = { scenario: job.scenario, crew: crewFor(job, threads) };
    },
    async *run({ scenario, arrays, range, signal }, threads) {
      const crew = crewFor({ scenario, arrays, range }, threads);
      /** Arrays of results that were read. */
      const spares: BatchNormRun[] = [];
      const job: OrderedJob<BlockTask, BlockResult> = {
        first: range.from / range.batchesPerBlock,
        tasks: tasksOf(range),
        crew: crewOfTasks(crew, (task) => {
          const spare = spares.pop();
          crew.give({ task, spare }, spare === undefined ? [] : arraysOf(spare));
        }),
        runHere: (task) => runnerOf(scenario, arrays)(task, spares.pop()),
        sharesWork: !isLong(range),
        most: Math.max(2 * threads, Math.min(UNDER_WAY * threads, UNDER_WAY_BYTES / resultBytes(scenario))),
        signal,
      };
      try {
        for await (const result of inOrder(job)) {
          yield result;
          spares.push(result.batchNorm);
        }
        if (signal?.aborted !== true) {
          idle?.crew.dismiss();
          idle = { scenario, crew };
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

/** Four statistics of each channel. */
function resultBytes({ neurons, width }: Scenario): number {
  return 4 * 8 * (neurons ?? width);
}
