import { writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type FileLine, LONGEST_LINE, linesIn, linesOf } from "../../src/sweep/lines.ts";
import { temporaryFolders } from "../cli/vshift.ts";

const folder = temporaryFolders();

async function* piecesOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (const [index, from] of places.entries()) yield bytes.subarray(from, places[index + 1] ?? bytes.length);
}

async function all(lines: AsyncIterable<FileLine>): Promise<readonly FileLine[]> {
  const found: FileLine[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe("the lines of a text", () => {
  property.prop([fc.array(fc.string({ unit: "binary" })), fc.array(fc.nat()), fc.boolean()])(
    "are those between its line breaks, wherever it is cut into pieces",
    async (texts, cuts, isEnded) => {
      const lines = texts.map((text) => text.replaceAll("\n", ""));
      const whole = lines.join("\n") + (isEnded && lines.length > 0 ? "\n" : "");
      const bytes = bytesOf(whole);
      const expected = whole.split("\n");
      const found = await all(linesIn(piecesOf(bytes, cuts)));
      const last = expected.pop() ?? "";
      expect(found.map(({ text }) => text)).toEqual(last === "" ? expected : [...expected, last]);
      expect(found.map(({ isCut }) => isCut)).toEqual([...expected.map(() => false), ...(last === "" ? [] : [true])]);
      for (const [index, { text, start, end, isCut }] of found.entries()) {
        expect(start).toBe(found[index - 1]?.end ?? 0);
        expect(end - start).toBe(bytesOf(text).length + (isCut ? 0 : 1));
      }
    },
  );

  it("may be 16 MiB long, and no longer", async () => {
    const longest = new Uint8Array(LONGEST_LINE + 1).fill(0x20);
    longest[LONGEST_LINE] = 0x0a;
    const [line] = await all(linesIn(piecesOf(longest, [])));
    expect(line?.text).toHaveLength(LONGEST_LINE);
    longest[LONGEST_LINE] = 0x20;
    await expect(all(linesIn(piecesOf(longest, []), "a.ndjson"))).rejects.toThrow(
      "a.ndjson:1: is longer than 16777216 bytes",
    );
  });

  it("are asked for no further than a line that is too long", async () => {
    let pieces = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield bytesOf("{}\n");
      for (;;) {
        pieces++;
        yield new Uint8Array(2 ** 16).fill(0x20);
      }
    }
    await expect(all(linesIn(endless(), "-"))).rejects.toThrow("-:2: is longer than");
    expect(pieces).toBe(LONGEST_LINE / 2 ** 16 + 1);
  });

  it.each([
    ["a byte of Latin-1", [0x61, 0xe9, 0x61, 0x0a]],
    ["half a character before a line break", [0xcf, 0x0a]],
    ["a surrogate", [0xed, 0xa0, 0x80, 0x0a]],
    ["a byte of Latin-1 in a last line that nothing ends", [0xe9, 0x61]],
  ])("are refused with %s", async (_, bytes) => {
    await expect(all(linesIn(piecesOf(Uint8Array.from(bytes), [])))).rejects.toThrow("line 1: is not UTF-8 text");
  });

  it("may end within a character", async () => {
    const cut = bytesOf("π🎲").subarray(0, 5);
    expect(await all(linesIn(piecesOf(cut, [])))).toEqual([{ text: "π\uFFFD", start: 0, end: 5, isCut: true }]);
  });

  it("of a file are those of its bytes", async () => {
    const path = join(folder(), "a.txt");
    const texts = Array.from({ length: 50 }, (_, index) => "π".repeat(997 * index));
    writeFileSync(path, texts.map((text) => `${text}\n`).join(""));
    const file = await open(path);
    try {
      expect((await all(linesOf(file))).map(({ text }) => text)).toEqual(texts);
    } finally {
      await file.close();
    }
  });
});
