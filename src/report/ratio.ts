import { fewestBatches } from "../experiment/error-floors.ts";
import { type ShiftRecord, scenarioOf } from "../experiment/record.ts";
import { grouped, readable, withHalfWidth } from "./numbers.ts";

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

/** What to do then: "draw 1,300,000 samples or more". */
export function forAnInterval(record: ShiftRecord): string {
  const samples = fewestBatches(scenarioOf(record)) * record.scenario.batchSize;
  return isTooRare(record) ? `draw ${grouped(samples)} samples or more` : "draw more";
}

function isTooRare(record: ShiftRecord): boolean {
  return record.measured.batches < fewestBatches(scenarioOf(record));
}
