import type { Kernel } from "../kernel/kernel.ts";
import type { BatchNormOfModel } from "../model/graph.ts";
import type { Loaded } from "./loaded.ts";
import { addReceived, type ChannelSums, chunkOf, emptySums, measuredSums, type PairedSums } from "./moments.ts";
import { createNetwork, type Network, type NetworkToRun, networkBytes, type Statistics } from "./network.ts";
import { repaired } from "./repair.ts";

/** A network and the rows that it is run on: plain data, which a thread is started with. */
export interface ModelRun {
  readonly network: NetworkToRun;
  /** Those that it is measured and repaired by, and others. */
  readonly rows: { readonly inputs: Float32Array; readonly others: Float32Array };
}

/** A part of the work, which any thread may do; the result depends on nothing else. */
export type PassTask = MomentsTask | RepairTask | OutputsTask;

/** What norms receive by the inputs from one up to another, with noise and without. */
export interface MomentsTask {
  readonly kind: "moments";
  readonly from: number;
  readonly to: number;
  readonly masks: number;
}

/** New statistics by all inputs; `on` is what each norm receives of them with noise. */
export interface RepairTask {
  readonly kind: "repair";
  readonly on: readonly ChannelSums[];
  readonly isKept: readonly boolean[];
}

/** The outputs of other rows, the mean of them over masks, or without noise where `masks` is null; by other statistics where there are some. */
export interface OutputsTask {
  readonly kind: "outputs";
  readonly from: number;
  readonly to: number;
  readonly masks: number | null;
  readonly statistics: readonly Statistics[] | null;
}

export type ResultOf<Task extends PassTask> = Task extends MomentsTask
  ? readonly PairedSums[]
  : Task extends RepairTask
    ? readonly Statistics[]
    : OutputsOfRows;

export type PassResult = ResultOf<PassTask>;

export interface OutputsOfRows {
  /** Row by row. */
  readonly outputs: Float64Array;
  /** What each norm received. */
  readonly received: readonly ChannelSums[];
}

export type PassRunner = <Task extends PassTask>(task: Task) => ResultOf<Task>;

/** Runs tasks on this thread. The network is made at once. */
export function createPassRunner(
  createKernel: (bytes: number) => Kernel,
  { network: setting, rows }: ModelRun,
): PassRunner {
  const network = createNetwork(createKernel(networkBytes(setting)), setting);
  const stored = [...network.statistics];
  const size = setting.inputShape.reduce((product, length) => product * length, 1);
  const runTask = (task: PassTask): PassResult => {
    network.statistics.splice(0, stored.length, ...stored);
    switch (task.kind) {
      case "moments":
        return measuredSums(network, { ...task, x: rows.inputs.subarray(task.from * size, task.to * size) });
      case "repair": {
        const inputs = rows.inputs.length / size;
        const isKept = (norm: number) => task.isKept[norm] === true;
        return [...repaired(network, { x: rows.inputs, inputs, on: task.on, isKept })];
      }
      case "outputs":
        network.statistics.splice(0, stored.length, ...(task.statistics ?? stored));
        return outputsOf(network, rows.others, task, size);
    }
  };
  return runTask as PassRunner;
}

function outputsOf(network: Network, x: Float32Array, { from, to, masks }: OutputsTask, size: number): OutputsOfRows {
  const width = network.outputSize;
  const outputs = new Float64Array((to - from) * width);
  const received = network.norms.map(({ variance }) => emptySums(variance.length));
  const chunk = chunkOf(network);
  for (let first = from; first < to; first += chunk) {
    const inputs = Math.min(chunk, to - first);
    const of = network.run({
      ...{ x: x.subarray(first * size, (first + inputs) * size), inputs, firstInput: first, masks },
      atNorm(what) {
        const { mean } = network.norms[what.norm] as Loaded<BatchNormOfModel>;
        addReceived(received[what.norm] as ChannelSums, what, mean);
      },
    });
    const count = inputs * width;
    for (let at = 0; at < of.length; at++) {
      const to = (first - from) * width + (at % count);
      outputs[to] = (outputs[to] as number) + (of[at] as number) / (masks ?? 1);
    }
  }
  return { outputs, received };
}
