import { createKernelOf } from "../kernel/fastest.ts";
import { createPassRunner } from "../passes/tasks.ts";
import type { PassDone, PassWork, PassWorkerData } from "./handed-over.ts";
import { serve } from "./serve.ts";

// A worker thread: answers each task of a trained model with its result, in the order that it was given them.
serve(({ run, module }: PassWorkerData) => {
  const runner = createPassRunner((bytes) => createKernelOf(module, bytes), run);
  return ({ index, task }: PassWork): PassDone => ({ index, result: runner(task) });
});
