import { parentPort, workerData } from "node:worker_threads";
import { type Cell, measureCell } from "../experiment/cells.ts";
import { kernelsInTurn } from "../kernel/fastest.ts";
import type { CellWorkerData } from "./handed-over.ts";
import { createInlineExecutor } from "./inline.ts";

// A worker thread: measures whole scenarios, one after another, and answers each with its outcome.
const { arrays, module } = workerData as CellWorkerData;
const executor = createInlineExecutor(kernelsInTurn(module));
let before = Promise.resolve();
parentPort?.on("message", (cell: Cell) => {
  before = before.then(async () => parentPort?.postMessage(await measureCell(cell, { executor, arrays })));
});
