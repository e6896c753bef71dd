import type { KernelFactory } from "../experiment/block.ts";
import { createStackRunner, type StackRunner } from "../experiment/stack/block.ts";
import type { StackScenario } from "../scenario/stack/stack.ts";

/** The runner of any stack's blocks; that of the latest one is kept, since blocks of a stack come together. */
export function latestStackRunner(createKernel: KernelFactory): (stack: StackScenario) => StackRunner {
  let latest: { readonly name: string; readonly run: StackRunner } | undefined;
  return (stack) => {
    const name = JSON.stringify(stack);
    if (latest?.name !== name) {
      // Let go first: two stacks may be too much for the memory.
      latest = undefined;
      latest = { name, run: createStackRunner(createKernel, stack) };
    }
    return latest.run;
  };
}
