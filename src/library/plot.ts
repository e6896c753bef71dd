import type { ShiftRecord } from "../experiment/record.ts";

/** What the axes and the lines of a figure are; defaults in brackets. */
export interface PlotOptions {
  /** Field of the x axis, as in "keep" [the number with the most values]. */
  readonly x?: string;
  /** Quantity of the y axis, or a second field for a heat map ["shift"]. */
  readonly y?: string;
  /** Fields of the lines, separated by commas [those that vary]. */
  readonly by?: string;
  /** Quantity of a heat map ["shift"]. */
  readonly fill?: string;
  /** Field of the panels, on the same axes [none]. */
  readonly facet?: string;
  /** Title [from the axes]. */
  readonly title?: string;
  /** Width of the picture, px [800]. */
  readonly width?: number;
  /** Height of the picture, px [by its content]. */
  readonly height?: number;
}

/**
 * Draws records as `vshift plot` does: measured ratios with their intervals, and the closed form. Resolves with the text of an SVG file,
 * the same bytes each time. Rejects with a `VshiftError` where nothing varies that could be drawn, and for a name that no field has.
 */
export async function plot(records: readonly ShiftRecord[], options: PlotOptions = {}): Promise<string> {
  const { fill, width, height, ...request } = options;
  // Most who import the library draw nothing.
  const [{ figureOf }, { drawFigure }, { sizeFrom }] = await Promise.all([
    import("../report/figure/make.ts"),
    import("../report/figure/draw.ts"),
    import("../report/figure/size.ts"),
  ]);
  const inText = (pixels: number | undefined) => (pixels === undefined ? undefined : String(pixels));
  const size = sizeFrom({ width: inText(width), height: inText(height), scale: undefined });
  return drawFigure(figureOf(records, { ...request, color: fill }), size);
}
