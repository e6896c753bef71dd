import { type BlockResult, type BlockTask, createBlockRunner, type KernelFactory } from "../experiment/block.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Runs blocks of any scenario; the network of the latest one is kept, since blocks of a scenario come together. */
export function latestRunner(createKernel: KernelFactory): (scenario: Scenario, task: BlockTask) => BlockResult {
  let latest: { readonly scenario: Scenario; readonly run: (task: BlockTask) => BlockResult } | undefined;
  return (scenario, task) => {
    if (latest?.scenario !== scenario) latest = { scenario, run: createBlockRunner(createKernel, scenario) };
    return latest.run(task);
  };
}
