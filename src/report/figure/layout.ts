import { VshiftError } from "../../errors.ts";
import { type Mark, textAt, typeset } from "./canvas.ts";
import type { Figure } from "./figure.ts";
import { FAINT } from "./palette.ts";
import type { PictureSize } from "./size.ts";
import { widestOf, widthOf, wrapped } from "./text-width.ts";

const WIDTH = 800;
const PLOT_HEIGHT = 380;
const EDGE = 20;
const TITLE = { size: 15, line: 20 } as const;
const SUBTITLE = { size: 12, line: 17 } as const;
const CAPTION = { size: 11, line: 16 } as const;
const AXIS_TITLE = 12;
export const TICK_SIZE = 11;
const TICK = 6;
/** From the picture's left edge to the names of the ticks, past the title of the axis. */
const SIDE_TITLE = 44;
/** Between panels, and above each for its label. */
const GAP = 16;
const HEADER = 22;
/** A panel that is smaller shows nothing. */
const LEAST_WIDTH = 110;
const LEAST_HEIGHT = 70;
/** Panels that are narrower go to another row. */
const COMFORTABLE = 180;
/** Height of small panels, as a part of their width, and its limits. */
const SMALL = { part: 0.8, least: 140, most: 260 } as const;

export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PanelFrame extends Frame {
  readonly label: string;
  /** Whether it has the names of the ticks to its left, and below. */
  readonly hasLeft: boolean;
  readonly hasBelow: boolean;
}

/** Where the parts of a picture are, in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly panels: readonly PanelFrame[];
  /** The panels together. */
  readonly plot: Frame;
  /** The position of a legend above the panels. */
  readonly above: { readonly x: number; readonly y: number };
  readonly words: readonly Mark[];
  /** The smallest picture that has room for its panels. */
  readonly least: { readonly width: number; readonly height: number };
}

export interface LayoutSetting {
  readonly figure: Figure;
  readonly size: PictureSize;
  /** What a legend takes above the panels and to their right. */
  readonly above: number;
  readonly right: number;
  /** Names of ticks next to a panel of such a height. */
  readonly sideNames: (height: number) => readonly string[];
  /** The room that names of ticks take below a panel of such a width. */
  readonly below: (width: number) => number;
}

/** Lays out a title and subtitle, panels in a grid with titles of their axes, and a caption. */
export function layoutOf({ figure, size, above, right, sideNames, below }: LayoutSetting): Layout {
  const width = size.width ?? WIDTH;
  const labels = figure.panels.map(({ label }) => label);
  const isGrid = labels.some((label) => label !== "");
  const lines = (text: string, { size }: { readonly size: number }) =>
    text === "" ? [] : wrapped(typeset(text), width - 2 * EDGE, (piece) => widthOf(piece, size));
  const title = lines(figure.title, TITLE);
  const subtitle = lines(figure.subtitle, SUBTITLE);
  const caption = figure.caption.flatMap((sentence) => lines(sentence, CAPTION));
  const head = 14 + TITLE.line * title.length + SUBTITLE.line * subtitle.length;
  const top = head + (above === 0 ? 12 : above + 14);
  const foot = 38 + CAPTION.line * caption.length + 12;

  const left = SIDE_TITLE + widestOf(sideNames(PLOT_HEIGHT), TICK_SIZE) + TICK + 2;
  const room = width - left - Math.max(EDGE, right);
  const columns = columnsOf(labels.length, room);
  const rows = Math.ceil(labels.length / columns);
  const panelWidth = (room - GAP * (columns - 1)) / columns;
  const header = isGrid ? HEADER : 0;
  const names = below(panelWidth);
  const around = top + names + foot + rows * header + GAP * (rows - 1);
  const usual = isGrid ? Math.min(SMALL.most, Math.max(SMALL.least, panelWidth * SMALL.part)) : PLOT_HEIGHT;
  const panelHeight = size.height === undefined ? Math.round(usual) : (size.height - around) / rows;
  const panels = labels.map((label, index): PanelFrame => {
    const [column, row] = [index % columns, Math.floor(index / columns)];
    return {
      label,
      x: left + column * (panelWidth + GAP),
      y: top + header + row * (panelHeight + header + GAP),
      width: panelWidth,
      height: panelHeight,
      hasLeft: column === 0,
      hasBelow: index + columns >= labels.length,
    };
  });
  const plot = { x: left, y: top, width: room, height: around - top - names - foot + rows * panelHeight };
  const bottom = plot.y + plot.height;
  const centred = { "font-size": AXIS_TITLE, "text-anchor": "middle" } as const;
  const below_ = bottom + names;
  const words = [
    ...title.map((text, index) => textAt({ x: EDGE, y: 28 + TITLE.line * index, "font-size": TITLE.size, text })),
    ...subtitle.map((text, index) =>
      textAt({
        x: EDGE,
        y: head - 3 - SUBTITLE.line * (subtitle.length - 1 - index),
        "font-size": SUBTITLE.size,
        fill: FAINT,
        text,
      }),
    ),
    textAt({ ...centred, x: plot.x + plot.width / 2, y: below_ + 18, text: figure.x.title }),
    ...sideTitle(figure.y.title, plot),
    ...caption.map((text, index) =>
      textAt({ x: EDGE, y: below_ + 44 + CAPTION.line * index, "font-size": CAPTION.size, fill: FAINT, text }),
    ),
    ...panels.flatMap(({ label, x, y }) =>
      label === "" ? [] : [textAt({ x, y: y - 7, "font-size": SUBTITLE.size, text: label })],
    ),
  ];
  return {
    width,
    height: size.height ?? Math.ceil(around + rows * panelHeight),
    panels,
    plot,
    above: { x: EDGE, y: head + 10 },
    words,
    least: {
      width: Math.ceil(width + (LEAST_WIDTH - panelWidth) * columns),
      height: Math.ceil(around + LEAST_HEIGHT * rows),
    },
  };
}

/** The title of the axis next to the panels, in as many lines as its length needs. */
function sideTitle(title: string, plot: Frame): readonly Mark[] {
  const lines = wrapped(typeset(title), plot.height, (piece) => widthOf(piece, AXIS_TITLE));
  const middle = plot.y + plot.height / 2;
  return lines.map((text, index) => {
    const x = 24 - (lines.length - 1) * 7 + 14 * index;
    return textAt({
      transform: `translate(${x},${Math.round(middle)}) rotate(-90)`,
      "font-size": AXIS_TITLE,
      "text-anchor": "middle",
      text,
    });
  });
}

/** Up to three panels side by side, more of them in about a square, and fewer where they would be too narrow. */
function columnsOf(count: number, room: number): number {
  const wanted = count <= 3 ? count : Math.ceil(Math.sqrt(count));
  const fitting = Math.max(1, Math.floor((room + GAP) / (COMFORTABLE + GAP)));
  return Math.min(wanted, fitting);
}

/** A `VshiftError` where words leave a picture no room. */
export function requireRoom({ width, height, least }: Layout): void {
  const side = width < least.width ? "width" : "height";
  if (side === "height" && height >= least.height) return;
  throw new VshiftError({
    code: "invalid-value",
    field: side,
    problem: `${side === "width" ? width : height} leaves no room for a picture, which needs at least ${least[side]} with these words`,
    hint: "give more, or leave it out",
  });
}
