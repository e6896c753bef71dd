import { Worker as NodeWorker } from "node:worker_threads";

/** A thread that answers tasks, in the order that it was given them. */
export interface Thread<Task> {
  give(task: Task): void;
  /** Ends it; nothing is heard of it any more. */
  stop(): void;
}

export interface ThreadEvents<Result> {
  readonly onResult: (result: Result) => void;
  /** It ended, or it never began: it answers nothing any more. Comes once at most. */
  readonly onEnd: (reason: ThreadEnd) => void;
}

export interface ThreadEnd {
  /** "failed: out of memory", "ended with code 1". */
  readonly problem: string;
  readonly cause?: unknown;
}

/** The code of a worker, as CommonJS that may require node:worker_threads; see `serve` for its side. */
export interface WorkerCode {
  readonly source: string;
  /** What it is started with; cloned. */
  readonly data: object;
}

/** Starts a thread: one of Node, or in a page one of the browser. Throws what the engine throws where it cannot. */
export function startThread<Task, Result>(code: WorkerCode, events: ThreadEvents<Result>): Thread<Task> {
  // Bundlers for pages take node:worker_threads away ("browser" in package.json).
  return typeof NodeWorker === "function" ? startOfNode(code, events) : startOfPage(code, events);
}

/** A worker makes little but short-lived objects; the room for them would grow to 32 MB, and none of it is needed. */
const SMALL = { maxYoungGenerationSizeMb: 2 };

/**
 * Runs a worker's code, which comes with its data. Were it the text of the worker itself, Node would compile it twice: from 20.19 on it
 * looks for `import` first.
 */
const STARTER = `
const { source } = require("node:worker_threads").workerData;
require("node:vm").compileFunction(source, ["require"], { filename: "vshift-worker.cjs" })(require);
`;

function startOfNode<Task, Result>(
  { source, data }: WorkerCode,
  { onResult, onEnd }: ThreadEvents<Result>,
): Thread<Task> {
  // Flags of the process, such as the kind of module that --eval runs, are not for the worker's code.
  const worker = new NodeWorker(STARTER, {
    eval: true,
    workerData: { ...data, source },
    execArgv: [],
    resourceLimits: SMALL,
  });
  const end = once(onEnd);
  worker.on("message", onResult);
  worker.on("error", (cause) => end({ problem: `failed: ${cause.message}`, cause }));
  worker.on("exit", (code) => end({ problem: `ended with code ${code}` }));
  return {
    give: (task) => worker.postMessage(task),
    stop() {
      end.forget();
      void worker.terminate();
    },
  };
}

/** What is used of a browser's `Worker`. */
interface PageWorker {
  postMessage(message: unknown): void;
  addEventListener(type: string, listen: (event: { readonly data?: unknown; readonly message?: string }) => void): void;
  terminate(): void;
}

function startOfPage<Task, Result>(
  { source, data }: WorkerCode,
  { onResult, onEnd }: ThreadEvents<Result>,
): Thread<Task> {
  const { Worker } = globalThis as { readonly Worker?: new (url: string) => PageWorker };
  if (Worker === undefined) throw new Error("this page has no workers");
  const url = URL.createObjectURL(new Blob([forPage(source)], { type: "text/javascript" }));
  const worker = new Worker(url);
  const end = once((reason: ThreadEnd) => {
    URL.revokeObjectURL(url);
    worker.terminate();
    onEnd(reason);
  });
  worker.addEventListener("message", ({ data: result }) => {
    URL.revokeObjectURL(url);
    onResult(result as Result);
  });
  // Where the policy of the page refuses the worker, this is all that is heard of it.
  worker.addEventListener("error", ({ message }) => end({ problem: `failed: ${message || "it could not be loaded"}` }));
  worker.addEventListener("messageerror", () => end({ problem: "failed: its answer could not be read" }));
  worker.postMessage(data);
  return {
    give: (task) => worker.postMessage(task),
    stop() {
      end.forget();
      URL.revokeObjectURL(url);
      worker.terminate();
    },
  };
}

/** The code as a script: what it requires of Node is not there. */
function forPage(source: string): string {
  return `(function (require) {${source}\n})(() => ({}));`;
}

/** Calls something once at most, and never after `forget`. */
function once<Argument>(call: (argument: Argument) => void) {
  let isDone = false;
  const guarded = (argument: Argument) => {
    if (isDone) return;
    isDone = true;
    call(argument);
  };
  return Object.assign(guarded, {
    forget() {
      isDone = true;
    },
  });
}
