import { parentPort, workerData } from "node:worker_threads";
import { createKernelOf } from "../kernel/fastest.ts";
import { createPassRunner } from "../passes/tasks.ts";
import type { PassDone, PassWork, PassWorkerData } from "./handed-over.ts";

// A worker thread: answers each task of a trained model with its result, in the order that it was given them.
const { run, module } = workerData as PassWorkerData;
const runner = createPassRunner((bytes) => createKernelOf(module, bytes), run);
parentPort?.on("message", ({ index, task }: PassWork) => {
  const done: PassDone = { index, result: runner(task) };
  parentPort?.postMessage(done);
});
