import { type BlockTask, createBlockRunner, type KernelFactory } from "../../src/experiment/block.ts";
import { derive } from "../../src/experiment/derive.ts";
import { type MeasureOptions, measure } from "../../src/experiment/measure.ts";
import type { RecordTheory, ShiftRecord } from "../../src/experiment/record.ts";
import { settingOf } from "../../src/experiment/setting.ts";
import { weightsOf } from "../../src/experiment/streamed-block.ts";
import type { BatchNormRun } from "../../src/forward/batch-norm.ts";
import { createMasks } from "../../src/forward/noise.ts";
import { type Segment, segmentOf } from "../../src/forward/schedule.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { LinearLayer } from "../../src/network/network.ts";
import { networkOf } from "../../src/network/of-scenario.ts";
import type { Arrays } from "../../src/scenario/arrays.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";

/** A record that is compared with theory. */
export interface ComparedRecord extends ShiftRecord {
  readonly theory: RecordTheory;
  readonly agreement: ShiftRecord["agreement"] & { readonly deviation: number };
}

/** The record of a network with one position, for which there is a closed form. */
export async function measureOne(scenario: Scenario, options: MeasureOptions): Promise<ComparedRecord> {
  const [record] = await measure(scenario, options);
  return compared(record);
}

/** The closed form that a scenario has. */
export function theoryOf(scenario: Scenario): RecordTheory {
  const { theory } = derive(scenario);
  if (theory === null) throw new Error("there is no closed form");
  return theory;
}

/** The record, of which it is known that there is a closed form. */
export function compared(record: ShiftRecord): ComparedRecord {
  const { theory, agreement } = record;
  if (theory === null || agreement.deviation === null) throw new Error("there is no closed form");
  return { ...record, theory, agreement: { ...agreement, deviation: agreement.deviation } };
}

/** Draws blocks of a scenario with one position, both phases in one pass. */
export function runnerOf(createKernel: KernelFactory, scenario: Scenario, arrays?: Arrays) {
  const run = createBlockRunner(createKernel, settingOf(scenario).run, arrays);
  return (task: Omit<BlockTask, "pass">, spare?: BatchNormRun) => {
    const { batchNorm, ...result } = run({ ...task, pass: { kind: "both" } }, spare);
    if (batchNorm === undefined) throw new Error("nothing was trained");
    return { ...result, batchNorm };
  };
}

/** The layers of a scenario with one position. */
export function segmentIn(scenario: Scenario): Segment {
  const segment = segmentOf(networkOf(scenario));
  if (segment === undefined) throw new Error("a stack is no segment");
  return segment;
}

/** A scenario's linear layer. */
export function linearIn(scenario: Scenario): LinearLayer {
  const { linear } = segmentIn(scenario);
  if (linear === null) throw new Error("there is no linear layer");
  return linear;
}

/** A scenario's noise, with the masks that its plan says. */
export function masksIn(kernel: Kernel, scenario: Scenario) {
  return createMasks(kernel, segmentIn(scenario).noise, settingOf(scenario).plan.masks);
}

/** The weights of a scenario's linear layer. */
export function weightsIn(scenario: Scenario, arrays?: Arrays) {
  return weightsOf(segmentIn(scenario), arrays);
}
