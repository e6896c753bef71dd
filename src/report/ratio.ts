import { fewestBatches } from "../experiment/error-floors.ts";
import { planOf } from "../experiment/plan.ts";
import { type ShiftRecord, scenarioOf } from "../experiment/record.ts";
import { counted, grouped, percent, readable, withHalfWidth } from "./numbers.ts";

/** Half the width of the interval; null where there is none. */
export function halfWidthOf({ interval }: ShiftRecord["measured"]): number | null {
  return interval === null ? null : (interval[1] - interval[0]) / 2;
}

/** The measured ratio with its half width: "0.49987 ± 0.00094", "0.5812 (no interval)". */
export function measuredRatio(measured: ShiftRecord["measured"]): string {
  const halfWidth = halfWidthOf(measured);
  return halfWidth === null ? `${readable(measured.shift, 4)} (no interval)` : withHalfWidth(measured.shift, halfWidth);
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
  return record.measured.batches < fewestBatches(scenarioOf(record));
}
