import { pairs } from "d3-array";

/** Below this ratio, a few equal steps look like equal ratios too. */
const SMALLEST_RATIO = 1.25;
/** How far each ratio may be from the first: values are often rounded, as 0.03 between 0.01 and 0.1 is. */
const RATIO_TOLERANCE = 0.01;

/** Whether values, three or more of them, are each the one before times something: a logarithmic axis suits them. */
export function isGeometric(values: readonly number[]): boolean {
  const sorted = distinct(values);
  const [first = 0, second = 0] = sorted;
  const ratio = second / first;
  if (sorted.length < 3 || !(first > 0) || ratio < SMALLEST_RATIO) return false;
  return pairs(sorted).every(([before, value]) => Math.abs(value / before / ratio - 1) <= RATIO_TOLERANCE);
}

/** Each value once, in ascending order. */
export function distinct(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
