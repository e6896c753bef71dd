import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { drawingOf } from "../../../src/report/figure/draw.ts";
import { figureOf } from "../../../src/report/figure/make.ts";
import { pdfOf } from "../../../src/report/figure/pdf.ts";
import { grid, recordsOf } from "./records.ts";

const font = readFileSync(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"));
const records = await recordsOf(grid([0.2, 0.8], [0, 1], (keep, mean) => ({ keep, mean })));

it("a PDF is one page of the drawing's size with its font inside, the same each time, and has no date", async () => {
  const drawing = drawingOf(figureOf(records, { title: "A (title) & more" }), { width: 800 });
  const bytes = Buffer.from(await pdfOf(drawing, font));
  const text = bytes.toString("latin1");
  expect(text).toMatch(/^%PDF-1\.\d\n[\s\S]*%%EOF\n?$/);
  expect(text).toContain("/Count 1");
  // A px is 3/4 of a point.
  expect(text).toContain(`/MediaBox [0 0 600 ${drawing.height * 0.75}]`);
  expect(text).toContain("/FontFile2");
  expect(text).toContain("DejaVuSans");
  expect(text).not.toMatch(/CreationDate|ModDate|D:\d{4}/);
  expect(Buffer.from(await pdfOf(drawing, font)).equals(bytes)).toBe(true);
});

it("lines and symbols are vectors, and every text is drawn", async () => {
  const drawing = drawingOf(figureOf(records, {}));
  const text = Buffer.from(await pdfOf(drawing, font)).toString("latin1");
  expect(text).not.toContain("/Subtype /Image");
  // A text is a block from BT to ET, a line from m to l, and the circles of one series are curves.
  expect(text.match(/\bBT\b/g)?.length).toBeGreaterThan(15);
  expect(text.match(/ l$/gm)?.length).toBeGreaterThan(100);
  expect(text.match(/ c$/gm)?.length).toBeGreaterThanOrEqual(8);
});
