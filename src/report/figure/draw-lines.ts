import { max, min } from "d3-array";
import {
  belowMarks,
  categoriesRoom,
  categoryMarks,
  frameMark,
  gridMarks,
  IN_PICTURE,
  leftMarks,
  NUMBERS_ROOM,
  rowsFor,
} from "./axis-marks.ts";
import { type Drawing, drawing, groupAt, type Mark, mark } from "./canvas.ts";
import { type Overlap, overlapsOf } from "./coincidence.ts";
import { type EndLabel, endLabelMarks, endLabels, endLabelsWidth } from "./end-labels.ts";
import type { LinesFigure, Panel, Series } from "./figure.ts";
import { type Layout, layoutOf, type PanelFrame, requireRoom } from "./layout.ts";
import { columnMarks, columnSize, type Legend, legendOf, rowsHeight, rowsMarks, rowsOf } from "./legend.ts";
import { FAINT, styleOf } from "./palette.ts";
import { type AxisScales, type Scale, scalesOf } from "./scales.ts";
import {
  dashMarks,
  fitMark,
  lineMark,
  MOST_RADIUS,
  pointMarks,
  RADIUS_STEP,
  type SeriesSetting,
  spacingOf,
  spreadMark,
} from "./series-marks.ts";
import type { PictureSize } from "./size.ts";
import { ticksAcross, ticksUp } from "./ticks.ts";

/** Between the frame of a panel and what is drawn in it, so that no symbol is cut. */
const INSET = { across: 14, dodged: 26, up: 12 } as const;
/** A legend next to the panels must leave them this part of the width, and so many pixels. */
const LEAST_PART = 0.55;
const LEAST_PLOT = 320;
const BESIDE = 18;
/** Panels that are narrower have smaller symbols. */
const SMALL_PANEL = 280;

/** Lines, symbols and error bars; the same figure gives the same drawing. */
export function drawLines(figure: LinesFigure, size: PictureSize): Drawing {
  const legend = legendOf(figure);
  const { layout, scales, legendMarks } = arranged(figure, legend, size);
  requireRoom(layout);
  const panels = figure.panels.flatMap((panel, index) => {
    const frame = layout.panels[index];
    return frame === undefined ? [] : panelMarks(figure, panel, { frame, scales, legend });
  });
  return drawing({ title: figure.title, ...layout, marks: [...layout.words, ...panels, ...legendMarks] });
}

interface Arrangement {
  readonly layout: Layout;
  readonly scales: AxisScales;
  readonly legendMarks: readonly Mark[];
}

/** The names of the series at the ends of their lines where they fit, else next to the panels, else above them. */
function arranged(figure: LinesFigure, legend: Legend, size: PictureSize): Arrangement {
  const place = (above: number, right: number) => placed(figure, size, { above, right });
  const { entries, hues } = legend;
  if (entries.length === 0) return { ...place(0, 0), legendMarks: [] };
  const column = columnSize(legend);
  const labelled = place(0, endLabelsWidth(entries.map(({ label }) => label)) + 6);
  const labels = labelsIn(figure, labelled);
  const [frame] = labelled.layout.panels;
  if (labels !== undefined && frame !== undefined && isRoomy(labelled.layout)) {
    const corner = { x: frame.x + frame.width, y: frame.y };
    return { ...labelled, legendMarks: endLabelMarks(labels, corner) };
  }
  const beside = place(0, column.width + BESIDE + 16);
  const { plot } = beside.layout;
  // Small panels need the width themselves.
  if (figure.panels.length === 1 && isRoomy(beside.layout) && column.height <= plot.height) {
    const corner = { x: plot.x + plot.width + BESIDE, y: plot.y };
    return { ...beside, legendMarks: columnMarks(legend, corner) };
  }
  const bare = place(0, 0).layout;
  const rows = rowsOf(legend, bare.width - 2 * bare.above.x);
  const above = place(rowsHeight(rows), 0);
  return { ...above, legendMarks: rowsMarks(rows, hues, above.layout.above) };
}

function isRoomy({ plot, width }: Layout): boolean {
  return plot.width >= LEAST_PLOT && plot.width >= LEAST_PART * width;
}

function placed(
  figure: LinesFigure,
  size: PictureSize,
  legend: { readonly above: number; readonly right: number },
): Pick<Arrangement, "layout" | "scales"> {
  const { x, y } = figure;
  const sideNames = (height: number) =>
    ticksUp(scalesOf(figure, rowsFor(height)).y, y, rowsFor(height)).map(({ name }) => name);
  const below = (width: number) => (x.names.length > 0 ? categoriesRoom(x.names, width) : NUMBERS_ROOM);
  const layout = layoutOf({ figure, size, ...legend, sideNames, below });
  return { layout, scales: scalesOf(figure, rowsFor(layout.panels[0]?.height ?? 0)) };
}

function labelsIn(
  figure: LinesFigure,
  { layout, scales }: Pick<Arrangement, "layout" | "scales">,
): readonly EndLabel[] | undefined {
  const [frame] = layout.panels;
  if (frame === undefined) return undefined;
  const { across, up } = pixelsOf(figure, scales, frame);
  return endLabels(figure, { across, up: (value) => up(value) - frame.y });
}

/** The scales in the pixels of a panel. */
function pixelsOf(figure: LinesFigure, { x, y }: AxisScales, frame: PanelFrame): Pixels {
  const { band, panels } = figure;
  const deepest = Math.max(...panels.map(({ series }) => deepestOf(figure, series, y)));
  const more = Math.min(deepest * RADIUS_STEP, MOST_RADIUS);
  const side = figure.x.names.length > 0 ? 0 : (band === null ? INSET.across : INSET.dodged) + more;
  const top = INSET.up + more;
  const points = panels.flatMap(({ series }) => series.flatMap((one) => one.points));
  const lowest = y(min(points, (point) => point.y) ?? 0);
  // Zero is where the frame is, unless a symbol would lie on it.
  const bottom = y.domain()[0] === 0 && lowest * frame.height > top ? 0 : top;
  return {
    across: x.copy().range([frame.x + side, frame.x + frame.width - side]),
    up: y.copy().range([frame.y + frame.height - bottom, frame.y + top]),
  };
}

interface Pixels {
  readonly across: Scale;
  readonly up: Scale;
}

/** Nothing lies on anything where symbols are set side by side. */
function overlapsIn({ x, band }: LinesFigure, series: readonly Series[], up: Scale): readonly Overlap[] {
  return band !== null || x.names.length > 0 ? [] : overlapsOf(series, up);
}

function deepestOf(figure: LinesFigure, series: readonly Series[], up: Scale): number {
  return max(overlapsIn(figure, series, up), ({ above }) => above) ?? 0;
}

interface PanelSetting {
  readonly frame: PanelFrame;
  readonly scales: AxisScales;
  readonly legend: Legend;
}

function panelMarks(figure: LinesFigure, { series }: Panel, { frame, scales, legend }: PanelSetting): readonly Mark[] {
  const { x, y, band, hues } = figure;
  const { across, up } = pixelsOf(figure, scales, frame);
  const isOfCategories = x.names.length > 0;
  const rows = ticksUp(scales.y, y, rowsFor(frame.height));
  const columns = isOfCategories ? [] : ticksAcross(across, x, IN_PICTURE);
  const isDodged = band !== null || isOfCategories;
  const overlaps = overlapsIn(figure, series, scales.y);
  const deepest = deepestOf(figure, series, scales.y);
  const count = Math.max(1, legend.entries.length);
  const spacing = spacingOf({ count, room: isOfCategories ? frame.width / x.names.length : undefined });
  const settings = series.map(({ label, look }, at): SeriesSetting => {
    const index = Math.max(
      0,
      legend.entries.findIndex((entry) => entry.label === label),
    );
    return {
      across,
      up,
      style: styleOf(look, hues),
      shift: isDodged ? (index - (count - 1) / 2) * spacing : 0,
      spacing,
      overlap: overlaps[at] ?? { above: 0, below: 0 },
      deepest,
      size: frame.width < SMALL_PANEL ? 0.75 : 1,
      edges: [frame.y, frame.y + frame.height],
    };
  });
  const each = (make: (one: Panel["series"][number], setting: SeriesSetting) => readonly Mark[]) =>
    series.flatMap((one, index) => {
      const setting = settings[index];
      return setting === undefined ? [] : make(one, setting);
    });
  return [
    ...gridMarks(rows, frame, up),
    ...(band === null ? [] : bandMarks(band, frame, up)),
    frameMark(frame),
    ...leftMarks(rows, frame, up),
    ...(isOfCategories ? categoryMarks(x.names, frame, across) : belowMarks(columns, frame, across)),
    groupAt({ x: 0, y: 0 }, [
      ...each(spreadMark),
      ...each(isOfCategories ? dashMarks : lineMark),
      ...each(fitMark),
      ...each(pointMarks),
    ]),
  ];
}

function bandMarks(band: number, { x, width }: PanelFrame, up: (value: number) => number): readonly Mark[] {
  const [top, bottom] = [up(band), up(-band)];
  return [
    mark("rect", { x, y: top, width, height: bottom - top, fill: "#000000", "fill-opacity": 0.08 }),
    mark("line", { x1: x, x2: x + width, y1: up(0), y2: up(0), stroke: FAINT, "stroke-width": 1.2 }),
  ];
}
