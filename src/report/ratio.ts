import { errorFloors, fewestBatches } from "../experiment/error-floors.ts";
import { planOf } from "../experiment/plan/plan.ts";
import { type ShiftRecord, scenarioOf } from "../experiment/record.ts";
import { counted, grouped, percent, readable, withHalfWidth } from "./numbers.ts";

type MeasuredRatio = Pick<ShiftRecord["measured"], "shift" | "interval">;

/** Half the width of the interval; null where there is none. */
export function halfWidthOf({ interval }: Pick<MeasuredRatio, "interval">): number | null {
  return interval === null ? null : (interval[1] - interval[0]) / 2;
}

/** A measured ratio with half the width of its interval: "0.49987 ± 0.00094", or "0.5812" where there is none. */
export function ratioInWords(measured: MeasuredRatio): string {
  const halfWidth = halfWidthOf(measured);
  return halfWidth === null ? readable(measured.shift, 4) : withHalfWidth(measured.shift, halfWidth);
}

/** The same for the row of a table, where nothing else says that there is no interval: "0.5812 (no interval)". */
export function measuredRatio(measured: MeasuredRatio): string {
  return measured.interval === null ? `${ratioInWords(measured)} (no interval)` : ratioInWords(measured);
}

/** Why a record has no interval: "too few rare events for an interval". */
export function whyNoInterval(record: ShiftRecord): string {
  return isTooRare(record) ? "too few rare events for an interval" : "too few samples for an interval";
}

/** Why a verdict is inconclusive, and what would make it conclusive. */
export function whyInconclusive(record: ShiftRecord): string {
  const { scenario, measured, agreement } = record;
  const { minimum } = planOf(scenarioOf(record));
  if (measured.batches < minimum) {
    const why = isTooRare(record)
      ? "too few rare events"
      : `${counted(measured.batches, "mini-batch", "mini-batches")}`;
    return `${why}; at least ${grouped(minimum)} mini-batches are needed (--samples ${minimum * scenario.batchSize})`;
  }
  const halfWidth = halfWidthOf(measured);
  const found = halfWidth === null ? whyNoInterval(record) : `±${percent(halfWidth / measured.shift)}`;
  return `${found} after ${grouped(measured.samples)} samples, tolerance ${percent(agreement.tolerance)}; run more samples`;
}

function isTooRare(record: ShiftRecord): boolean {
  return record.measured.batches < fewestBatches(errorFloors(scenarioOf(record)));
}
