import { VshiftError } from "../errors.ts";
import type { WorkerLost } from "../executor/crew.ts";
import { createPassExecutor } from "../executor/passes.ts";
import { referenceKernel } from "../kernel/reference.ts";
import type { BatchNormOfModel, ModelGraph } from "../model/graph.ts";
import { estimateOf, type NormEstimate, together } from "../passes/estimate.ts";
import { type Loaded, loaded } from "../passes/loaded.ts";
import { combinedSums, type PairedSums } from "../passes/moments.ts";
import { createNetwork, type NetworkToRun, type Statistics } from "../passes/network.ts";
import type { MomentsTask, OutputsOfRows, OutputsTask, RepairTask } from "../passes/tasks.ts";
import { excerpt } from "../tensor/file-error.ts";
import type { FittingRows } from "./audit-rows.ts";

/** How a model is run; no result depends on it. */
export interface ModelRunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly threads: number;
  readonly onWorkerLost?: ((reason: WorkerLost) => void) | undefined;
  /** Told how many multiply-adds are done. */
  readonly onDone?: ((work: number) => void) | undefined;
}

export interface ModelToRun {
  readonly model: string;
  readonly graph: ModelGraph;
  readonly seed: string;
  /** The node whose output is asked for; null where only norms are. */
  readonly output: number | null;
  readonly inputs: FittingRows;
  readonly others: FittingRows | null;
}

/** Passes of a model, on threads. */
export interface ModelRunner {
  readonly norms: readonly Loaded<BatchNormOfModel>[];
  /** Numbers of one input's output; 0 where none is asked for. */
  readonly outputSize: number;
  /** Multiply-adds of one pass of one input. */
  readonly workOfSample: number;
  /** Numbers that one input takes in memory at a time, at most about. */
  readonly liveSize: number;
  /** What each norm receives of the inputs, and the estimates that follow. */
  measure(
    masks: number,
    confidence: number,
  ): Promise<{ readonly sums: readonly PairedSums[]; readonly estimates: readonly NormEstimate[] }>;
  /** New statistics of norms that are not kept. */
  repair(sums: readonly PairedSums[], isKept: readonly boolean[]): Promise<readonly Statistics[]>;
  /** The outputs of the first of the other rows; see `OutputsTask`. */
  outputs(rows: number, options?: Partial<Pick<OutputsTask, "masks" | "statistics">>): Promise<OutputsOfRows>;
  close(): void;
}

/** Groups of inputs that are measured apart, so that the spread between them is seen. */
const MOST_GROUPS = 16;

/** Makes a model ready to run; a `VshiftError` for one that cannot be. */
export function startModelRun(
  { model, graph, seed, output, inputs, others }: ModelToRun,
  { signal, threads, onWorkerLost, onDone = () => {} }: ModelRunOptions,
): ModelRunner {
  const network: NetworkToRun = { model, nodes: loaded(graph.nodes), inputShape: inputs.shape, output, seed };
  const { norms, outputSize, workOfSample, liveSize } = createNetwork(referenceKernel, network);
  const rows = { inputs: inputs.values, others: others?.values ?? new Float32Array(0) };
  const executor = createPassExecutor({ network, rows }, { threads, signal, onWorkerLost });

  return {
    norms,
    outputSize,
    workOfSample,
    liveSize,
    async measure(masks, confidence) {
      const tasks = stretches(inputs.count, MOST_GROUPS).map(
        (part): MomentsTask => ({ kind: "moments", ...part, masks }),
      );
      const work = inputs.count * (1 + masks) * workOfSample;
      const groups = await executor.run(tasks, { work, onDone: () => onDone(work / tasks.length) });
      const estimates = norms.map(({ variance, epsilon }, norm) =>
        estimateOf({
          groups: groups.map((group) => group[norm] as PairedSums),
          ...{ inputs: inputs.count, running: variance, epsilon, confidence },
        }),
      );
      requireFinite(
        model,
        norms.map(({ name }, norm) => {
          const { ratio, meanShift, toStored } = estimates[norm] as NormEstimate;
          return { name, values: [ratio, meanShift, toStored] };
        }),
      );
      return {
        sums: groups.reduce((one, other) => one.map((sums, norm) => together(sums, other[norm] as PairedSums))),
        estimates,
      };
    },
    async repair(sums, isKept) {
      const task: RepairTask = { kind: "repair", on: sums.map(({ on }) => on), isKept };
      const work = inputs.count * workOfSample;
      const [statistics] = await executor.run([task], { work, onDone: () => onDone(work) });
      return statistics ?? [];
    },
    async outputs(count, { masks = null, statistics = null } = {}) {
      const parts = stretches(count, Math.max(1, Math.min(MOST_GROUPS * 4, Math.floor(count / 4))));
      const tasks = parts.map((part): OutputsTask => ({ kind: "outputs", ...part, masks, statistics }));
      const work = count * (masks ?? 1) * workOfSample;
      const found = await executor.run(tasks, { work, onDone: () => onDone(work / tasks.length) });
      const all = Float64Array.from(found.flatMap(({ outputs }) => [...outputs]));
      requireFinite(model, [{ name: "its output", values: all }]);
      return {
        outputs: all,
        received: found
          .map(({ received }) => received)
          .reduce((one, other) => one.map((sums, norm) => combinedSums(sums, other[norm] ?? sums))),
      };
    },
    close: () => executor.close(),
  };
}

/** A `VshiftError` for a model whose numbers overflow on the way: what follows would mean nothing. */
function requireFinite(
  model: string,
  all: readonly { readonly name: string; readonly values: ArrayLike<number> }[],
): void {
  const wrong = all.find(({ values }) => Array.from(values).some((value) => !Number.isFinite(value)));
  if (wrong === undefined) return;
  throw new VshiftError({
    code: "invalid-file",
    field: model,
    problem: `gives numbers that are not finite at ${excerpt(wrong.name)}`,
    hint: "check the range of the inputs (--scale of vshift audit), and whether training diverged",
  });
}

/** Cuts a number of rows into parts as even as can be, at most so many. */
function stretches(count: number, most: number): readonly { readonly from: number; readonly to: number }[] {
  const parts = Math.min(count, most);
  const end = (part: number) => Math.floor((part * count) / parts);
  return Array.from({ length: parts }, (_, part) => ({ from: end(part), to: end(part + 1) }));
}
