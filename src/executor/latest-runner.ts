import { type BlockRunner, createBlockRunner, type KernelFactory, type Run } from "../experiment/block.ts";
import type { Arrays } from "../scenario/arrays.ts";

/** The runner of any network's blocks; that of the latest one is kept, since blocks of a network come together. */
export function latestRunner(createKernel: KernelFactory): (run: Run, arrays?: Arrays) => BlockRunner {
  let latest: { readonly run: Run; readonly runner: BlockRunner } | undefined;
  return (run, arrays) => {
    if (latest?.run !== run) {
      // Let go first: two networks may be too much for the memory.
      latest = undefined;
      latest = { run, runner: createBlockRunner(createKernel, run, arrays) };
    }
    return latest.runner;
  };
}
