import { readable } from "../numbers.ts";
import type { Figure, HeatFigure } from "./figure.ts";
import { lineChart } from "./line-chart.ts";
import { shadesOf } from "./shades.ts";

export interface ChartOptions {
  /** What paints the first series, the second and so on; none of them in black and white. */
  readonly paints: readonly ((text: string) => string)[];
}

/** A figure as text for a terminal. */
export async function chartOf(figure: Figure, options: ChartOptions): Promise<string> {
  const body = figure.kind === "heat" ? heatTable(figure) : await lineChart(figure, options);
  const caption = figure.caption.map((sentence) => `  ${sentence}\n`).join("");
  return `\n  ${figure.title}\n\n${body}\n${caption}`;
}

/** A heat map as a table of its numbers: y from the top down, x to the right. */
function heatTable(figure: HeatFigure): string {
  const { x, y, cells } = figure;
  const shades = shadesOf(figure);
  const words = new Map(cells.map((cell) => [`${cell.x} ${cell.y}`, shades.words(cell.value)]));
  const head = ["", ...x.values.map((value) => readable(value, 4))];
  const body = y.values
    .toReversed()
    .map((up) => [readable(up, 4), ...x.values.map((across) => words.get(`${across} ${up}`) ?? "")]);
  const width = Math.max(...[head, ...body].flat().map((text) => text.length)) + 2;
  const line = (row: readonly string[]) => `  ${row.map((text) => text.padStart(width)).join("")}`;
  return [`  ${y.title} down, ${x.title} across`, "", line(head), ...body.map(line), ""].join("\n");
}
