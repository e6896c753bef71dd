import { Worker } from "node:worker_threads";
import type { BlockResult, BlockTask } from "../experiment/block.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** A worker thread ended while it was still needed. */
export class WorkerLost extends Error {
  override readonly name = "WorkerLost";
}

/** Blocks that a worker has in hand, so that it need not wait for the next. */
const IN_HAND = 2;

/** Worker threads that draw blocks of one scenario. */
export interface Crew {
  readonly scenario: Scenario;
  /** Whether a worker would take a task now. */
  hasRoom(): boolean;
  /** Whether there is no worker, nor will be. */
  isGone(): boolean;
  give(task: BlockTask): void;
  /** What has come back since the last call: results, and tasks that were lost with their worker. */
  collect(): { readonly results: readonly BlockResult[]; readonly lost: readonly BlockTask[] };
  /** Resolves when there is something to collect, or room. */
  news(): Promise<void>;
  dismiss(): void;
}

export interface CrewOptions {
  readonly scenario: Scenario;
  readonly size: number;
  readonly workerSource: () => Promise<string>;
  readonly onWorkerLost: (reason: WorkerLost) => void;
}

/** Starts worker threads; they join when they are ready, and until then there is no room. */
export function createCrew({ scenario, size, workerSource, onWorkerLost }: CrewOptions): Crew {
  const inHand = new Map<Worker, BlockTask[]>();
  let results: BlockResult[] = [];
  let lost: BlockTask[] = [];
  let isStarting = true;
  let isDismissed = false;
  let announce = () => {};
  let announced = new Promise<void>((resolve) => {
    announce = resolve;
  });

  function join(source: string): void {
    const worker = new Worker(source, { eval: true, workerData: scenario });
    inHand.set(worker, []);
    worker.on("message", (result: BlockResult) => {
      inHand.set(
        worker,
        (inHand.get(worker) ?? []).filter(({ block }) => block !== result.block),
      );
      results.push(result);
      announce();
    });
    worker.on("error", (cause) => leave(worker, new WorkerLost(`a worker thread failed: ${cause.message}`, { cause })));
    worker.on("exit", (code) => leave(worker, new WorkerLost(`a worker thread ended with code ${code}`)));
  }

  function leave(worker: Worker, reason: WorkerLost): void {
    const tasks = inHand.get(worker);
    if (tasks === undefined || isDismissed) return;
    inHand.delete(worker);
    lost.push(...tasks);
    onWorkerLost(reason);
    announce();
  }

  function settle(): void {
    isStarting = false;
    announce();
  }

  workerSource().then(
    (source) => {
      if (!isDismissed) for (let index = 0; index < size; index++) join(source);
      settle();
    },
    (cause) => {
      onWorkerLost(new WorkerLost("the worker threads' code could not be read", { cause }));
      settle();
    },
  );

  return {
    scenario,
    hasRoom: () => [...inHand.values()].some((tasks) => tasks.length < IN_HAND),
    isGone: () => !isStarting && inHand.size === 0,
    give(task) {
      const [least] = [...inHand].sort(([, a], [, b]) => a.length - b.length);
      if (least === undefined) throw new WorkerLost("there is no worker thread to give a block to");
      const [worker, tasks] = least;
      tasks.push(task);
      worker.postMessage(task);
    },
    collect() {
      const collected = { results, lost };
      results = [];
      lost = [];
      announced = new Promise((resolve) => {
        announce = resolve;
      });
      return collected;
    },
    news: () => announced,
    dismiss() {
      isDismissed = true;
      for (const worker of inHand.keys()) void worker.terminate();
      inHand.clear();
    },
  };
}
