import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simulate } from "../../src/index.ts";
import { csv } from "../../src/report/csv.ts";
import { flatten } from "../../src/report/flat.ts";

/** Rows of cells, by RFC 4180 with lines that end in "\n". */
function parsed(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    row.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === "\n") {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

/** Text that no spreadsheet takes for a formula. */
const PLAIN_TEXT = fc.string({ unit: "binary" }).filter((text) => !/^[=+\-@\t\r＝＋－＠]/.test(text));

describe("csv", () => {
  test.prop([fc.array(fc.record({ number: fc.double(), text: PLAIN_TEXT }), { minLength: 1 })])(
    "gives numbers and text back as they were",
    (values) => {
      const [header, ...rows] = parsed(csv(values));
      expect(header).toEqual(["number", "text"]);
      expect(rows.map(([number, text]) => ({ number: Number(number) + 0, text }))).toEqual(
        // −0 is written "0".
        values.map(({ number, text }) => ({ number: number + 0, text })),
      );
    },
  );

  it.each([-1, -0.5, -1e-7, -1e21, 0, 1])("writes the number %d as a number", (number) => {
    expect(csv([{ number }])).toBe(`number\n${number}\n`);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])(
    "escapes the text %j, which a spreadsheet would run",
    (text) => {
      expect(parsed(csv([{ text }]))).toEqual([["text"], [`'${text}`]]);
    },
  );

  it("writes null as an empty cell", () => {
    expect(csv([{ a: 1, b: null, c: 2 }])).toBe("a,b,c\n1,,2\n");
  });

  it("joins nested names with dots, and has the same columns for every record", async () => {
    const records = await Promise.all([
      simulate({ width: 2, samples: 512, seed: "=1+1" }),
      simulate({ width: 2, samples: 512, layer: "linear", neurons: 1, noise: "uout", mean: -1 }),
    ]);
    const [header = [], ...rows] = parsed(csv(records));
    expect(header).toContain("measured.interval.1");
    expect(rows.map((row) => row.length)).toEqual(records.map(() => header.length));
    rows.forEach((row, index) => {
      const cells = flatten(records[index] as object).map(([, cell]) =>
        cell === "=1+1" ? "'=1+1" : String(cell ?? ""),
      );
      expect(row).toEqual(cells);
    });
  });
});
