import type { BlockResult, BlockTask, Run } from "../experiment/block.ts";
import type { BatchNormRun } from "../forward/batch-norm.ts";
import type { ModelRun, PassResult, PassTask } from "../passes/tasks.ts";
import type { Arrays } from "../scenario/arrays.ts";

// What threads hand over to each other. A worker answers a block with a BlockResult, a cell with a CellOutcome, and a pass of a trained
// model with its result.

/** What a worker thread is started with. */
export interface WorkerData {
  readonly work: { readonly kind: "blocks"; readonly run: Run } | { readonly kind: "cells" };
  /** What the scenarios name; their memory is looked at, and not copied, where it can be shared. */
  readonly arrays: Arrays | undefined;
  /** The kernel, compiled here already. */
  readonly module: WebAssembly.Module | undefined;
}

/** What a worker thread for passes of a trained model is started with. */
export interface PassWorkerData {
  readonly run: ModelRun;
  readonly module: WebAssembly.Module | undefined;
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

/** The memory of a result's arrays, which is handed over and not copied. */
export function arraysOfResult({ batchNorm, rows }: BlockResult): ArrayBuffer[] {
  const seen = rows && [rows.variances, rows.meanShifts, rows.statistics.mean, rows.statistics.variance];
  const ofRows = seen?.map(({ buffer }) => buffer as ArrayBuffer) ?? [];
  return [...(batchNorm === undefined ? [] : arraysOf(batchNorm)), ...ofRows];
}

/** The memory of the running statistics alone. */
export function arraysOf({ runningMean, runningVariance, testMean, testVariance }: BatchNormRun): ArrayBuffer[] {
  const buffers = [runningMean, runningVariance, testMean, testVariance].map(({ buffer }) => buffer as ArrayBuffer);
  return [...new Set(buffers)];
}
