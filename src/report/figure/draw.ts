import { type Drawing, svgText } from "./canvas.ts";
import { drawHeat } from "./draw-heat.ts";
import { drawLines } from "./draw-lines.ts";
import type { Figure } from "./figure.ts";
import type { PictureSize } from "./size.ts";

/** A figure as marks on a page. */
export function drawingOf(figure: Figure, size: PictureSize = {}): Drawing {
  return figure.kind === "heat" ? drawHeat(figure, size) : drawLines(figure, size);
}

/** A figure as the text of an SVG file. */
export function drawFigure(figure: Figure, size: PictureSize = {}): string {
  return svgText(drawingOf(figure, size));
}
