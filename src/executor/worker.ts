import { parentPort, workerData } from "node:worker_threads";
import { type BlockResult, type BlockTask, createBlockRunner } from "../experiment/block.ts";
import { createKernelOf } from "../kernel/fastest.ts";
import type { WorkerData } from "./crew.ts";

// A worker thread: builds the network of the one scenario it was started for, and answers each task with its result.
const { scenario, module } = workerData as WorkerData;
const run = createBlockRunner((bytes) => createKernelOf(module, bytes), scenario);

parentPort?.on("message", (task: BlockTask) => {
  const result = run(task);
  parentPort?.postMessage(result, transferred(result));
});

/** The arrays of a result are handed over, not copied. */
function transferred({ batchNorm }: BlockResult): ArrayBuffer[] {
  const { runningMean, runningVariance, testMean, testVariance } = batchNorm;
  return [runningMean, runningVariance, testMean, testVariance].map(({ buffer }) => buffer as ArrayBuffer);
}
