import type { Place, Series } from "./figure.ts";

/** So close, as a part of the axis, two points look like one. */
const NEAR = 0.008;
/** Series of which this part of the points that they share look alike lie on each other. */
const MOST = 0.6;

/** How a series lies among those that coincide with it. */
export interface Overlap {
  /** How many lie on it. */
  readonly above: number;
  /** How many it lies on. */
  readonly below: number;
}

/**
 * How many series lie on each one, and under it, in the order in which they are drawn. Those below are drawn larger and those above
 * with gaps, so that all are seen.
 *
 * part   how far up a value is, 0 to 1
 */
export function overlapsOf(series: readonly Series[], part: (value: number) => number): readonly Overlap[] {
  return series.map((one, index) => {
    const meeting = series.map((other, at) => at !== index && coincide(one, other, part));
    return {
      above: meeting.filter((meets, at) => meets && at > index).length,
      below: meeting.filter((meets, at) => meets && at < index).length,
    };
  });
}

function coincide(one: Series, other: Series, part: (value: number) => number): boolean {
  const shared = sharedPlaces(one.points, other.points);
  // Measured at different points, they may still follow one line.
  const pairs = shared.length > 0 ? shared : sharedPlaces(one.line, other.line);
  const near = pairs.filter(([first, second]) => Math.abs(part(first) - part(second)) < NEAR).length;
  return pairs.length > 0 && near >= MOST * pairs.length;
}

/** The values of two series where both have one. */
function sharedPlaces(one: readonly Place[], other: readonly Place[]): readonly (readonly [number, number])[] {
  const values = new Map(other.map(({ x, y }) => [x, y]));
  return one.flatMap(({ x, y }) => {
    const value = values.get(x);
    return value === undefined ? [] : [[y, value] as const];
  });
}
