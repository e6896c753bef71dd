import type { ShiftRecord } from "../experiment/record.ts";
import { readable, withHalfWidth } from "./numbers.ts";

/** Half the width of the interval. */
export function halfWidthOf({ interval: [low, high] }: ShiftRecord["measured"]): number {
  return (high - low) / 2;
}

/** The measured ratio with its half width, or in words where that says nothing. */
export function measuredRatio(measured: ShiftRecord["measured"]): string {
  const halfWidth = halfWidthOf(measured);
  if (halfWidth < 10 * measured.shift) return withHalfWidth(measured.shift, halfWidth);
  return `${readable(measured.shift)} ± no idea: too few draws`;
}
