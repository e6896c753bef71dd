import { expect, it } from "vitest";
import { chartOf } from "../../../src/report/figure/chart.ts";
import { figureOf } from "../../../src/report/figure/make.ts";
import { grid, recordsOf } from "./records.ts";

const records = await recordsOf(grid([0.2, 0.5, 1], [0, 1], (keep, mean) => ({ keep, mean })));

it("a chart has axes, a symbol for each series, a legend and the caption", async () => {
  const chart = await chartOf(figureOf(records, {}), { paints: [] });
  for (const words of ["keep probability p", "● c = 0", "□ c = 1", "Held fixed: Bernoulli dropout"]) {
    expect(chart).toContain(words);
  }
  const drawn = chart
    .split("\n")
    .filter((line) => /[│┤]/.test(line))
    .join("");
  expect(drawn.match(/●/g)?.length).toBeGreaterThanOrEqual(2);
  expect(drawn.match(/□/g)).toHaveLength(3);
  expect(drawn).toContain("·");
  // ESC would be the beginning of a colour.
  expect(chart).not.toContain("\u001b");
});

it("a chart is painted with what it is given", async () => {
  const chart = await chartOf(figureOf(records, {}), { paints: [(text) => `<${text}>`, (text) => `[${text}]`] });
  expect(chart).toContain("<●> c = 0");
  expect(chart).toContain("[□] c = 1");
});

it("a chart of deviations draws the tolerance", async () => {
  const chart = await chartOf(figureOf(records, { y: "deviation" }), { paints: [] });
  expect(chart.split("\n").filter((line) => line.includes("━━━━"))).toHaveLength(2);
});

it("a heat map is a table of its numbers, y from the top down", async () => {
  const chart = await chartOf(figureOf(records, { x: "p", y: "c" }), { paints: [] });
  const rows = chart.split("\n").filter((line) => /^ +[\d.]+ +[\d.]+ +[\d.]+/.test(line));
  expect(rows.map((row) => row.trim().split(/ +/)[0])).toEqual(["0.2", "1", "0"]);
  const [first] = records;
  expect(rows[2]).toContain(first?.measured.shift.toFixed(2));
});
