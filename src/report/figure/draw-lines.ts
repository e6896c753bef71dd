import * as Plot from "@observablehq/plot";
import { readable } from "../numbers.ts";
import { createPage, FONT, type Node, svgText } from "./canvas.ts";
import { extentOf } from "./extent.ts";
import type { Axis, LinesFigure, Series } from "./figure.ts";
import { addWords, layoutOf } from "./layout.ts";
import { legendMarks, legendWidth } from "./legend-marks.ts";
import { FAINT, INK } from "./palette.ts";
import { rangeOf } from "./scale.ts";
import { fitMark, lineMark, pointMarks, spreadMark } from "./series-marks.ts";

/** Lines, symbols and error bars as SVG; the same figure gives the same bytes. */
export function drawLines(figure: LinesFigure): string {
  const page = createPage();
  const layout = layoutOf(figure, legendWidth(figure.series));
  const { x, y, series, band } = figure;
  const extent = extentOf(figure);
  const svg: Node = Plot.plot({
    ...layout.frame,
    document: page,
    style: { fontFamily: FONT, fontSize: "11px", color: INK, background: "#ffffff" },
    x: {
      type: x.isLogarithmic ? "log" : "linear",
      label: null,
      inset: band === null ? 14 : 24,
      ...domainOf(series, x),
    },
    y: {
      type: y.isLogarithmic ? "log" : "linear",
      domain: [extent.low, extent.high],
      nice: !y.isLogarithmic,
      label: null,
      insetTop: 12,
      insetBottom: extent.low === 0 ? 0 : 12,
    },
    marks: [
      Plot.gridY({ stroke: "#000000", strokeOpacity: 0.1 }),
      ...(band === null ? [] : [bandMark(band), Plot.ruleY([0], { stroke: FAINT, strokeWidth: 1.2 })]),
      axisX(x),
      axisY(y),
      Plot.frame({ stroke: "#000000", strokeOpacity: 0.35 }),
      ...series.map(spreadMark),
      ...series.map(lineMark),
      ...series.map(fitMark),
      ...series.flatMap((one, index) =>
        pointMarks(one, { index, count: series.length, extent, isDodged: band !== null }),
      ),
      ...legendMarks(series),
    ],
  });
  svg.setAttribute("role", "img");
  addWords(page, svg, { figure, layout });
  return svgText(svg);
}

function domainOf(series: readonly Series[], { isLogarithmic }: Axis) {
  const values = series.flatMap(({ points }) => points.map(({ x }) => x));
  const { low, high } = rangeOf(values);
  if (low < high) return { domain: [low, high] };
  return { domain: isLogarithmic ? [low / 2, low * 2] : [low - 1, low + 1] };
}

/** Ticks that are given are all named; d3 would leave some of a logarithmic axis without a name. */
function axisX(axis: Axis) {
  const style = { label: null, fontSize: 11 };
  const { ticks } = axis;
  if (ticks.length === 0) return Plot.axisX({ ...style, tickFormat: (value: number) => tickName(value, axis) });
  return Plot.axisX([...ticks], { ...style, text: (value: number) => tickName(value, axis) });
}

function axisY(axis: Axis) {
  const ticks = axis.isLogarithmic ? { ticks: 6 } : {};
  return Plot.axisY({ ...ticks, label: null, fontSize: 11, tickFormat: (value: number) => tickName(value, axis) });
}

function tickName(value: number, { isPercentage }: Axis): string {
  return isPercentage ? `${readable(value * 100, 4)} %` : readable(value, 6);
}

function bandMark(band: number) {
  return Plot.rect([0], { y1: -band, y2: band, fill: "#000000", fillOpacity: 0.08 });
}
