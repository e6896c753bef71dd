import { addressRoom } from "./address-room.ts";
import type { BlockWorkerData, CellWorkerData, PassWorkerData } from "./handed-over.ts";
import { startThread, type Thread } from "./thread.ts";

/** A worker thread ended while it was still needed. */
export class WorkerLost extends Error {
  override readonly name = "WorkerLost";
}

/** Addresses that a worker's engine may reserve as it starts; where it does not get them, it ends the whole process. */
const WORKER_ADDRESSES = 3 * 2 ** 28;

/** Tasks that a worker has in hand, so that it need not wait for the next. */
const IN_HAND = 2;

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
  const inHand = new Map<Thread<Task>, Task[]>();
  let results: Result[] = [];
  let lost: Task[] = [];
  let joined = 0;
  let isDismissed = false;
  let announce = () => {};
  let announced = new Promise<void>((resolve) => {
    announce = resolve;
  });

  function join(): void {
    try {
      const thread: Thread<Task> = startThread<Task, Result>(
        { source: workerSource, data: workerData },
        {
          onResult(result) {
            inHand.get(thread)?.shift();
            results.push(result);
            announce();
          },
          onEnd: ({ problem, cause }) => leave(thread, new WorkerLost(`a worker thread ${problem}`, { cause })),
        },
      );
      inHand.set(thread, []);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      onWorkerLost(new WorkerLost(`a worker thread could not start: ${message}`, { cause }));
    }
  }

  function leave(thread: Thread<Task>, reason: WorkerLost): void {
    const tasks = inHand.get(thread);
    if (tasks === undefined || isDismissed) return;
    inHand.delete(thread);
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
      const [thread, tasks] = least;
      tasks.push(task);
      thread.give(task);
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
      for (const thread of inHand.keys()) thread.stop();
      inHand.clear();
    },
  };
}
