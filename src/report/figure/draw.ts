import { drawHeat } from "./draw-heat.ts";
import { drawLines } from "./draw-lines.ts";
import type { Figure } from "./figure.ts";

/** A figure as the text of an SVG file. */
export function drawFigure(figure: Figure): string {
  return figure.kind === "heat" ? drawHeat(figure) : drawLines(figure);
}
