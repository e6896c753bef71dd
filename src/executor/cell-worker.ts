import { parentPort, workerData } from "node:worker_threads";
import { type Cell, measureCell } from "../experiment/cells.ts";
import { createKernelOf } from "../kernel/fastest.ts";
import type { CellWorkerData } from "./handed-over.ts";
import { createInlineExecutor } from "./inline.ts";

// A worker thread: measures whole scenarios, one after another, and answers each with its outcome.
const { arrays, module } = workerData as CellWorkerData;
const executor = createInlineExecutor((bytes) => createKernelOf(module, bytes));
let before = Promise.resolve();
parentPort?.on("message", (cell: Cell) => {
  before = before.then(async () => parentPort?.postMessage(await measureCell(cell, { executor, arrays })));
});
