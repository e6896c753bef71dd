import type { KernelFactory } from "../experiment/block.ts";
import { tasksOf } from "../experiment/plan.ts";
import type { Executor } from "../experiment/simulate.ts";
import type { BatchNormRun } from "../layers/batch-norm.ts";
import { latestRunner } from "./latest-runner.ts";
import { nextTurn } from "./next-turn.ts";

/** Runs blocks one after the other on the calling thread, which looks after its events between two blocks. */
export function createInlineExecutor(createKernel: KernelFactory): Executor {
  const runnerOf = latestRunner(createKernel);
  return {
    async prepare() {},
    async *run({ scenario, arrays, range, signal }) {
      let spare: BatchNormRun | undefined;
      for (const task of tasksOf(range)) {
        if (signal?.aborted) return;
        const result = runnerOf(scenario, arrays)(task, spare);
        yield result;
        spare = result.batchNorm;
        await nextTurn();
      }
    },
    close() {},
  };
}
