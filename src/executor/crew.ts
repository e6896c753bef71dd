import { Worker } from "node:worker_threads";
import { addressRoom } from "./address-room.ts";
import type { BlockWorkerData, CellWorkerData, PassWorkerData } from "./handed-over.ts";

/** A worker thread ended while it was still needed. */
export class WorkerLost extends Error {
  override readonly name = "WorkerLost";
}

/** A worker makes little but short-lived objects; the room for them would grow to 32 MB, and none of it is needed. */
const SMALL = { maxYoungGenerationSizeMb: 2 };

/** Addresses that a worker's engine may reserve as it starts; where it does not get them, it ends the whole process. */
const WORKER_ADDRESSES = 3 * 2 ** 28;

/** Tasks that a worker has in hand, so that it need not wait for the next. */
const IN_HAND = 2;

/**
 * Runs a worker's code, which comes with its data. Were it the text of the worker itself, Node would compile it twice: from 20.19 on it
 * looks for `import` first.
 */
const STARTER = `
const { source } = require("node:worker_threads").workerData;
require("node:vm").compileFunction(source, ["require"], { filename: "vshift-worker.cjs" })(require);
`;

/** Worker threads that answer tasks; each answers its own in the order that it was given them. */
export interface Crew<Task, Result> {
  /** Starts workers until so many have been started; those that were lost are not replaced. */
  enlarge(size: number): void;
  /** Whether a worker would take a task now. */
  hasRoom(): boolean;
  /** Whether there is no worker left. */
  isGone(): boolean;
  /** Gives a task to the worker with the fewest. */
  give(task: Task): void;
  /** What has come back since the last call: results, and tasks that were lost with their worker. */
  collect(): { readonly results: readonly Result[]; readonly lost: readonly Task[] };
  /** Resolves when there is something to collect, or room. */
  news(): Promise<void>;
  dismiss(): void;
}

export interface CrewOptions {
  /** The code of a worker thread. */
  readonly workerSource: string;
  readonly onWorkerLost: (reason: WorkerLost) => void;
}

/** A crew without workers yet. */
export function createCrew<Task, Result>(
  workerData: BlockWorkerData | CellWorkerData | PassWorkerData,
  { workerSource, onWorkerLost }: CrewOptions,
): Crew<Task, Result> {
  const inHand = new Map<Worker, Task[]>();
  let results: Result[] = [];
  let lost: Task[] = [];
  let joined = 0;
  let isDismissed = false;
  let announce = () => {};
  let announced = new Promise<void>((resolve) => {
    announce = resolve;
  });

  function join(): void {
    const worker = started();
    if (worker === undefined) return;
    inHand.set(worker, []);
    worker.on("message", (result: Result) => {
      inHand.get(worker)?.shift();
      results.push(result);
      announce();
    });
    worker.on("error", (cause) => leave(worker, new WorkerLost(`a worker thread failed: ${cause.message}`, { cause })));
    worker.on("exit", (code) => leave(worker, new WorkerLost(`a worker thread ended with code ${code}`)));
  }

  function started(): Worker | undefined {
    try {
      // Flags of the process, such as the kind of module that --eval runs, are not for the worker's code.
      return new Worker(STARTER, {
        eval: true,
        workerData: { ...workerData, source: workerSource },
        execArgv: [],
        resourceLimits: SMALL,
      });
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      onWorkerLost(new WorkerLost(`a worker thread could not start: ${message}`, { cause }));
      return undefined;
    }
  }

  function leave(worker: Worker, reason: WorkerLost): void {
    const tasks = inHand.get(worker);
    if (tasks === undefined || isDismissed) return;
    inHand.delete(worker);
    lost.push(...tasks);
    onWorkerLost(reason);
    announce();
  }

  return {
    enlarge(size) {
      const wanted = Math.max(0, size - joined);
      const startable = Math.min(wanted, Math.floor(addressRoom() / WORKER_ADDRESSES));
      joined += wanted;
      for (let started = 0; started < startable; started++) join();
      if (startable < wanted) onWorkerLost(new WorkerLost("ulimit -v leaves no memory for another worker thread"));
    },
    hasRoom: () => [...inHand.values()].some((tasks) => tasks.length < IN_HAND),
    isGone: () => inHand.size === 0,
    give(task) {
      const [least] = [...inHand].sort(([, a], [, b]) => a.length - b.length);
      if (least === undefined) throw new WorkerLost("there is no worker thread to give a task to");
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
