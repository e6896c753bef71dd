import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csv } from "../../src/report/csv.ts";

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
});
