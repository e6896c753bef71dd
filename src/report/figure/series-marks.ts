import * as Plot from "@observablehq/plot";
import type { Series } from "./figure.ts";
import { PLOT_HEIGHT } from "./layout.ts";
import { INK, styleOf } from "./palette.ts";
import type { Range } from "./scale.ts";

const RADIUS = 4.5;
/** How far apart, in pixels, symbols of neighbouring series are set where only their height matters; and all of them. */
const DODGE = 5;
const DODGED_WIDTH = 30;

export function lineMark({ line }: Series, index: number) {
  const { color, dashes } = styleOf(index);
  return Plot.line(line, { x: "x", y: "y", stroke: color, strokeWidth: 1.8, strokeDasharray: dashes });
}

/** Behind the line of its colour. */
export function spreadMark({ spread = [] }: Series, index: number) {
  const { color } = styleOf(index);
  return Plot.areaY(spread, { x: "x", y1: "low", y2: "high", fill: color, fillOpacity: 0.16 });
}

/** Dotted and in ink, so that it is seen on the line that it should be. */
export function fitMark({ fit }: Series) {
  return Plot.line(fit, {
    x: "x",
    y: "y",
    stroke: INK,
    strokeWidth: 2,
    strokeDasharray: "0.1 4.5",
    strokeLinecap: "round",
  });
}

interface PointSetting {
  readonly index: number;
  readonly count: number;
  readonly extent: Range;
  readonly isDodged: boolean;
}

/** Error bars under symbols that are hollow, so that those which coincide are both seen. */
export function pointMarks({ points }: Series, { index, count, extent, isDodged }: PointSetting) {
  const { color } = styleOf(index);
  const dx = isDodged ? (index - (count - 1) / 2) * Math.min(DODGE, DODGED_WIDTH / count) : 0;
  const bars = points.flatMap(({ x, interval }) => {
    if (interval === null) return [];
    const [low, high] = interval;
    return [{ x, low: Math.max(extent.low, low), high: Math.min(extent.high, high), interval }];
  });
  const pixel = (extent.high - extent.low) / PLOT_HEIGHT;
  const ends = bars.flatMap(({ x, low, high, interval }) => {
    // A bar that hides behind its symbol would only fill it, and one that is cut off has no end to show.
    if (high - low < 4 * RADIUS * pixel) return [];
    return [low, high].filter((end) => interval.includes(end)).map((y) => ({ x, y }));
  });
  return [
    Plot.ruleX(bars, { x: "x", y1: "low", y2: "high", stroke: color, strokeWidth: 1.4, dx }),
    Plot.dot(ends, { x: "x", y: "y", symbol: CAP, r: 4, stroke: color, strokeWidth: 1.4, dx }),
    Plot.dot(points, { x: "x", y: "y", ...symbolLook(index), dx }),
  ];
}

/** What a symbol is drawn on. */
export interface Path {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/** The short line across the end of an error bar. */
const CAP = {
  draw(context: Path, size: number) {
    const half = Math.sqrt(size / Math.PI);
    context.moveTo(-half, 0);
    context.lineTo(half, 0);
  },
};

/** How the symbol of a series looks, in the picture and in its legend. */
export function symbolLook(index: number) {
  const { color, symbol } = styleOf(index);
  return { symbol, r: RADIUS, stroke: color, strokeWidth: 1.8, fill: "#ffffff", fillOpacity: 0.85 };
}
