import { createBlockRunner, type KernelFactory } from "../experiment/block.ts";
import type { Executor } from "../experiment/simulate.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Runs blocks one after the other on the calling thread, which looks after its events between two blocks. */
export function createInlineExecutor(createKernel: KernelFactory): Executor {
  let latest: { readonly scenario: Scenario; readonly run: ReturnType<typeof createBlockRunner> } | undefined;
  return async function* (scenario, tasks, signal) {
    if (latest?.scenario !== scenario) latest = { scenario, run: createBlockRunner(createKernel, scenario) };
    for (const task of tasks) {
      if (signal?.aborted) return;
      yield latest.run(task);
      await new Promise((resume) => setImmediate(resume));
    }
  };
}
