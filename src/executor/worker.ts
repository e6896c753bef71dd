import { parentPort, workerData } from "node:worker_threads";
import { createBlockRunner, type Run } from "../experiment/block.ts";
import { type Cell, measureCell } from "../experiment/cells.ts";
import { createKernelOf } from "../kernel/fastest.ts";
import { arraysOfResult, type BlockWork, type WorkerData } from "./handed-over.ts";
import { createInlineExecutor } from "./inline.ts";

// A worker thread: answers each task with its result, in the order that it was given them.
const { work, arrays, module } = workerData as WorkerData;
const createKernel = (bytes: number) => createKernelOf(module, bytes);
if (work.kind === "blocks") answerBlocks(work.run);
else answerCells();

/** Builds the one network that it was started for. */
function answerBlocks(run: Run): void {
  const runner = createBlockRunner(createKernel, run, arrays);
  parentPort?.on("message", ({ task, spare }: BlockWork) => {
    const result = runner(task, spare);
    parentPort?.postMessage(result, arraysOfResult(result));
  });
}

/** Measures whole scenarios, one after another. */
function answerCells(): void {
  const executor = createInlineExecutor(createKernel);
  let before = Promise.resolve();
  parentPort?.on("message", (cell: Cell) => {
    before = before.then(async () => parentPort?.postMessage(await measureCell(cell, { executor, arrays })));
  });
}
