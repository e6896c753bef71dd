import { createBlockRunner } from "../experiment/block.ts";
import { createKernelOf } from "../kernel/fastest.ts";
import type { BlockWork, BlockWorkerData } from "./handed-over.ts";
import { serve } from "./serve.ts";

// A worker thread: builds the network that it was started for, and answers each task with the result of a block, in the order that
// it was given them. It runs what scenarios were made into, and has no code that reads one.
serve(({ run, arrays, module }: BlockWorkerData) => {
  const runner = createBlockRunner((bytes) => createKernelOf(module, bytes), run, arrays);
  return ({ task, spare }: BlockWork) => runner(task, spare);
});
