import * as Plot from "@observablehq/plot";
import { readable } from "../numbers.ts";
import { createPage, element, FONT, type Node, type Page, svgText, textAt } from "./canvas.ts";
import type { HeatFigure } from "./figure.ts";
import { addWords, type Layout, layoutOf } from "./layout.ts";
import { INK } from "./palette.ts";
import { type Shades, shadesOf } from "./shades.ts";

/** Cells of more columns or rows than this have no room for numbers. */
const MOST_COLUMNS = 13;
const MOST_ROWS = 16;
/** An axis of more values than this names only some of them. */
const MOST_NAMES = 24;

const RAMP_WIDTH = 14;
const RAMP_STEPS = 60;
const LEGEND_WIDTH = 104;

/** A grid of coloured cells as SVG, with their numbers where there is room; the same figure gives the same bytes. */
export function drawHeat(figure: HeatFigure): string {
  const page = createPage();
  const layout = layoutOf(figure, LEGEND_WIDTH);
  const { x, y, cells } = figure;
  const shades = shadesOf(figure);
  const look = cells.map((cell) => ({ ...cell, ...shades.of(cell.value), words: shades.words(cell.value) }));
  const hasNumbers = x.values.length <= MOST_COLUMNS && y.values.length <= MOST_ROWS;
  const svg: Node = Plot.plot({
    ...layout.frame,
    document: page,
    style: { fontFamily: FONT, fontSize: "11px", color: INK, background: "#ffffff" },
    x: { type: "band", domain: [...x.values], label: null, padding: 0.03 },
    y: { type: "band", domain: y.values.toReversed(), label: null, padding: 0.03 },
    marks: [
      Plot.cell(look, { x: "x", y: "y", fill: "fill", stroke: "#000000", strokeOpacity: 0.25 }),
      ...(hasNumbers ? [Plot.text(look, { x: "x", y: "y", text: "words", fill: "text", fontSize: 11 })] : []),
      Plot.axisX({ label: null, ...namesOf(x.values), fontSize: 11 }),
      Plot.axisY({ label: null, ...namesOf(y.values), fontSize: 11 }),
    ],
  });
  svg.setAttribute("role", "img");
  addWords(page, svg, { figure, layout });
  addRamp(page, svg, { layout, shades });
  return svgText(svg);
}

function namesOf(values: readonly number[]) {
  const step = Math.ceil(values.length / MOST_NAMES);
  return {
    tickFormat: (value: number) => readable(value, 4),
    ticks: values.filter((_, index) => index % step === 0),
    tickSize: 0,
  };
}

/** The colours beside the picture, with the values of their ends and middle. */
function addRamp(page: Page, svg: Node, { layout, shades }: RampSetting): void {
  const { width, height, marginTop, marginBottom, marginRight } = layout.frame;
  const { low, high } = shades;
  const left = width - marginRight + 22;
  const [top, bottom] = [marginTop + 6, height - marginBottom - 6];
  const step = (bottom - top) / RAMP_STEPS;
  for (let index = 0; index < RAMP_STEPS; index++) {
    const { fill } = shades.of(low + ((index + 0.5) / RAMP_STEPS) * (high - low));
    const y = bottom - step * (index + 1);
    // A little of the next one under each, so that no seam shows.
    svg.append(element(page, "rect", { x: left, y, width: RAMP_WIDTH, height: step + (index === 0 ? 0 : 0.6), fill }));
  }
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    const text = shades.words(low + part * (high - low));
    const y = bottom - part * (bottom - top) + 4;
    svg.append(textAt(page, { x: left + RAMP_WIDTH + 7, y, "font-size": 11, text }));
  }
}

interface RampSetting {
  readonly layout: Layout;
  readonly shades: Shades;
}
