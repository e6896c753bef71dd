import { arraysQueue, sendArrays } from "./arrays.ts";
import { type Bundle, bundlesOf, nameOfBundle, type QueuedPlan, requestOf } from "./bundles.ts";
import { addJobs, workQueue } from "./client.ts";
import { type Colleague, threadsOf, workersOf } from "./presence.ts";
import { type JobQueue, obstacle, type Server } from "./server.ts";

// What is done with a plan's jobs by somebody who does not wait for them.

/** Jobs that are handed over or asked about at a time. */
const AT_ONCE = 64;

/** Hands over all bundles with a cell that is not done; returns how many that are. Their answers stay for a week. */
export async function handOver(
  server: Server,
  queued: QueuedPlan,
  isDone: (cell: number) => boolean,
): Promise<{ readonly jobs: number; readonly scenarios: number }> {
  const { plan, arrays } = queued;
  const left = bundlesOf(plan).filter(({ cells }) => cells.some(({ index }) => !isDone(index)));
  await withQueue(server, async (queue) => {
    if (arrays.size > 0) {
      const files = arraysQueue(server);
      await sendArrays(files, arrays).finally(() => files.close());
    }
    for (const bundles of inGroups(left)) {
      const requests = bundles.map((bundle) => requestOf(queued, bundle));
      // What failed before is to be tried again.
      const states = await Promise.all(requests.map(({ name }) => queue.getJobState(name)));
      const failed = requests.filter((_, index) => states[index] === "failed");
      await Promise.all(failed.map(({ name }) => queue.remove(name)));
      await addJobs(queue, requests);
    }
  });
  return { jobs: left.length, scenarios: left.reduce((sum, { cells }) => sum + cells.length, 0) };
}

/** How far a plan is. */
export interface QueueStatus {
  readonly scenarios: {
    readonly total: number;
    /** Saved already, or with an answer at the server. */
    readonly done: number;
    readonly running: number;
    readonly queued: number;
    readonly failed: number;
    /** Not yet handed over; and those of large scenarios that are measured in blocks. */
    readonly waiting: number;
  };
  /** Forecast work of what is not done, in drawn activations. */
  readonly workLeft: number;
  /** Of all workers, as far as is known. */
  readonly threads: number;
  /** Undefined where the server does not say. */
  readonly workers: readonly Colleague[] | undefined;
  /** Jobs that the queue finished in its last whole minute, of this plan or another; null where that is not known yet. */
  readonly jobsAMinute: number | null;
  /** When the queue last finished one, in milliseconds since 1970; 0 where it never did. */
  readonly lastFinished: number;
  /** Jobs of this plan that are not done. */
  readonly jobsLeft: number;
}

/** Asks the server how far a plan is. */
export async function statusOf(
  server: Server,
  queued: QueuedPlan,
  isDone: (cell: number) => boolean,
): Promise<QueueStatus> {
  const bundles = bundlesOf(queued.plan);
  const counts = { done: 0, running: 0, queued: 0, failed: 0, waiting: 0 };
  let workLeft = 0;
  let jobsLeft = 0;
  return withQueue(server, async (queue) => {
    for (const group of inGroups(bundles)) {
      const states = await Promise.all(group.map((bundle) => stateOf(queue, queued, bundle, isDone)));
      for (const [index, { cells, work }] of group.entries()) {
        const state = states[index] ?? "waiting";
        const saved = cells.filter((cell) => isDone(cell.index)).length;
        counts.done += saved;
        counts[state] += cells.length - saved;
        if (state === "done") continue;
        jobsLeft++;
        workLeft += (work * (cells.length - saved)) / cells.length;
      }
    }
    const [workers, metrics] = await Promise.all([workersOf(queue), queue.getMetrics("completed", 0, 0)]);
    const jobsAMinute = metrics.data[0] ?? null;
    const lastFinished = metrics.meta.prevTS;
    return {
      scenarios: { total: queued.plan.length, ...counts },
      workLeft,
      jobsLeft,
      threads: threadsOf(workers),
      workers,
      jobsAMinute,
      lastFinished,
    };
  });
}

async function stateOf(queue: JobQueue, queued: QueuedPlan, bundle: Bundle, isDone: (cell: number) => boolean) {
  if (bundle.cells.every(({ index }) => isDone(index))) return "done";
  switch (await queue.getJobState(nameOfBundle(queued, bundle))) {
    case "completed":
      return "done";
    case "active":
      return "running";
    case "failed":
      return "failed";
    case "unknown":
      return "waiting";
    default:
      return "queued";
  }
}

function* inGroups<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += AT_ONCE) yield items.slice(at, at + AT_ONCE);
}

async function withQueue<Value>(server: Server, work: (queue: JobQueue) => Promise<Value>): Promise<Value> {
  const queue = workQueue(server);
  let last: Error | undefined;
  queue.on("error", (error) => {
    last = error;
  });
  try {
    return await work(queue);
  } catch (error) {
    throw obstacle(server.address, last ?? (error as Error));
  } finally {
    await queue.close().catch(() => {});
  }
}
