import { roundingBias } from "../forward/fixed-point.ts";
import { scatterForm } from "../forward/scatter-form.ts";
import { errorFloors } from "./error-floors.ts";
import { type ErrorFloor, type Estimate, estimate } from "./estimate.ts";
import { type ShiftRecord, scenarioOf } from "./record.ts";
import { type Setting, settingOf } from "./setting.ts";

/**
 * The error floors of a network, with what rounding leaves behind weights of an alignment as drawn; null without a layer, and in a
 * stack.
 */
export function floorsOf(
  { scenario, segment, plan }: Pick<Setting, "scenario" | "segment" | "plan">,
  alignment: number | null,
): readonly ErrorFloor[] {
  const { floors, masks } = plan;
  if (segment === undefined || alignment === null || floors.length === 0) return floors;
  const scatter = scatterForm(segment, [{ sum: Math.sqrt(alignment), sumOfSquares: 1 }], {
    batchSize: scenario.batchSize,
    masks,
  });
  const error = scatter
    ? scatter.errors.train + scatter.errors.test
    : roundingBias(segment, { alignment, isMirrored: masks.isMirrored });
  return [...floors, { before: Number.POSITIVE_INFINITY, error }];
}

/** The same of a record. Without drawn weights nothing else of a setting counts. */
export function floorsOfRecord(record: ShiftRecord): readonly ErrorFloor[] {
  const asked = scenarioOf(record);
  const { alignment } = record.scenario;
  return alignment === null ? errorFloors(asked) : floorsOf(settingOf(asked), alignment);
}

/** The estimate that a record's sums give. */
export function estimateOf(record: ShiftRecord): Estimate | undefined {
  return estimate(record.sums, floorsOfRecord(record));
}
