import type { ShiftRecord } from "../experiment/record.ts";
import { printable } from "../printable.ts";
import { PICTURE_SIZES } from "../report/figure/size.ts";
import { optional, optionsOf, TEXT } from "../scenario/arguments.ts";

/** What the axes and the lines of a figure are; defaults in brackets. */
export interface PlotOptions {
  /** Field of the x axis, as in "keep" [the number with the most values]. */
  readonly x?: string;
  /** Quantity of the y axis, or a second field for a heat map ["shift"]. */
  readonly y?: string;
  /** Fields of the lines, separated by commas [those that vary]. */
  readonly by?: string;
  /** Quantity of a heat map, as in "deviation" ["shift"]. */
  readonly fill?: string;
  /** Field of the panels, on the same axes [none]. */
  readonly facet?: string;
  /** Title, any text [from the axes]. */
  readonly title?: string;
  /** Width of the picture in px, a whole number from 320 to 4000 [800]. */
  readonly width?: number;
  /** Height of the picture in px, a whole number from 240 to 4000 [by its content]. */
  readonly height?: number;
}

/**
 * Draws records as `vshift plot` does: measured ratios with their intervals, and the closed form. Resolves with the text of an SVG file,
 * the same bytes each time.
 *
 * Rejects with a `VshiftError` for what is not a list of records, where nothing varies that could be drawn, and for a name that no field has.
 */
export async function plot(records: readonly ShiftRecord[], options: PlotOptions = {}): Promise<string> {
  const { fill, width, height, title, ...request } = OPTIONS(options);
  // Most who import the library draw nothing.
  const [{ recordsIn }, { figureOf }, { drawFigure }] = await Promise.all([
    import("../experiment/read-record.ts"),
    import("../report/figure/make.ts"),
    import("../report/figure/draw.ts"),
  ]);
  const asked = { ...request, color: fill, title: title === undefined ? undefined : printable(title) };
  return drawFigure(figureOf(await recordsIn(records, "records"), asked), { width, height });
}

const OPTIONS = optionsOf<PlotOptions>({
  ...{ x: optional(TEXT), y: optional(TEXT), by: optional(TEXT), fill: optional(TEXT), facet: optional(TEXT) },
  ...{ title: optional(TEXT), width: PICTURE_SIZES.width, height: PICTURE_SIZES.height },
});
