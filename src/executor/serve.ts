import { parentPort, workerData } from "node:worker_threads";

/** Answers tasks. A promise may be the answer; the next task is looked at when it has come. */
export type Answering<Task, Result> = (task: Task) => Result | Promise<Result>;

/** What is used of a port to whoever started this thread. */
interface Port {
  listen(hear: (message: unknown) => void): void;
  post(message: unknown): void;
}

/**
 * The worker's side of a thread: `start` receives what the thread was started with, and its result answers each task, in the order that
 * it was given them.
 *
 * Node hands the data to a worker when it starts it. A page's worker receives it as its first message.
 */
export function serve<Data, Task, Result>(start: (data: Data) => Answering<Task, Result>): void {
  const port = parentPort;
  if (port) {
    answer(start(workerData), {
      listen: (hear) => port.on("message", hear),
      post: (message) => port.postMessage(message),
    });
    return;
  }
  const page = globalThis as unknown as PageScope;
  page.addEventListener("message", ({ data }) => answer(start(data as Data), portOf(page)), { once: true });
}

/** What is used of a page's worker by itself. */
interface PageScope {
  addEventListener(type: "message", hear: (event: { readonly data: unknown }) => void, options?: object): void;
  postMessage(message: unknown): void;
}

function portOf(page: PageScope): Port {
  return {
    listen: (hear) => page.addEventListener("message", ({ data }) => hear(data)),
    post: (message) => page.postMessage(message),
  };
}

function answer<Task, Result>(answering: Answering<Task, Result>, { listen, post }: Port): void {
  /** The answer that is under way; undefined where answers come at once. */
  let before: Promise<void> | undefined;
  listen((task) => {
    if (before !== undefined) {
      before = before.then(async () => post(await answering(task as Task))).catch(raise);
      return;
    }
    const result = answering(task as Task);
    if (result instanceof Promise) before = result.then(post).catch(raise);
    else post(result);
  });
}

/** An error of the thread, of which whoever started it hears: a page hears nothing of a promise that was rejected in a worker. */
function raise(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
