import { describe, expect, it } from "vitest";
import type { ShiftRecord } from "../../../src/index.ts";
import type { FigureRequest } from "../../../src/report/figure/axes.ts";
import { drawFigure } from "../../../src/report/figure/draw.ts";
import type { LinesFigure } from "../../../src/report/figure/figure.ts";
import { figureOf } from "../../../src/report/figure/make.ts";
import { styleOf } from "../../../src/report/figure/palette.ts";
import { PICTURE_SIZES } from "../../../src/report/figure/size.ts";
import { widthOf } from "../../../src/report/figure/text-width.ts";
import { luminanceOf } from "./luminance.ts";
import { grid, recordsOf } from "./records.ts";

const plain = await recordsOf(grid([0.2, 0.5, 1], [0, 1], (keep, mean) => ({ keep, mean })));
const widths = await recordsOf(
  grid([2, 4, 8], [0.2, 0.4], (width, rho) => ({ width, rho, layer: "linear", neurons: 2, weightMean: 0.5 })),
);

const noises = await recordsOf(
  grid(["bernoulli", "gaussian"] as const, [0.2, 0.4], (noise, keep) => ({ noise, keep })),
);
const threeWays = await recordsOf(
  [2, 4].flatMap((width) => grid([0.2, 0.5], [0, 1], (keep, mean) => ({ keep, mean, width }))),
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
  ["panels", plain, { x: "p", facet: "c" }],
  ["panels of heat maps", threeWays, { x: "p", y: "c", facet: "d" }],
  ["categories", noises, { x: "noise" }],
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
    expect(svg).toMatch(/<rect width="\d+" height="\d+" fill="#ffffff"\/>/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity|null/);
    expect(svg).not.toMatch(/="[^"]*\d\.\d{4}/);
    expect(svg).not.toMatch(/ id="/);
  });
});

it("the names of the series, the titles of the axes and the captions are words of the picture", () => {
  const svg = drawFigure(figureOf(plain, {}));
  for (const words of [
    "c\u00a0=\u00a00",
    "c\u00a0=\u00a01",
    "keep probability p",
    "Lines: closed form.",
    ", no layer.",
  ]) {
    expect(svg).toContain(`${words}</text>`);
  }
});

it("Var_test and Var_train have their index below the line", () => {
  const svg = drawFigure(figureOf(plain, {}));
  expect(svg.replace(/<title>.*?<\/title>/, "")).not.toContain("Var_");
  expect(svg).toMatch(/Var<\/tspan><tspan dy="[\d.]+" font-size="9">test<\/tspan><tspan dy="-[\d.]+"> \/ Var<\/tspan>/);
});

it("signs that mean something in XML are escaped", () => {
  const svg = drawFigure(figureOf(plain, { title: '<script>"a" & b</script>' }));
  expect(svg).toContain(">&lt;script&gt;&quot;a&quot; &amp; b&lt;/script&gt;<");
});

it("an interval that says nothing does not flatten the picture", () => {
  const wild = plain.map((record, index): ShiftRecord => {
    if (index > 0) return record;
    return { ...record, measured: { ...record.measured, interval: [1e-200, 1e200] } };
  });
  // The largest tick: the values reach to 1, and bars to six times their spread above it.
  const ticks = [...drawFigure(figureOf(wild, {})).matchAll(/text-anchor="end">([\d.]+)<\/text>/g)].map(([, tick]) =>
    Number(tick),
  );
  expect(ticks.length).toBeGreaterThan(2);
  expect(Math.max(...ticks)).toBeLessThanOrEqual(7);
});

describe("colours", () => {
  const NAMES = { count: 12, isOrdered: false } as const;
  const look = (rank: number) => ({ hue: rank, symbol: rank, dashes: rank });

  it("of names, symbols and dashes differ between neighbouring series", () => {
    for (let index = 0; index < 12; index++) {
      const [one, other] = [styleOf(look(index), NAMES), styleOf(look(index + 1), NAMES)];
      expect(one.color).not.toBe(other.color);
      expect(one.symbol).not.toBe(other.symbol);
      expect(one.dashes).not.toBe(other.dashes);
    }
  });

  it.each([2, 5, 12])("of %i numbers get lighter one by one, and stand out on white", (count) => {
    const colours = Array.from({ length: count }, (_, rank) => styleOf(look(rank), { count, isOrdered: true }).color);
    const luminances = colours.map(luminanceOf);
    expect(luminances).toEqual(luminances.toSorted((a, b) => a - b));
    expect(new Set(colours).size).toBe(count);
    // WCAG 2.2, 1.4.11: 3 to 1 for graphics.
    for (const luminance of luminances) expect(1.05 / (luminance + 0.05)).toBeGreaterThan(3);
  });
});

/** Where texts stand that have no transform: x, y and the text without its tags. */
function textsOf(svg: string): readonly { readonly x: number; readonly y: number; readonly text: string }[] {
  return [...svg.matchAll(/<text x="([-\d.]+)" y="([-\d.]+)"[^>]*>(.*?)<\/text>/g)].map(([, x, y, text = ""]) => ({
    x: Number(x),
    y: Number(y),
    text: text.replace(/<[^>]*>/g, ""),
  }));
}

/** A figure with straight lines that end at some heights. */
function ending(heights: readonly number[]): LinesFigure {
  const axis = { title: "", isLogarithmic: false, isPercentage: false, ticks: [], names: [] };
  const series = heights.map((height, index) => ({
    label: `line ${index}`,
    look: { hue: index, symbol: index, dashes: index },
    points: [
      { x: 0, y: 0.5, interval: null },
      { x: 1, y: height, interval: null },
    ],
    line: [
      { x: 0, y: 0.5 },
      { x: 1, y: height },
    ],
    fit: [],
  }));
  const hues = { count: heights.length, isOrdered: false };
  const panels = [{ label: "", series }];
  return { kind: "lines", title: "", subtitle: "", caption: [], x: axis, y: axis, hues, panels, band: null };
}

describe("names of series", () => {
  const names = (figure: LinesFigure) => textsOf(drawFigure(figure)).filter(({ text }) => text.startsWith("line"));
  const right = (figure: LinesFigure) => {
    const [, x = 0, width = 0] =
      /<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" [^>]*fill="none"/.exec(drawFigure(figure))?.map(Number) ?? [];
    return x + width;
  };

  it("stand at the ends of lines that end apart, from the top down and never on each other", () => {
    const figure = ending([0.2, 0.9, 0.6, 0.57]);
    const found = names(figure);
    for (const { x } of found) expect(x - right(figure)).toBeLessThan(12);
    const sorted = found.toSorted((a, b) => a.y - b.y);
    expect(sorted.map(({ text }) => text)).toEqual(["line 1", "line 2", "line 3", "line 0"]);
    for (const [index, { y }] of sorted.slice(1).entries())
      expect(y - (sorted[index]?.y ?? y)).toBeGreaterThanOrEqual(14);
  });

  it("stand in a legend where lines end in one place", () => {
    const figure = ending([0.5, 0.5, 0.5]);
    const found = names(figure);
    for (const { x } of found) expect(x - right(figure)).toBeGreaterThan(40);
    expect(found.map(({ text }) => text)).toEqual(["line 0", "line 1", "line 2"]);
  });

  it("stand above a picture that is too narrow for them beside it", () => {
    const figure = ending([0.5, 0.5, 0.5]);
    const svg = drawFigure(figure, { width: 360 });
    const [, top = Number.NaN] = /<rect x="[\d.]+" y="([\d.]+)"/.exec(svg)?.map(Number) ?? [];
    for (const { y, text } of textsOf(svg)) if (text.startsWith("line")) expect(y).toBeLessThan(top);
  });
});

it("of lines that coincide the lower ones are wider and the upper ones have gaps, and symbols are of differing sizes", () => {
  const svg = drawFigure(ending([0.7, 0.7, 0.7]));
  const widths = [...svg.matchAll(/fill="none" stroke="#[^"]*" stroke-width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  );
  expect(widths).toHaveLength(3);
  expect(widths).toEqual(widths.toSorted((a, b) => b - a));
  expect(new Set(widths).size).toBe(3);
  const symbols = [...svg.matchAll(/<path d="(M[^"]*)" transform=/g)].map(([, d]) => d);
  // Each is at both ends of its line, and in the legend; the uppermost is as large there.
  expect(symbols).toHaveLength(9);
  expect(new Set(symbols).size).toBe(5);
  const apart = [
    ...drawFigure(ending([0.2, 0.5, 0.9])).matchAll(/fill="none" stroke="#[^"]*" stroke-width="([\d.]+)"/g),
  ];
  expect(new Set(apart.map(([, width]) => width)).size).toBe(1);
});

describe("the size", () => {
  it.each([
    [400, 360],
    [800, 500],
    [1600, 900],
  ])("of %i × %i px is what was asked for, and every word is inside", (width, height) => {
    for (const [, records, request] of FIGURES) {
      if (request.facet !== undefined && height < 500) continue;
      const svg = drawFigure(figureOf(records, request), { width, height });
      expect(svg).toContain(`width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`);
      for (const { x, y, text } of textsOf(svg)) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThan(width);
        expect(y).toBeGreaterThan(0);
        expect(y).toBeLessThan(height);
        // From its beginning: the words that are set so are titles, captions and names of series.
        if (!svg.includes(`text-anchor="middle">${text}<`) && !svg.includes(`text-anchor="end">${text}<`)) {
          const size = /Held|Symbols|Cells|Lines/.test(text) ? 11 : 12;
          expect(x + widthOf(text, size)).toBeLessThanOrEqual(width);
        }
      }
    }
  });

  it("that leaves no room is an error that names the least", () => {
    expect(() => drawFigure(figureOf(plain, {}), { width: 400, height: 240 })).toThrow(
      /^height: 240 leaves no room for a picture, which needs at least \d+ with these words; give more, or leave it out$/,
    );
  });

  it.each([
    ["width", 20, "20 is not a whole number from 320 to 4000; try 800 × 500"],
    ["height", 500.5, "500.5 is not a whole number from 240 to 4000; try 800 × 500"],
    ["scale", "9", '"9" is not a whole number from 1 to 8; 2 suits a screen, 4 a poster'],
  ] as const)("%s of %j is refused", (name, size, message) => {
    expect(() => PICTURE_SIZES[name](size, name)).toThrow(`${name}: ${message}`);
  });
});
