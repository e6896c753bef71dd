import { parentPort, workerData } from "node:worker_threads";
import { createBlockRunner } from "../experiment/block.ts";
import { type Cell, measureCell } from "../experiment/cells.ts";
import { createKernelOf } from "../kernel/fastest.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { arraysOf, type BlockWork, type StackWork, type WorkerData } from "./handed-over.ts";
import { createInlineExecutor } from "./inline.ts";
import { latestStackRunner } from "./stack-runner.ts";

// A worker thread: answers each task with its result, in the order that it was given them.
const { work, arrays, module } = workerData as WorkerData;
const createKernel = (bytes: number) => createKernelOf(module, bytes);
if (work.kind === "blocks") answerBlocks(work.scenario);
else if (work.kind === "cells") answerCells();
else answerStacks();

/** Builds the network of the one scenario that it was started for. */
function answerBlocks(scenario: Scenario): void {
  const run = createBlockRunner(createKernel, scenario, arrays);
  parentPort?.on("message", ({ task, spare }: BlockWork) => {
    const result = run(task, spare);
    parentPort?.postMessage(result, arraysOf(result.batchNorm));
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

/** Takes mini-batches through stacks, most often through the same one as before. */
function answerStacks(): void {
  const runnerOf = latestStackRunner(createKernel);
  parentPort?.on("message", ({ stack, task }: StackWork) => {
    const block = runnerOf(stack)(task);
    const arrays = [block.variances, block.meanShifts, block.statistics?.mean, block.statistics?.variance];
    parentPort?.postMessage(block, arrays.flatMap((array) => array?.buffer ?? []) as ArrayBuffer[]);
  });
}
