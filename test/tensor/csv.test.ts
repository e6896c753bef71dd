import { describe, expect, it } from "vitest";
import { ascii, bytes, refusalOf, stored, valuesOf } from "./files.ts";

it("matrix.csv, which NumPy wrote with a comment above, has its numbers", async () => {
  const values = [1, 2, 3, 4, 1, -1, 1, -1, 2, 0, 0, 0];
  expect(await valuesOf("matrix.csv", stored("matrix.csv"))).toEqual([
    { name: "matrix", shape: [3, 4], order: "C", values },
  ]);
});

it.each(["1,2\n3,4\n", "1,2\r\n3,4", "\ufeff 1 , 2 \n\n3,4\n", '"1","2"\n"3","4"\n', "+1,2.\n.3e1,40E-1\n"])(
  "%j is a matrix of 1, 2, 3 and 4",
  async (text) => {
    expect(await valuesOf("w.csv", ascii(text))).toMatchObject([{ shape: [2, 2], values: [1, 2, 3, 4] }]);
  },
);

describe("what is wrong with a .csv file is one line that names it", () => {
  it.each<readonly [string, Uint8Array, RegExp]>([
    ["nothing in it", bytes(), /^w\.csv: does not contain any numbers; write a row/],
    ["a header", ascii("a,b\n1,2\n"), /line 1, column 1: "a" is not a number.*and leave out a header$/],
    ["an empty cell", ascii("1,2\n3,\n"), /line 2, column 2: "" is not a number/],
    ["a hexadecimal number", ascii("0x10,1\n"), /"0x10" is not a number/],
    ["rows of two lengths", ascii("1,2\n3\n"), /line 2 has a row of 1, and the lines before it have rows of 2/],
    ["an open quote", ascii('1,"2\n'), /is not CSV \(Quote/],
    ["no text", bytes(0xff, 0xfe, 0x31), /is not UTF-8 text/],
    ["NaN", ascii("1,2\n3,nan\n"), /has NaN at index \[1, 1\], and every value must be finite/],
    ["a number beyond all doubles", ascii("1,-1e999\n"), /-Infinity at index \[0, 1\]/],
  ])("%s", async (_, content, message) => {
    const refusal = await refusalOf("w.csv", content);
    expect(refusal).toMatch(message);
    expect(refusal).not.toContain("\n");
  });
});
