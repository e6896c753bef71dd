import type { BlockTask, Run } from "../experiment/block.ts";
import type { BatchNormRun } from "../forward/batch-norm.ts";
import type { ModelRun, PassResult, PassTask } from "../passes/tasks.ts";
import type { Arrays } from "../scenario/arrays.ts";

// What threads hand over to each other. A worker answers a block with a BlockResult, a cell with a CellOutcome, and a pass of a trained
// model with its result.
//
// No memory is transferred: from the first buffer that is, V8 distrusts all typed arrays of a thread, discards what it has optimised,
// and compiles it again with checks (30 ms of CPU in a run of 200). What is large is in memory that threads share.

/** What any worker thread is started with: the kernel, compiled here already. */
interface KernelData {
  readonly module: WebAssembly.Module | undefined;
}

/** What a worker thread for blocks is started with. */
export interface BlockWorkerData extends KernelData {
  readonly run: Run;
  /** With those that the network names; their memory is looked at, and not copied, where it can be shared. */
  readonly arrays: Arrays | undefined;
}

/** What a worker thread for whole scenarios is started with. */
export interface CellWorkerData extends KernelData {
  /** With those that the scenarios name; as for blocks. */
  readonly arrays: Arrays | undefined;
}

/** What a worker thread for passes of a trained model is started with. */
export interface PassWorkerData extends KernelData {
  readonly run: ModelRun;
}

export interface PassWork {
  /** Its number among the tasks of its run. */
  readonly index: number;
  readonly task: PassTask;
}

export interface PassDone {
  readonly index: number;
  readonly result: PassResult;
}

export interface BlockWork {
  readonly task: BlockTask;
  /** Arrays of an earlier result, for this one's: new ones for each would lie about until the collector finds them. */
  readonly spare: BatchNormRun | undefined;
}
