import { parentPort, workerData } from "node:worker_threads";
import { type BlockResult, type BlockTask, createBlockRunner } from "../experiment/block.ts";
import { createKernel } from "../kernel/fastest.ts";
import type { Scenario } from "../scenario/scenario.ts";

// A worker thread: builds the network of the one scenario it was started for, and answers each task with its result.
const run = createBlockRunner(createKernel, workerData as Scenario);

parentPort?.on("message", (task: BlockTask) => {
  const result = run(task);
  parentPort?.postMessage(result, transferred(result));
});

/** The arrays of a result are handed over, not copied. */
function transferred({ batchNorm }: BlockResult): ArrayBuffer[] {
  const { runningMean, runningVariance, testMean, testVariance } = batchNorm;
  return [runningMean, runningVariance, testMean, testVariance].map(({ buffer }) => buffer as ArrayBuffer);
}
