import { type ChartOptions, indented, paintOf, signOf } from "./chart.ts";
import type { LinesFigure, Series } from "./figure.ts";
import { ticksAcross } from "./named-ticks.ts";
import { domainsOf, partOf } from "./scales.ts";
import { tickNames, ticksOf } from "./ticks.ts";

/** A name that takes more of the line than this stands above it. */
const MOST_NAME = 0.35;
const THEORY = "│";

/** Categories from the top down, a line a measured point: its interval, theory, and the number. */
export function dotChart(figure: LinesFigure, options: ChartOptions): readonly string[] {
  const { x, y, panels } = figure;
  const domains = domainsOf(figure, 5);
  const ticksUp = ticksOf(domains.y, { count: 5, isLogarithmic: y.isLogarithmic });
  const decimals = decimalsOf(tickNames(ticksUp, y)) + 1;
  const wordsOf = (value: number) => (y.isPercentage ? `${signed(value * 100, decimals)} %` : signed(value, decimals));
  const longest = Math.max(...x.names.map((name) => name.length));
  const isAbove = longest > MOST_NAME * options.columns;
  const side = isAbove ? 2 : longest;
  const numbers = panels.flatMap(({ series }) =>
    series.flatMap(({ points }) => points.map((point) => wordsOf(point.y))),
  );
  const numberWidth = Math.max(...numbers.map((text) => text.length));
  const width = options.columns - side - numberWidth - 7;
  const part = partOf(domains.y, y);
  const columnOf = (value: number) => Math.min(width - 1, Math.max(0, Math.round(part(value) * (width - 1))));
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
  const ticks = ticksAcross(domains.y, y, { across: columnOf, measure: (name) => name.length, between: 2 });
  const axis = Array.from({ length: width }, () => "─");
  for (const { value } of ticks) axis[columnOf(value)] = "┬";
  let names = "";
  for (const { value, name } of ticks) {
    const left = Math.max(0, side + 4 + columnOf(value) - Math.floor(name.length / 2));
    names = `${names.padEnd(left)}${name}`;
  }
  return [
    ...indented(x.title, options.columns),
    ...rows,
    `${" ".repeat(side + 3)}└${axis.join("")}`,
    names,
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

/** Of the finest of some numbers. */
function decimalsOf(names: readonly string[]): number {
  return Math.max(...names.map((name) => /\.(\d+)/.exec(name)?.[1]?.length ?? 0));
}

function signed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}
