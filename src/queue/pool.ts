import type { Crew } from "../executor/crew.ts";

/** Tasks of many askers, done by one crew. */
export interface Pool<Task, Result> {
  /** Rejects where no thread is left. */
  run(task: Omit<Task, "index">): Promise<Result>;
  dismiss(): void;
}

interface Numbered {
  readonly index: number;
}

interface Waiting<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: Error) => void;
}

/** A pool on a crew whose workers have been started. */
export function createPool<Task extends Numbered, Result extends Numbered>(
  crew: Crew<Task, Result>,
): Pool<Task, Result> {
  const queued: Task[] = [];
  const waiting = new Map<number, Waiting<Result>>();
  let tickets = 0;
  let isDismissed = false;

  function giveAll(): void {
    while (queued.length > 0 && crew.hasRoom()) crew.give(queued.shift() as Task);
    if (!crew.isGone()) return;
    for (const { reject } of waiting.values()) reject(new Error("all worker threads ended"));
    waiting.clear();
    queued.length = 0;
  }

  async function follow(): Promise<void> {
    while (!isDismissed) {
      const { results, lost } = crew.collect();
      queued.unshift(...lost);
      for (const result of results) {
        waiting.get(result.index)?.resolve(result);
        waiting.delete(result.index);
      }
      giveAll();
      await crew.news();
    }
  }
  void follow();

  return {
    run(task) {
      return new Promise((resolve, reject) => {
        const index = tickets++;
        waiting.set(index, { resolve, reject });
        queued.push({ ...task, index } as unknown as Task);
        giveAll();
      });
    },
    dismiss() {
      isDismissed = true;
      crew.dismiss();
    },
  };
}
