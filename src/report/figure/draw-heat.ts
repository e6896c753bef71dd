import { range } from "d3-array";
import { scaleBand } from "d3-scale";
import { categoriesRoom, categoryMarks, NUMBERS_ROOM } from "./axis-marks.ts";
import { type Drawing, drawing, type Mark, mark, textAt } from "./canvas.ts";
import type { HeatFigure, HeatPanel } from "./figure.ts";
import { type Layout, layoutOf, type PanelFrame, requireRoom, TICK_SIZE } from "./layout.ts";
import { type Shades, shadesOf } from "./shades.ts";
import type { PictureSize } from "./size.ts";
import { widestOf } from "./text-width.ts";

const RAMP_WIDTH = 14;
const RAMP_STEPS = 60;
const RAMP_PARTS = [0, 0.25, 0.5, 0.75, 1] as const;
/** From the panels to the colours, and from these to their values. */
const BESIDE = 20;
const VALUES = 7;
/** Between cells. */
const GAP = 1;
/** Lines of names need so many pixels. */
const NAME_ROW = 15;

/** A grid of coloured cells, with their numbers where there is room; the same figure gives the same drawing. */
export function drawHeat(figure: HeatFigure, size: PictureSize): Drawing {
  const shades = shadesOf(figure);
  const values = RAMP_PARTS.map((part) => shades.words(shades.low + part * (shades.high - shades.low)));
  const right = BESIDE + RAMP_WIDTH + VALUES + widestOf(values, TICK_SIZE) + 34;
  const names = figure.x.names;
  const isWide = (width: number) => widestOf(names, TICK_SIZE) + 8 > width / names.length;
  const layout = layoutOf({
    figure,
    size,
    above: 0,
    right,
    sideNames: () => figure.y.names,
    below: (width) => (isOfWords(names) && isWide(width) ? categoriesRoom(names, width) : NUMBERS_ROOM),
  });
  requireRoom(layout);
  const panels = figure.panels.flatMap((panel, index) => {
    const frame = layout.panels[index];
    return frame === undefined ? [] : panelMarks(figure, panel, { frame, shades });
  });
  return drawing({
    title: figure.title,
    ...layout,
    marks: [...layout.words, ...panels, ...rampMarks(layout, shades, values), rampTitle(figure, layout)],
  });
}

function isOfWords(names: readonly string[]): boolean {
  return names.some((name) => /[a-z]/i.test(name));
}

function panelMarks(
  { x, y }: HeatFigure,
  { cells }: HeatPanel,
  { frame, shades }: { readonly frame: PanelFrame; readonly shades: Shades },
): readonly Mark[] {
  const columns = scaleBand(range(x.names.length), [frame.x, frame.x + frame.width]);
  const rows = scaleBand(range(y.names.length), [frame.y + frame.height, frame.y]);
  const [width, height] = [columns.bandwidth(), rows.bandwidth()];
  const middle = (column: number) => (columns(column) ?? 0) + width / 2;
  const level = (row: number) => (rows(row) ?? 0) + height / 2;
  const words = cells.map(({ value }) => shades.words(value));
  const hasNumbers = widestOf(words, TICK_SIZE) + 6 <= width && NAME_ROW <= height;
  return [
    ...cells.flatMap((cell, index) => {
      const { fill, text } = shades.of(cell.value);
      const [x, y] = [middle(cell.x), level(cell.y)];
      const size = { width: width - GAP, height: height - GAP };
      const box = mark("rect", { x: x - size.width / 2, y: y - size.height / 2, ...size, fill });
      const number = textAt({
        x,
        y: y + 4,
        "font-size": TICK_SIZE,
        "text-anchor": "middle",
        fill: text,
        text: words[index] ?? "",
      });
      return hasNumbers ? [box, number] : [box];
    }),
    ...(isOfWords(x.names) ? categoryMarks(x.names, frame, middle) : columnNames(x.names, frame, middle)),
    ...(frame.hasLeft ? rowNames(y.names, frame, level) : []),
  ];
}

/** As many of the names as fit. */
function columnNames(
  names: readonly string[],
  { y, height, width, hasBelow }: PanelFrame,
  middle: (column: number) => number,
): readonly Mark[] {
  if (!hasBelow) return [];
  const step = Math.ceil(((widestOf(names, TICK_SIZE) + 8) * names.length) / width);
  return names.flatMap((text, index) =>
    index % step === 0
      ? [textAt({ x: middle(index), y: y + height + 16, "font-size": TICK_SIZE, "text-anchor": "middle", text })]
      : [],
  );
}

function rowNames(
  names: readonly string[],
  { x, height }: PanelFrame,
  middle: (row: number) => number,
): readonly Mark[] {
  const step = Math.ceil((NAME_ROW * names.length) / height);
  return names.flatMap((text, index) =>
    index % step === 0
      ? [textAt({ x: x - 7, y: middle(index) + 4, "font-size": TICK_SIZE, "text-anchor": "end", text })]
      : [],
  );
}

/** The colours next to the panels, with their values. */
function rampMarks({ plot }: Layout, shades: Shades, values: readonly string[]): readonly Mark[] {
  const { low, high } = shades;
  const left = plot.x + plot.width + BESIDE;
  const [top, bottom] = [plot.y + 6, plot.y + plot.height - 6];
  const step = (bottom - top) / RAMP_STEPS;
  const boxes = Array.from({ length: RAMP_STEPS }, (_, index) => {
    const { fill } = shades.of(low + ((index + 0.5) / RAMP_STEPS) * (high - low));
    // A little of the next one under each, so that no seam shows.
    const height = step + (index === 0 ? 0 : 0.6);
    return mark("rect", { x: left, y: bottom - step * (index + 1), width: RAMP_WIDTH, height, fill });
  });
  const names = values.map((text, index) => {
    const y = bottom - (RAMP_PARTS[index] ?? 0) * (bottom - top) + 4;
    return textAt({ x: left + RAMP_WIDTH + VALUES, y, "font-size": TICK_SIZE, text });
  });
  return [...boxes, ...names];
}

/** What the colours stand for, along the right edge. */
function rampTitle({ color }: HeatFigure, { plot, width }: Layout): Mark {
  const transform = `translate(${width - 12},${Math.round(plot.y + plot.height / 2)}) rotate(-90)`;
  return textAt({ transform, "font-size": 12, "text-anchor": "middle", text: color.title });
}
