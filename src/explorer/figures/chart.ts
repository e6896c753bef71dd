import { attribute, withoutMarkup } from "../../report/markup.ts";
import { readable } from "../../report/numbers.ts";

/** An axis of a chart. */
export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly isLog?: boolean;
  readonly write?: (value: number) => string;
}

/** A point of a line; a value that is not known leaves a gap. */
export type Point = readonly [x: number, y: number | null];

/** Numbers that SVG draws with, of a chart's inside. */
export interface Scales {
  x(value: number): number;
  y(value: number): number;
}

const WIDTH = 454;
const HEIGHT = 280;
const LEFT = 56;
const RIGHT = 20;
const TOP = 12;
const BOTTOM = 42;
const BOTTOM_EDGE = HEIGHT - BOTTOM;
const RIGHT_EDGE = WIDTH - RIGHT;

/** Room above, for a second axis. */
const ABOVE = 34;

export interface ChartSetting {
  /** For who does not see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  /** A second axis above, of the same numbers by another name. */
  readonly above?: Axis;
  /** What it shows. */
  readonly marks: (scales: Scales) => readonly string[];
}

/** A chart as SVG. Its colours are the page's, by classes. */
export function chart({ description, x, y, above, marks }: ChartSetting): string {
  const top = above === undefined ? TOP : TOP + ABOVE;
  const scales: Scales = {
    x: scaleOf(x, LEFT, RIGHT_EDGE),
    y: scaleOf(y, BOTTOM_EDGE, top),
  };
  const vertical = x.ticks.map((tick) => {
    const at = fixed(scales.x(tick));
    return `<path class="grid" d="M${at} ${top}V${BOTTOM_EDGE}"/>${text(at, BOTTOM_EDGE + 16, written(x, tick), "middle")}`;
  });
  const horizontal = y.ticks.map((tick) => {
    const at = scales.y(tick);
    return `<path class="grid" d="M${LEFT} ${fixed(at)}H${RIGHT_EDGE}"/>${text(LEFT - 6, fixed(at + 4), written(y, tick), "end")}`;
  });
  const middle = (LEFT + RIGHT_EDGE) / 2;
  const height = (top + BOTTOM_EDGE) / 2;
  const parts = [
    ...vertical,
    ...horizontal,
    text(middle, HEIGHT - 8, x.label, "middle", "name"),
    `<text class="name" text-anchor="middle" transform="translate(13 ${height}) rotate(-90)">${withoutMarkup(y.label)}</text>`,
    ...(above === undefined ? [] : aboveOf(above, top)),
    ...marks(scales),
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${attribute(description)}">${parts.join("")}</svg>`;
}

function aboveOf(axis: Axis, top: number): readonly string[] {
  const scale = scaleOf(axis, LEFT, RIGHT_EDGE);
  const ticks = axis.ticks.map((tick) => {
    const at = fixed(scale(tick));
    return `<path class="tick" d="M${at} ${top - 4}V${top}"/>${text(at, top - 8, written(axis, tick), "middle")}`;
  });
  const middle = (LEFT + RIGHT_EDGE) / 2;
  return [
    `<path class="tick" d="M${LEFT} ${top}H${RIGHT_EDGE}"/>`,
    ...ticks,
    text(middle, 14, axis.label, "middle", "name"),
  ];
}

function scaleOf({ from, to, isLog = false }: Axis, start: number, end: number): (value: number) => number {
  const share = isLog
    ? (value: number) => Math.log(Math.max(value, from / 2) / from) / Math.log(to / from)
    : (value: number) => (value - from) / (to - from);
  // A little beyond the frame shows that there is more.
  return (value) => start + (end - start) * Math.min(1.02, Math.max(-0.02, share(value)));
}

function written({ write = (value) => readable(value) }: Axis, value: number): string {
  return write(value);
}

function text(x: number | string, y: number | string, words: string, anchor: string, name?: string): string {
  const ofClass = name === undefined ? "" : ` class="${name}"`;
  return `<text${ofClass} x="${x}" y="${y}" text-anchor="${anchor}">${withoutMarkup(words)}</text>`;
}

/** Round numbers of a range, four to eight of them. */
export function roundTicks(from: number, to: number): readonly number[] {
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => round((first + index) * step));
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

/** Of ratios of variances: to 1, which they rarely exceed, or as far as these values go. */
export function ratioAxis(values: readonly (number | null | undefined)[]): Axis {
  const highest = Math.max(
    1,
    ...values.filter((value) => typeof value === "number" && Number.isFinite(value)).map(Number),
  );
  const label = "Δ = Var_test / Var_train";
  if (highest <= CLOSE_TO_ONE) return { label, from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1] };
  return { label, from: 0, to: 1.05 * highest, ticks: roundTicks(0, 1.05 * highest) };
}

/** A ratio that the frame of an axis to 1 still shows. */
const CLOSE_TO_ONE = 1.02;

/** A line through points, broken where a value is missing. */
export function line({ x, y }: Scales, points: readonly Point[], name: string): string {
  let path = "";
  let isDown = false;
  for (const [at, value] of points) {
    if (value !== null) path += `${isDown ? "L" : "M"}${fixed(x(at))} ${fixed(y(value))}`;
    isDown = value !== null;
  }
  return path === "" ? "" : `<path class="line ${name}" d="${path}"/>`;
}

/** A measured value with its interval. */
export function dot(
  { x, y }: Scales,
  at: number,
  { measured, interval }: { readonly measured: number; readonly interval: readonly [number, number] | null },
  name: string,
  size = 3.5,
): string {
  const [cx, cy] = [fixed(x(at)), fixed(y(measured))];
  const whisker =
    interval === null
      ? ""
      : `<path class="whisker ${name}" d="M${cx} ${fixed(y(interval[0]))}V${fixed(y(interval[1]))}"/>`;
  return `${whisker}<circle class="dot ${name}" cx="${cx}" cy="${cy}" r="${size}"/>`;
}

/** Bars of a histogram that begin at `from`, as one area. */
export function bars(
  { x, y }: Scales,
  heights: readonly number[],
  [from, to]: readonly [number, number],
  name: string,
): string {
  const step = (to - from) / heights.length;
  const tops = heights.map((height, index) => `V${fixed(y(height))}H${fixed(x(from + (index + 1) * step))}`);
  return `<path class="area ${name}" d="M${fixed(x(from))} ${fixed(y(0))}${tops.join("")}V${fixed(y(0))}Z"/>`;
}

/** Words next to a point. */
export function note(
  { x, y }: Scales,
  at: number,
  value: number,
  words: string,
  anchor: "start" | "end" = "start",
): string {
  const shift = anchor === "start" ? 6 : -6;
  return text(fixed(x(at) + shift), fixed(y(value) + 14), words, anchor, "note");
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
