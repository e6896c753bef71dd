import { newsOrAbort } from "../executor/news.ts";
import { type BlockResult, type Run, resultBytes } from "../experiment/block.ts";
import type { Executor } from "../experiment/measure.ts";
import { type BatchRange, tasksOf } from "../experiment/plan/plan.ts";
import { readBlocksAnswer } from "./answers.ts";
import { JOB_WORK } from "./bundles.ts";
import type { Request } from "./client.ts";
import { exactText } from "./exact.ts";
import { type BlocksJob, nameOf, packed, type TravellingScenario } from "./jobs.ts";

export interface QueueExecutorOptions {
  readonly scenario: TravellingScenario;
  /** Digests of the arrays that it names. */
  readonly arrays: readonly string[];
  /** Has a job done, and reads its answer. */
  readonly ask: <Value>(request: Request, read: (answer: string) => Value) => Promise<Value>;
  /** Drops what was used. */
  readonly forget: (name: string) => Promise<void>;
  /** Threads of the workers that are there. */
  readonly threads: () => number;
}

/** Bytes of the results of a job, and of all that may be under way. */
const JOB_BYTES = 2 ** 20;
const UNDER_WAY_BYTES = 2 ** 24;
const LEAST_UNDER_WAY = 4;

/** Has the blocks of one scenario run by the workers of a queue, some of them a job. */
export function createQueueExecutor({ scenario, arrays, ask, forget, threads }: QueueExecutorOptions): Executor {
  return {
    async prepare() {},
    async *run({ run, range, signal }) {
      const jobs = jobsOf(range, run);
      const underWay: Promise<readonly BlockResult[]>[] = [];
      const most = Math.max(LEAST_UNDER_WAY, Math.min(3 * threads(), UNDER_WAY_BYTES / JOB_BYTES));

      function begin(part: BatchRange): void {
        const job: BlocksJob = { kind: "blocks", scenario, range: part, arrays };
        const request = requestOf(job);
        const results = ask(request, (answer) => readBlocksAnswer(answer, [...tasksOf(part)], run));
        results.then(
          () => void forget(request.name),
          // Whoever waits for the results hears of it.
          () => {},
        );
        underWay.push(results);
      }

      for (;;) {
        while (underWay.length < most) {
          const { done, value } = jobs.next();
          if (done === true) break;
          begin(value);
        }
        const next = underWay.shift();
        if (next === undefined) return;
        await newsOrAbort(next, signal);
        if (signal?.aborted) return;
        yield* await next;
      }
    },
    close() {},
  };
}

/** The range in pieces of a job each. */
function* jobsOf(range: BatchRange, run: Run): Generator<BatchRange> {
  const { from, to, batchesPerBlock, blockWork } = range;
  const blocks = Math.floor(Math.min(JOB_WORK / 2 / blockWork, JOB_BYTES / resultBytes(run)));
  const length = Math.max(1, blocks) * batchesPerBlock;
  for (let start = from; start < to; start += length) yield { ...range, from: start, to: Math.min(to, start + length) };
}

function requestOf(job: BlocksJob): Request {
  const { scenario, range } = job;
  const text = exactText(job);
  const holds = `mini-batches ${range.from + 1} to ${range.to} of scenario ${scenario.id.slice(0, 12)}`;
  return { name: nameOf("blocks", text), kind: "blocks", holds, text: packed(text) };
}
