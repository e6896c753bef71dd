import { readable } from "../numbers.ts";
import type { ChartOptions } from "./chart.ts";
import { extentOf } from "./extent.ts";
import type { Axis, LinesFigure, Place } from "./figure.ts";
import { rangeOf, roundNumbers } from "./scale.ts";

const WIDTH = 64;
const HEIGHT = 18;

const SYMBOLS = ["●", "□", "▲", "◇", "★", "+", "○", "■", "△", "◆", "☆", "×"] as const;
const LINE = "·";
const FIT = "-";

/** What is drawn: places, the sign for them, and the series that they are of. */
interface Stroke {
  readonly places: readonly Place[];
  readonly symbol: string;
  readonly series: number;
}

/** Lines as dots and measured points as symbols; without error bars, which are finer than a character. */
export async function lineChart(figure: LinesFigure, { paints }: ChartOptions): Promise<string> {
  const { plot } = await import("simple-ascii-chart");
  const { x, y, series, band } = figure;
  const extent = extentOf(figure);
  const strokes = strokesOf(figure).filter(({ places }) => places.length > 0);
  const across = (value: number) => (x.isLogarithmic ? Math.log10(value) : value);
  const up = (value: number) => (y.isLogarithmic ? Math.log10(value) : value);
  const reach = { low: up(extent.low), high: up(extent.high) };
  const values = strokes.flatMap(({ places }) => places.map((place) => place.x));
  const range = rangeOf(values);
  const ticks = x.ticks.length > 0 ? x.ticks : roundNumbers(range, 6);
  let drawn = -1;
  const painted = ({ symbol, series: index }: Pick<Stroke, "symbol" | "series">) => {
    return paints[index % paints.length]?.(symbol) ?? symbol;
  };
  const chart = plot(
    strokes.map(({ places }) => places.map((place): [number, number] => [across(place.x), up(place.y)])),
    {
      width: WIDTH,
      height: HEIGHT,
      yRange: [reach.low, reach.high],
      xLabel: x.title,
      customXAxisTicks: ticks.map(across),
      customYAxisTicks: roundNumbers(reach, 6),
      formatter: (value, { axis }) =>
        axis === "x" ? tick(x.isLogarithmic ? 10 ** value : value, x) : tick(y.isLogarithmic ? 10 ** value : value, y),
      // It is asked for the points of one stroke after the other, and not told which.
      lineFormatter: ({ index, plotX, plotY }) => {
        if (index === 0) drawn++;
        return { x: plotX, y: plotY, symbol: painted(strokes[drawn] ?? { symbol: LINE, series: 0 }) };
      },
      ...(band === null ? {} : { thresholds: [{ y: band }, { y: -band }] }),
    },
  );
  const legend = series.flatMap(({ label }, index) => {
    return label === "" ? [] : [`  ${painted({ symbol: symbolAt(index), series: index })} ${label}`];
  });
  const lines = chart.split("\n").map((line) => line.trimEnd());
  return `${[`  ${y.title}`, ...lines.filter((line) => line !== ""), "", ...legend].join("\n")}\n`;
}

/** A line of few places, in steps too small to see. */
function filled(line: readonly Place[]): readonly Place[] {
  return line.flatMap((place, index) => {
    const next = line[index + 1];
    if (next === undefined || line.length >= WIDTH) return [place];
    return Array.from({ length: WIDTH }, (_, step) => ({
      x: place.x + ((next.x - place.x) * step) / WIDTH,
      y: place.y + ((next.y - place.y) * step) / WIDTH,
    }));
  });
}

/** Lines first, for the symbols to be on top. */
function strokesOf({ series }: LinesFigure): readonly Stroke[] {
  return [
    ...series.map(({ line }, index) => ({ places: filled(line), symbol: LINE, series: index })),
    ...series.map(({ fit }, index) => ({ places: fit, symbol: FIT, series: index })),
    ...series.map(({ points }, index) => ({ places: points, symbol: symbolAt(index), series: index })),
  ];
}

function symbolAt(index: number): string {
  return SYMBOLS[index % SYMBOLS.length] ?? SYMBOLS[0];
}

function tick(value: number, { isPercentage }: Axis): string {
  return isPercentage ? `${readable(value * 100, 3)} %` : readable(value, 4);
}
