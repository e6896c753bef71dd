import type { Crew } from "./crew.ts";
import { newsOrAbort } from "./news.ts";
import { nextTurn } from "./next-turn.ts";

/** A piece of work, or its result, by its number: work is handed out and results are given in ascending order. */
interface Numbered {
  readonly block: number;
}

/** A crew that takes tasks with something attached, as one that takes the tasks alone. */
export function crewOfTasks<Task, Work extends { readonly task: Task }, Result>(
  crew: Crew<Work, Result>,
  give: (task: Task) => void,
): TaskCrew<Task, Result> {
  return {
    ...crew,
    collect() {
      const { results, lost } = crew.collect();
      return { results, lost: lost.map(({ task }) => task) };
    },
    give,
  };
}

type TaskCrew<Task, Result> = Pick<Crew<Task, Result>, "hasRoom" | "isGone" | "collect" | "news"> & {
  readonly give: (task: Task) => void;
};

export interface OrderedJob<Task extends Numbered, Result extends Numbered> {
  /** The first block. */
  readonly first: number;
  readonly tasks: Iterator<Task>;
  readonly crew: TaskCrew<Task, Result>;
  readonly runHere: (task: Task) => Result;
  /** Whether this thread runs blocks though it has workers. */
  readonly sharesWork: boolean;
  /** Blocks that may be under way or wait for an earlier one. */
  readonly most: number;
  readonly signal: AbortSignal | undefined;
}

/** Hands out the tasks and gives their results in the order of the blocks. */
export async function* inOrder<Task extends Numbered, Result extends Numbered>({
  first,
  tasks,
  crew,
  runHere,
  sharesWork,
  most,
  signal,
}: OrderedJob<Task, Result>): AsyncGenerator<Result> {
  const finished = new Map<number, Result>();
  const again: Task[] = [];
  let due = first;
  let begun = first;
  let isAllBegun = false;

  function nextTask(): Task | undefined {
    const repeated = again.pop();
    if (repeated !== undefined || begun - due >= most) return repeated;
    const { done, value } = tasks.next();
    if (done === true) {
      isAllBegun = true;
      return undefined;
    }
    begun++;
    return value;
  }

  for (;;) {
    const news = crew.collect();
    for (const result of news.results) finished.set(result.block, result);
    again.push(...news.lost);
    for (let result = finished.get(due); result !== undefined; result = finished.get(due)) {
      finished.delete(due);
      due++;
      yield result;
    }
    if (signal?.aborted) return;
    for (let task = crew.hasRoom() ? nextTask() : undefined; task !== undefined; ) {
      crew.give(task);
      task = crew.hasRoom() ? nextTask() : undefined;
    }
    const own = sharesWork || crew.isGone() ? nextTask() : undefined;
    if (own !== undefined) {
      finished.set(own.block, runHere(own));
      await nextTurn();
    } else if (isAllBegun && begun === due) {
      return;
    } else {
      await newsOrAbort(crew.news(), signal);
    }
  }
}
