import { area, line as curve, symbol } from "d3-shape";
import { type Mark, mark, rounded } from "./canvas.ts";
import type { Overlap } from "./coincidence.ts";
import type { Place, Series, Span } from "./figure.ts";
import { INK, type Style } from "./palette.ts";

const RADIUS = 4.5;
const LINE_WIDTH = 1.8;
/** Of a line on another one. */
const GAPS = "8 6";
const BAR_WIDTH = 1.4;
/** How much larger a series is for each one that lies on it, and at most for all. */
export const RADIUS_STEP = 2.6;
export const MOST_RADIUS = 8;
const LINE_STEP = 2.6;
const MOST_LINE = 6;
/** How far apart, in pixels, symbols of neighbouring series are set where only their height matters; and all of them. */
const DODGE = 7;
const DODGED_WIDTH = 40;
const CATEGORY_DODGE = 24;
/** Half the width of the dash that stands for theory at a category: a part of the room between symbols. */
const DASH_PART = 0.45;

/** From values to pixels. */
export interface Scales {
  readonly across: (x: number) => number;
  readonly up: (y: number) => number;
}

export interface SeriesSetting extends Scales {
  readonly style: Style;
  /** How far to the right its symbols are set, and how far apart those of neighbours are. */
  readonly shift: number;
  readonly spacing: number;
  readonly overlap: Overlap;
  /** How many series lie on the lowest one. */
  readonly deepest: number;
  /** Of symbols, as a part of their usual one. */
  readonly size: number;
  /** Top and bottom of the panel, in pixels. */
  readonly edges: readonly [number, number];
}

/**
 * How far apart symbols are set side by side, where series would hide each other's error bars. At a category they have its room,
 * elsewhere they must stay at their number.
 */
export function spacingOf({ count, room }: { readonly count: number; readonly room: number | undefined }): number {
  return room === undefined ? Math.min(DODGE, DODGED_WIDTH / count) : Math.min(CATEGORY_DODGE, (0.8 * room) / count);
}

/** Behind the line of its colour. */
export function spreadMark({ spread = [] }: Series, { style, across, up }: SeriesSetting): readonly Mark[] {
  if (spread.length === 0) return [];
  const shape = area<Span>(
    ({ x }) => across(x),
    ({ low }) => up(low),
    ({ high }) => up(high),
  );
  return [mark("path", { d: shape(spread) ?? "", fill: style.color, "fill-opacity": 0.16 })];
}

/**
 * A line that others lie on is wider, paler and has no gaps; one that lies on others has some. So all of them are seen.
 */
export function lineMark(
  { line }: Series,
  { style, overlap, deepest, size, ...scales }: SeriesSetting,
): readonly Mark[] {
  if (line.length < 2) return [];
  const { above, below } = overlap;
  const dashes = above > 0 ? "" : below > 0 && style.dashes === "" ? GAPS : style.dashes;
  return [
    mark("path", {
      d: pathOf(line, scales),
      fill: "none",
      stroke: style.color,
      "stroke-width": LINE_WIDTH + size * above * Math.min(LINE_STEP, MOST_LINE / Math.max(1, deepest)),
      ...(above > 0 ? { "stroke-opacity": 0.45 } : {}),
      ...(dashes === "" ? {} : { "stroke-dasharray": dashes }),
    }),
  ];
}

function pathOf(places: readonly Place[], { across, up }: Scales): string {
  const shape = curve<Place>(
    ({ x }) => across(x),
    ({ y }) => up(y),
  );
  return shape(places) ?? "";
}

/** Theory at categories, which nothing lies between: a level dash at each. */
export function dashMarks({ line }: Series, { style, shift, spacing, across, up }: SeriesSetting): readonly Mark[] {
  return line.map(({ x, y }) => {
    const [middle, height] = [across(x) + shift, up(y)];
    return mark("line", {
      x1: middle - DASH_PART * spacing,
      x2: middle + DASH_PART * spacing,
      y1: height,
      y2: height,
      stroke: style.color,
      "stroke-width": LINE_WIDTH,
    });
  });
}

/** Dotted and in ink, so that it is seen on the line that it should be. */
export function fitMark({ fit }: Series, scales: SeriesSetting): readonly Mark[] {
  if (fit.length < 2) return [];
  return [
    mark("path", {
      d: pathOf(fit, scales),
      fill: "none",
      stroke: INK,
      "stroke-width": 2,
      "stroke-dasharray": "0.1 4.5",
      "stroke-linecap": "round",
    }),
  ];
}

/** Error bars under symbols that are hollow; those of a series that others lie on are larger, so that all are seen. */
export function pointMarks({ points }: Series, setting: SeriesSetting): readonly Mark[] {
  const { style, shift, overlap, deepest, size, across, up, edges } = setting;
  const radius = size * (RADIUS + overlap.above * Math.min(RADIUS_STEP, MOST_RADIUS / Math.max(1, deepest)));
  const stroke = { stroke: style.color, "stroke-width": BAR_WIDTH };
  const bars = points.flatMap(({ x, interval }) => {
    if (interval === null) return [];
    const [top, bottom] = edges;
    const ends = interval.map((end) => Math.min(bottom, Math.max(top, up(end))));
    const [low = bottom, high = top] = ends;
    const middle = across(x) + shift;
    const bar = mark("line", { x1: middle, x2: middle, y1: low, y2: high, ...stroke });
    // A bar that hides behind its symbol would only fill it, and one that is cut off has no end to show.
    const isSeen = low - high >= 4 * radius;
    const caps = isSeen ? interval.map(up).filter((end) => end >= top && end <= bottom) : [];
    return [bar, ...caps.map((end) => mark("line", { x1: middle - 4, x2: middle + 4, y1: end, y2: end, ...stroke }))];
  });
  return [...bars, ...points.map(({ x, y }) => symbolAt({ x: across(x) + shift, y: up(y) }, style, radius))];
}

/** A line and a symbol as a legend shows them, in a box that begins at a point. */
export function sampleMarks(style: Style, { x, y, width, hasLine }: SampleSetting): readonly Mark[] {
  const dashes = style.dashes === "" ? {} : { "stroke-dasharray": style.dashes };
  const line = { x1: x, x2: x + width, y1: y, y2: y, stroke: style.color, "stroke-width": LINE_WIDTH, ...dashes };
  return [...(hasLine ? [mark("line", line)] : []), symbolAt({ x: x + width / 2, y }, style, RADIUS)];
}

interface SampleSetting {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly hasLine: boolean;
}

/** Hollow, and as large as a circle of that radius. */
function symbolAt({ x, y }: Place, style: Style, radius: number): Mark {
  return mark("path", {
    d: symbol(style.symbol, Math.PI * radius ** 2)() ?? "",
    transform: `translate(${rounded(x)},${rounded(y)})`,
    stroke: style.color,
    "stroke-width": LINE_WIDTH,
    fill: "#ffffff",
    "fill-opacity": 0.85,
  });
}
