import { type Cell, measureCell } from "../experiment/cells.ts";
import { kernelsInTurn } from "../kernel/fastest.ts";
import type { CellWorkerData } from "./handed-over.ts";
import { createInlineExecutor } from "./inline.ts";
import { serve } from "./serve.ts";

// A worker thread: measures whole scenarios, one after another, and answers each with its outcome.
serve(({ arrays, module }: CellWorkerData) => {
  const executor = createInlineExecutor(kernelsInTurn(module));
  return (cell: Cell) => measureCell(cell, { executor, arrays });
});
