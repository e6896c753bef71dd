import { describe, expect, it } from "vitest";
import type { ShiftRecord } from "../../../src/index.ts";
import type { FigureRequest } from "../../../src/report/figure/axes.ts";
import { drawFigure } from "../../../src/report/figure/draw.ts";
import { figureOf } from "../../../src/report/figure/make.ts";
import { styleOf } from "../../../src/report/figure/palette.ts";
import { grid, recordsOf } from "./records.ts";

const plain = await recordsOf(grid([0.2, 0.5, 1], [0, 1], (keep, mean) => ({ keep, mean })));
const widths = await recordsOf(
  grid([2, 4, 8], [0.2, 0.4], (width, rho) => ({ width, rho, layer: "linear", neurons: 2, weightMean: 0.5 })),
);

const FIGURES: readonly (readonly [string, readonly ShiftRecord[], FigureRequest])[] = [
  ["lines", plain, {}],
  ["a single line", plain.slice(0, 3), {}],
  ["one point", plain.slice(0, 3), { x: "p", by: "p" }],
  ["a deviation", plain, { y: "deviation" }],
  ["a logarithmic axis", widths, { x: "d" }],
  ["a quantity below 0", plain, { y: "runningMean" }],
  ["a heat map", widths, { x: "d", y: "rho" }],
  ["a heat map of a deviation", plain, { x: "p", y: "c", color: "deviation" }],
];

describe.each(FIGURES)("%s", (_, records, request) => {
  const draw = () => drawFigure(figureOf(records, request));

  it("has the same bytes each time", () => {
    const first = draw();
    // Another picture in between must not move anything.
    drawFigure(figureOf(plain, {}));
    expect(draw()).toBe(first);
  });

  it("is one SVG with a white ground, and every number in it is one", () => {
    const svg = draw();
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [\s\S]*<\/svg>\n$/);
    expect(svg).toMatch(/<rect fill="#ffffff" height="\d+" width="\d+" \/>/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity|null/);
    expect(svg).not.toMatch(/="[^"]*\d\.\d{4}/);
    expect(svg).not.toMatch(/ id="/);
  });
});

it("the legend, the titles of the axes and the caption are words of the picture", () => {
  const svg = drawFigure(figureOf(plain, {}));
  for (const words of ["c = 0", "c = 1", "keep probability p", "Δ = Var_test / Var_train", "Lines: closed form."]) {
    expect(svg).toContain(`${words}</text>`);
  }
});

it("signs that mean something in XML are escaped", () => {
  const svg = drawFigure(figureOf(plain, { title: '<script>"a" & b</script>' }));
  expect(svg).toContain('>&lt;script&gt;"a" &amp; b&lt;/script&gt;<');
});

it("an interval that says nothing does not flatten the picture", () => {
  const wild = plain.map((record, index): ShiftRecord => {
    if (index > 0) return record;
    return { ...record, measured: { ...record.measured, interval: [1e-200, 1e200] } };
  });
  // The largest tick: the values reach to 1, and bars to six times their spread above it.
  const ticks = [...drawFigure(figureOf(wild, {})).matchAll(/y="0\.32em">([\d.]+)<\/text>/g)].map(([, tick]) =>
    Number(tick),
  );
  expect(Math.max(...ticks)).toBeLessThanOrEqual(7);
});

it("neighbouring series differ in colour, in symbol and in dashes", () => {
  for (let index = 0; index < 12; index++) {
    const [one, other] = [styleOf(index), styleOf(index + 1)];
    expect(one.color).not.toBe(other.color);
    expect(one.symbol).not.toBe(other.symbol);
    expect(one.dashes).not.toBe(other.dashes);
  }
});
