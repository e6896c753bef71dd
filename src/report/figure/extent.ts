import { extent } from "d3-array";
import type { LinesFigure } from "./figure.ts";

/**
 * An interval that is this many times as long as all values are apart says nothing, and would flatten the picture. Of categories the
 * intervals are what is compared.
 */
const LONGEST_BAR = 6;
const LONGEST_OF_CATEGORIES = 100;

/**
 * The part of the y axis that a figure needs: all values, lines and the band, and of the intervals as much as helps. From 0
 * where the values reach over more than half of the way down to it. Of a logarithmic axis, the values and lines.
 */
export function extentOf({ panels, band, x, y }: LinesFigure): readonly [number, number] {
  const series = panels.flatMap((panel) => panel.series);
  const places = series.flatMap(({ points, line, fit, spread = [] }) => [
    ...[...points, ...line, ...fit].map(({ y }) => y),
    ...spread.flatMap(({ low, high }) => [low, high]),
  ]);
  const values = band === null ? places : [...places, -1.6 * band, 1.6 * band];
  const [lowest = 0, highest = lowest] = extent(values);
  if (y.isLogarithmic) return [lowest, highest];
  const longest = x.names.length > 0 ? LONGEST_OF_CATEGORIES : LONGEST_BAR;
  const reach = longest * (highest - lowest || Math.abs(highest) || 1);
  const ends = series.flatMap(({ points }) => points.flatMap(({ interval }) => interval ?? []));
  const [least = lowest, most = highest] = extent([lowest, highest, ...ends]);
  const low = Math.max(lowest - reach, least);
  return [lowest > 0 && lowest < highest / 2 ? 0 : low, Math.min(highest + reach, most)];
}
