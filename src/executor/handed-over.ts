import type { BlockTask } from "../experiment/block.ts";
import type { StackTask } from "../experiment/stack/block.ts";
import type { BatchNormRun } from "../layers/batch-norm.ts";
import type { Arrays } from "../scenario/arrays.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { StackScenario } from "../scenario/stack/stack.ts";

// What threads hand over to each other. A worker answers a block with a BlockResult, a cell with a CellOutcome, a
// stack's task with a StackBlock.

/** What a worker thread is started with. */
export interface WorkerData {
  readonly work:
    | { readonly kind: "blocks"; readonly scenario: Scenario }
    | { readonly kind: "cells" }
    | { readonly kind: "stacks" };
  /** What the scenarios name; their memory is looked at, and not copied, where it can be shared. */
  readonly arrays: Arrays | undefined;
  /** The kernel, compiled here already. */
  readonly module: WebAssembly.Module | undefined;
}

export interface BlockWork {
  readonly task: BlockTask;
  /** Arrays of an earlier result, for this one's: new ones for each would lie about until the collector finds them. */
  readonly spare: BatchNormRun | undefined;
}

export interface StackWork {
  readonly stack: StackScenario;
  readonly task: StackTask;
}

/** The memory of a run's arrays, which is handed over and not copied. */
export function arraysOf({ runningMean, runningVariance, testMean, testVariance }: BatchNormRun): ArrayBuffer[] {
  const buffers = [runningMean, runningVariance, testMean, testVariance].map(({ buffer }) => buffer as ArrayBuffer);
  return [...new Set(buffers)];
}
