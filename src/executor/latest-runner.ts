import { type BlockRunner, createBlockRunner, type KernelFactory } from "../experiment/block.ts";
import type { Arrays } from "../scenario/arrays.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** The runner of any scenario's blocks; that of the latest one is kept, since blocks of a scenario come together. */
export function latestRunner(createKernel: KernelFactory): (scenario: Scenario, arrays?: Arrays) => BlockRunner {
  let latest: { readonly scenario: Scenario; readonly run: BlockRunner } | undefined;
  return (scenario, arrays) => {
    if (latest?.scenario !== scenario) latest = { scenario, run: createBlockRunner(createKernel, scenario, arrays) };
    return latest.run;
  };
}
