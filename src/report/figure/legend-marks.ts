import * as Plot from "@observablehq/plot";
import type { Series } from "./figure.ts";
import { CHARACTER_WIDTH, TEXT_SIZE } from "./layout.ts";
import { styleOf } from "./palette.ts";
import { type Path, symbolLook } from "./series-marks.ts";

const SAMPLE_WIDTH = 34;
const ROW = 22;

/** The room that the names of the series take; none where there is one series without a name. */
export function legendWidth(series: readonly Series[]): number {
  const longest = Math.max(...series.map(({ label }) => label.length));
  return longest === 0 ? 0 : SAMPLE_WIDTH + 34 + longest * CHARACTER_WIDTH;
}

/** The names of the series beside the picture, each with its line and symbol. */
export function legendMarks(series: readonly Series[]) {
  if (legendWidth(series) === 0) return [];
  return series.flatMap(({ label, line }, index) => {
    const { color, dashes } = styleOf(index);
    const place = { frameAnchor: "top-right", dy: 10 + ROW * index } as const;
    const sample = {
      ...place,
      dx: 16 + SAMPLE_WIDTH / 2,
      length: SAMPLE_WIDTH,
      shape: SAMPLE,
      anchor: "start",
      stroke: color,
    } as const;
    return [
      ...(line.length === 0 ? [] : [Plot.vector([0], { ...sample, strokeWidth: 1.8, strokeDasharray: dashes })]),
      Plot.dot([0], { ...place, ...symbolLook(index), dx: 16 + SAMPLE_WIDTH / 2 }),
      Plot.text([label], {
        ...place,
        dx: 24 + SAMPLE_WIDTH,
        textAnchor: "start",
        lineAnchor: "middle",
        fontSize: TEXT_SIZE,
      }),
    ];
  });
}

/** A level line: a vector points up, and its shape is drawn across. */
const SAMPLE = {
  draw(context: Path, length: number) {
    context.moveTo(-length / 2, 0);
    context.lineTo(length / 2, 0);
  },
};
