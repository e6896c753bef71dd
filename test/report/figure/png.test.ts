import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { drawFigure } from "../../../src/report/figure/draw.ts";
import { figureOf } from "../../../src/report/figure/make.ts";
import { createRasteriser } from "../../../src/report/figure/png.ts";
import { recordsOf } from "./records.ts";

const { resolve } = createRequire(import.meta.url);
const wasm = readFileSync(resolve("@resvg/resvg-wasm/index_bg.wasm"));
const font = readFileSync(resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"));

it("a PNG is twice the size of its SVG, the same each time, and its words are drawn with the font", async () => {
  const rasterise = await createRasteriser({ wasm, font });
  const svg = drawFigure(figureOf(await recordsOf([0.2, 0.8].map((keep) => ({ keep }))), {}));
  const bytes = Buffer.from(rasterise(svg));
  expect(bytes.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
  // IHDR begins with width and height: PNG, 11.2.2.
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([2 * Number(width), 2 * Number(height)]);
  expect(Buffer.from(rasterise(svg))).toEqual(bytes);
  expect(Buffer.from(rasterise(svg, 3)).readUInt32BE(16)).toBe(3 * Number(width));
  // Were words not drawn, it would not matter that they are taken away.
  expect(Buffer.from(rasterise(svg.replace(/<text.*?<\/text>/g, ""))).length).toBeLessThan(bytes.length / 2);
});
