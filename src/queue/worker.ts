import type { Job } from "bullmq";
import { createCrew } from "../executor/crew.ts";
import { createExecutor } from "../executor/executor.ts";
import { createInlineExecutor } from "../executor/inline.ts";
import type { Run } from "../experiment/block.ts";
import { type Cell, type CellOutcome, measureCell } from "../experiment/cells.ts";
import type { Executor } from "../experiment/measure.ts";
import { settingOf } from "../experiment/setting.ts";
import { kernelsInTurn } from "../kernel/fastest.ts";
import { simdModule } from "../kernel/simd.ts";
import type { Arrays, RealArray } from "../scenario/arrays.ts";
import { scenarioId } from "../scenario/canonical.ts";
import { completeScenario } from "../scenario/complete.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { blocksAnswer, cellsAnswer } from "./answers.ts";
import { arraysQueue, fetchArray } from "./arrays.ts";
import { atMost } from "./client.ts";
import { exactText, fromExactText } from "./exact.ts";
import {
  type BlocksJob,
  type CellsJob,
  type JobData,
  packed,
  QUEUE,
  type TravellingScenario,
  unpacked,
  type Work,
} from "./jobs.ts";
import { createPool, type Pool } from "./pool.ts";
import { ownName, registerVersion } from "./presence.ts";
import { obstacle, type Server } from "./server.ts";

export interface WorkerOptions {
  readonly threads: number;
  /** Aborted when the worker is to stop; what it has in hand is finished. */
  readonly signal: AbortSignal;
  readonly say: (words: string) => void;
  /** Told when it is connected. */
  readonly onReady?: () => void;
}

/** What a worker did. */
export interface WorkerSummary {
  readonly jobs: number;
  readonly scenarios: number;
}

/** A worker that says nothing for so long has lost its work to another. This thread draws no more than blocks of milliseconds, so it always can. */
const LOCK_MS = 10_000;
const STALLED_MS = 3000;
/** How many workers may die with the same job in hand. */
const MOST_STALLED = 10;

/** Takes work from a queue until it is stopped. */
export async function runWorker(
  server: Server,
  { threads, signal, say, onReady }: WorkerOptions,
): Promise<WorkerSummary> {
  const { Worker, connection, address } = server;
  const bench = createBench(server, { threads, say });
  let jobs = 0;
  let scenarios = 0;
  let isAway = false;

  async function answerTo(name: string, text: string): Promise<string> {
    if (name === ("blocks" satisfies Work["kind"])) return bench.runBlocks(fromExactText(text) as BlocksJob);
    const job = JSON.parse(text) as CellsJob;
    const answer = await bench.measure(job);
    scenarios += job.scenarios.length;
    return answer;
  }

  async function work({ name, data }: Job<JobData>): Promise<string> {
    const answer = await answerTo(name, unpacked(data.text));
    jobs++;
    return packed(answer);
  }

  const worker = new Worker<JobData, string>(QUEUE, work, {
    ...{ connection, name: ownName(threads), concurrency: threads + 1 },
    ...{ lockDuration: LOCK_MS, stalledInterval: STALLED_MS, maxStalledCount: MOST_STALLED },
    ...{ metrics: { maxDataPoints: 60 }, autorun: false },
  });
  worker.on("error", (error) => {
    if (isAway) return;
    isAway = true;
    if (!signal.aborted) say(`${obstacle(address, error).problem}; waiting for it`);
  });
  worker.on("active", () => {
    if (isAway) say(`${address.shown} answers again`);
    isAway = false;
  });
  worker.on("failed", (_, { message }) => say(`a job failed: ${message}`));
  try {
    await worker.waitUntilReady();
    await registerVersion(server);
  } catch (error) {
    throw obstacle(address, error as Error);
  }
  const ended = worker.run();
  onReady?.();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
  // Without the server nobody hears of what is done, and there is nothing to wait for.
  const closed = worker.close().then(() => ended);
  while (!(await isDoneIn(AWAY_MS, closed)) && !isAway);
  bench.close();
  return { jobs, scenarios };
}

/** Milliseconds that a server which is away delays a worker that is to stop. */
const AWAY_MS = 2000;

async function isDoneIn(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const done = work.then(
    () => true,
    () => true,
  );
  return (await atMost(milliseconds, done)) ?? false;
}

interface Bench {
  measure(job: CellsJob): Promise<string>;
  runBlocks(job: BlocksJob): Promise<string>;
  close(): void;
}

/** Threads that have some arrays, and measure scenarios that name them. */
interface Station {
  readonly key: string;
  readonly arrays: Arrays;
  readonly pool: Pool<Cell, CellOutcome>;
  /** Jobs that it has in hand. */
  jobs: number;
}

/** The threads of a worker. Those of scenarios share out all jobs that are in hand; blocks are drawn a job at a time, by all threads. */
function createBench(server: Server, { threads, say }: Pick<WorkerOptions, "threads" | "say">): Bench {
  const files = arraysQueue(server);
  const onWorkerLost = ({ message }: Error) => say(`${message}; the other threads take over its work`);
  const executor = createExecutor({ threads, onWorkerLost });
  let stations: Station[] = [];
  let latest: { readonly id: string; readonly run: Run; readonly arrays: Arrays } | undefined;
  let before: Promise<unknown> = Promise.resolve();
  let inline: Executor | undefined;

  async function arraysOf(digests: readonly string[]): Promise<Arrays> {
    const held = [...stations.map(({ arrays }) => arrays), ...(latest === undefined ? [] : [latest.arrays])];
    const found = digests.map(async (digest): Promise<readonly [string, RealArray]> => {
      const array = held.find((arrays) => arrays.has(digest))?.get(digest) ?? (await fetchArray(files, digest));
      if (array !== undefined) return [digest, array];
      throw new Error(`the numbers of SHA-256 ${digest.slice(0, 12)}… are not at the server`);
    });
    return new Map(await Promise.all(found));
  }

  async function stationFor(digests: readonly string[]): Promise<Station> {
    const key = digests.toSorted().join(" ");
    const known = () => stations.find((station) => station.key === key);
    if (known() === undefined) {
      const [arrays, { WORKER_SOURCE }] = await Promise.all([
        arraysOf(digests),
        import("../executor/cell-worker-source.ts"),
      ]);
      if (known() === undefined) {
        for (const { pool } of stations.filter(({ jobs }) => jobs === 0)) pool.dismiss();
        stations = stations.filter(({ jobs }) => jobs > 0);
        const options = { workerSource: WORKER_SOURCE, onWorkerLost };
        const crew = createCrew<Cell, CellOutcome>({ arrays, module: simdModule() }, options);
        crew.enlarge(threads);
        stations.push({ key, arrays, pool: createPool(crew), jobs: 0 });
      }
    }
    const station = known() as Station;
    // Counted here: another job must not find it idle, and dismiss it.
    station.jobs++;
    return station;
  }

  /** By a thread; by this one where none is left, as where memory is short. */
  async function measured(cell: Omit<Cell, "index">, { pool, arrays }: Station): Promise<CellOutcome> {
    try {
      return await pool.run(cell);
    } catch {
      inline ??= createInlineExecutor(kernelsInTurn());
      return measureCell({ ...cell, index: 0 }, { executor: inline, arrays });
    }
  }

  async function drawn({ scenario: travelling, range, arrays: digests }: BlocksJob): Promise<string> {
    const { id } = travelling;
    if (latest?.id !== id) {
      const { run } = settingOf(arrived(travelling));
      const arrays = await arraysOf(digests);
      latest = { id, run, arrays };
    }
    const { run, arrays } = latest;
    const results: string[] = [];
    for await (const result of executor.run({ run, range, arrays, signal: undefined })) results.push(exactText(result));
    return blocksAnswer(results);
  }

  return {
    async measure({ scenarios, errorRate, arrays }) {
      const cells = scenarios.map((each) => ({
        scenario: arrived(each),
        work: 0,
        errorRate: errorRate ?? undefined,
      }));
      const station = await stationFor(arrays);
      try {
        return cellsAnswer(await Promise.all(cells.map((cell) => measured(cell, station))));
      } finally {
        station.jobs--;
      }
    },
    runBlocks(job) {
      const results = before.then(() => drawn(job));
      before = results.catch(() => {});
      return results;
    },
    close() {
      executor.close();
      for (const { pool } of stations) pool.dismiss();
      void files.close();
    },
  };
}

/** The scenario that travelled, which has the id that it set out with. */
function arrived({ id, input }: TravellingScenario): Scenario {
  const scenario = completeScenario(input);
  if (scenarioId(scenario) === id) return scenario;
  throw new Error(`a scenario is not that of its id ${id.slice(0, 12)}…`);
}
