import { max } from "d3-array";
import { type ChartOptions, indented, paintOf, signOf } from "./chart.ts";
import { axisLines } from "./chart-axis.ts";
import type { LinesFigure, Series } from "./figure.ts";
import { scalesOf } from "./scales.ts";
import { decimalsOf, format, ticksUp } from "./ticks.ts";

/** A name that takes more of the line than this stands above it. */
const MOST_NAME = 0.35;
const THEORY = "│";

/** Categories from the top down, a line a measured point: its interval, theory, and the number. */
export function dotChart(figure: LinesFigure, options: ChartOptions): readonly string[] {
  const { x, y, panels } = figure;
  const scale = scalesOf(figure, 5).y;
  const decimals = max(ticksUp(scale, y, 5), ({ name }) => decimalsOf(name)) ?? 0;
  const write = format(`.${decimals + 1}f`);
  const wordsOf = (value: number) => (y.isPercentage ? `${write(value * 100)} %` : write(value));
  const longest = Math.max(...x.names.map((name) => name.length));
  const isAbove = longest > MOST_NAME * options.columns;
  const side = isAbove ? 2 : longest;
  const numbers = panels.flatMap(({ series }) =>
    series.flatMap(({ points }) => points.map((point) => wordsOf(point.y))),
  );
  const numberWidth = Math.max(...numbers.map((text) => text.length));
  const width = options.columns - side - numberWidth - 7;
  const columnOf = scale
    .copy()
    .rangeRound([0, width - 1])
    .clamp(true);
  const rows = panels.flatMap(({ label, series }) => [
    ...(label === "" ? [] : ["", `  ${label}`]),
    ...x.names.flatMap((name, category) => {
      const here = series.flatMap((one) => pointsAt(one, category).map((point) => ({ one, point })));
      const lines = here.map(({ one, point }, index) => {
        const bar = barOf(figure, { one, point, category, width, columnOf, options });
        const first = index === 0 && !isAbove ? name : "";
        return `  ${first.padEnd(side)} │${bar} ${wordsOf(point.y).padStart(numberWidth)}`;
      });
      return isAbove && lines.length > 0 ? [...indented(name, options.columns), ...lines] : lines;
    }),
  ]);
  return [
    ...indented(x.title, options.columns),
    ...rows,
    ...axisLines(columnOf, y, side + 4),
    ...indented(`${y.title} →`, options.columns),
  ];
}

function pointsAt({ points }: Series, category: number) {
  return points.filter(({ x }) => x === category);
}

interface BarSetting {
  readonly one: Series;
  readonly point: Series["points"][number];
  readonly category: number;
  readonly width: number;
  readonly columnOf: (value: number) => number;
  readonly options: ChartOptions;
}

function barOf({ hues }: LinesFigure, { one, point, category, width, columnOf, options }: BarSetting): string {
  const signs = Array.from({ length: width }, () => " ");
  if (point.interval !== null) {
    const [low, high] = point.interval.map(columnOf);
    for (let column = low ?? 0; column <= (high ?? -1); column++) signs[column] = "─";
  }
  for (const { y } of one.line.filter(({ x }) => x === category)) signs[columnOf(y)] = THEORY;
  signs[columnOf(point.y)] = paintOf(one.look, hues, options.paints)(signOf(one.look, hues));
  return signs.join("");
}
