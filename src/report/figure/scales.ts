import { extentOf } from "./extent.ts";
import type { Axis, LinesFigure } from "./figure.ts";
import { type Range, rangeOf } from "./scale.ts";
import { roundRange } from "./ticks.ts";

/** The values that the axes of all panels reach over. */
export interface Domains {
  readonly x: Range;
  readonly y: Range;
}

/** What is measured and drawn; up, from one round number to another, with about so many between. */
export function domainsOf(figure: LinesFigure, ticks: number): Domains {
  const extent = extentOf(figure);
  return { x: domainAcross(figure), y: figure.y.isLogarithmic ? extent : roundRange(extent, ticks) };
}

function domainAcross({ x, panels }: LinesFigure): Range {
  if (x.names.length > 0) return { low: -0.5, high: x.names.length - 0.5 };
  const { low, high } = rangeOf(
    panels.flatMap(({ series }) => series.flatMap(({ points }) => points.map((at) => at.x))),
  );
  if (low < high) return { low, high };
  return x.isLogarithmic ? { low: low / 2, high: low * 2 } : { low: low - 1, high: low + 1 };
}

/** How far along an axis a value is, 0 to 1. */
export function partOf({ low, high }: Range, { isLogarithmic }: Pick<Axis, "isLogarithmic">) {
  if (!(low < high)) return () => 0.5;
  return (value: number) =>
    isLogarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}
