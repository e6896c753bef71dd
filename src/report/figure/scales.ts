import { extent } from "d3-array";
import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from "d3-scale";
import { extentOf } from "./extent.ts";
import type { Axis, LinesFigure } from "./figure.ts";

/** From a value to how far along an axis it is, 0 to 1; a copy with another range goes to pixels, or to characters. */
export type Scale = ScaleContinuousNumeric<number, number>;

/** The scales that all panels share. */
export interface AxisScales {
  readonly x: Scale;
  readonly y: Scale;
}

/** Over what is measured and drawn; up, from one round number to another, with about so many between. */
export function scalesOf(figure: LinesFigure, ticks: number): AxisScales {
  const x = scaleOf(figure.x).domain(domainAcross(figure));
  const y = scaleOf(figure.y).domain(extentOf(figure));
  return { x, y: figure.y.isLogarithmic ? y : y.nice(ticks) };
}

export function scaleOf({ isLogarithmic }: Pick<Axis, "isLogarithmic">): Scale {
  return isLogarithmic ? scaleLog() : scaleLinear();
}

function domainAcross({ x, panels }: LinesFigure): readonly [number, number] {
  if (x.names.length > 0) return [-0.5, x.names.length - 0.5];
  const points = panels.flatMap(({ series }) => series.flatMap((one) => one.points));
  const [low = 0, high = low] = extent(points, (point) => point.x);
  if (low < high) return [low, high];
  return x.isLogarithmic ? [low / 2, low * 2] : [low - 1, low + 1];
}
