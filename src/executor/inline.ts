import type { KernelFactory } from "../experiment/block.ts";
import type { Executor } from "../experiment/measure.ts";
import { tasksOf } from "../experiment/plan/plan.ts";
import type { BatchNormRun } from "../forward/batch-norm.ts";
import { latestRunner } from "./latest-runner.ts";
import { nextTurn } from "./next-turn.ts";

/** Runs blocks one after the other on the calling thread, which looks after its events between two blocks. */
export function createInlineExecutor(createKernel: KernelFactory): Executor {
  const runnerOf = latestRunner(createKernel);
  return {
    async prepare() {},
    async *run({ run, arrays, range, signal }) {
      let spare: BatchNormRun | undefined;
      for (const task of tasksOf(range)) {
        if (signal?.aborted) return;
        const result = runnerOf(run, arrays)(task, spare);
        yield result;
        spare = result.batchNorm;
        await nextTurn();
      }
    },
    close() {},
  };
}
