import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { widthOf, wrapped } from "../../../src/report/figure/text-width.ts";

const font = readFileSync(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"));

/** Where a table of a TrueType file begins (OpenType 1.9, "Table directory"). */
function tableAt(tag: string): number {
  for (let index = 0; index < font.readUInt16BE(4); index++) {
    const entry = 12 + 16 * index;
    if (font.toString("latin1", entry, entry + 4) === tag) return font.readUInt32BE(entry + 8);
  }
  throw new Error(`no table ${tag}`);
}

/** The glyph of a sign of the first segment of a cmap of format 4, which in this font is all of ASCII. */
function glyphOf(code: number): number {
  const cmap = tableAt("cmap");
  for (let index = 0; index < font.readUInt16BE(cmap + 2); index++) {
    const table = cmap + font.readUInt32BE(cmap + 8 + 8 * index);
    if (font.readUInt16BE(table) !== 4) continue;
    const doubled = font.readUInt16BE(table + 6);
    for (let segment = 0; segment < doubled; segment += 2) {
      if (font.readUInt16BE(table + 14 + segment) < code) continue;
      const delta = font.readUInt16BE(table + 16 + 2 * doubled + segment);
      if (font.readUInt16BE(table + 16 + 3 * doubled + segment) !== 0) throw new Error("glyphs by a list");
      return (code + delta) % 65536;
    }
  }
  throw new Error("no cmap of format 4");
}

it("widths are those of the font", () => {
  const unitsPerEm = font.readUInt16BE(tableAt("head") + 18);
  for (let code = 0x20; code <= 0x7e; code++) {
    const advance = font.readUInt16BE(tableAt("hmtx") + 4 * glyphOf(code));
    expect(widthOf(String.fromCodePoint(code), 1)).toBe(Math.round((advance / unitsPerEm) * 1000) / 1000);
  }
});

it("lines are no wider than their room, and words that are wider are cut", () => {
  const measure = (text: string) => text.length;
  expect(wrapped("one two three", 7, measure)).toEqual(["one two", "three"]);
  expect(wrapped("a veryverylongname b", 6, measure)).toEqual(["a", "veryve", "rylong", "name b"]);
});
