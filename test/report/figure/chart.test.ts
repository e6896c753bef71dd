import { describe, expect, it } from "vitest";
import { chartOf } from "../../../src/report/figure/chart.ts";
import { figureOf } from "../../../src/report/figure/make.ts";
import { grid, recordsOf } from "./records.ts";

const PLAIN = { paints: { names: [], ramp: [] }, columns: 80 } as const;
const records = await recordsOf(grid([0.2, 0.5, 1], [0, 1], (keep, mean) => ({ keep, mean })));

it("a chart has axes, a symbol for each series, a legend and the caption", () => {
  const chart = chartOf(figureOf(records, {}), PLAIN);
  for (const words of ["keep probability p", "● c = 0", "□ c = 1", "Held fixed: Bernoulli dropout"]) {
    expect(chart).toContain(words);
  }
  const drawn = chart
    .split("\n")
    .filter((line) => /[│┤]/.test(line))
    .join("");
  expect(drawn.match(/●/g)?.length).toBeGreaterThanOrEqual(2);
  expect(drawn.match(/□/g)?.length).toBeGreaterThanOrEqual(2);
  // At p = 1 both series have the Δ of 1, and one of them is seen.
  expect(drawn.match(/[●□]/g)).toHaveLength(5);
  expect(drawn).toContain("·");
  // ESC would be the beginning of a colour.
  expect(chart).not.toContain("\u001b");
});

const noises = await recordsOf(
  grid([0.2, 0.5, 0.6, 1], ["bernoulli", "gaussian"] as const, (keep, noise) => ({ keep, noise })),
);

it("a chart is painted with what it is given", () => {
  const paints = {
    names: [(text: string) => `<${text}>`, (text: string) => `[${text}]`],
    ramp: [(text: string) => `{${text}}`, (text: string) => text, (text: string) => `(${text})`],
  };
  const byNumber = chartOf(figureOf(records, {}), { ...PLAIN, paints });
  expect(byNumber).toContain("{●} c = 0");
  expect(byNumber).toContain("(□) c = 1");
  const byName = chartOf(figureOf(noises, { x: "p" }), { ...PLAIN, paints });
  expect(byName).toContain("<●> Bernoulli");
  expect(byName).toContain("[□] Gaussian");
});

it("series that share places take turns, and neither is hidden", () => {
  const chart = chartOf(figureOf(noises, { x: "p" }), PLAIN);
  const drawn = chart
    .split("\n")
    .filter((line) => /[│┤]/.test(line))
    .join("");
  expect(drawn).toContain("●");
  expect(drawn).toContain("□");
});

it("a chart of deviations draws the tolerance", () => {
  const chart = chartOf(figureOf(records, { y: "deviation" }), PLAIN);
  expect(chart.split("\n").filter((line) => line.includes("━━━━"))).toHaveLength(2);
});

it("a heat map is a table of its numbers, y from the top down", () => {
  const chart = chartOf(figureOf(records, { x: "p", y: "c" }), PLAIN);
  const rows = chart.split("\n").filter((line) => /^ +[\d.]+ +[\d.]+ +[\d.]+/.test(line));
  expect(rows.map((row) => row.trim().split(/ +/)[0])).toEqual(["0.2", "1", "0"]);
  const [first] = records;
  expect(rows[2]).toContain(first?.measured.shift.toFixed(2));
});

it("categories are rows with their interval, theory and number", () => {
  const chart = chartOf(figureOf(noises.slice(0, 1).concat(noises.slice(4, 5)), { x: "noise" }), PLAIN);
  expect(chart).toMatch(/^ {2}Bernoulli │.*●.* 0\.\d+$/m);
  expect(chart).toMatch(/^ {2}Gaussian {2}│ *─+●─+│─+ .* 0\.\d+$/m);
});

describe.each([60, 80, 100, 120])("in %i columns", (columns) => {
  const wide = Array.from({ length: 20 }, (_, index) => (index + 1) / 20);
  it.each([
    ["lines", {}, "p"],
    ["a deviation", { y: "deviation" }, "p"],
    ["panels", { facet: "c" }, "p"],
    ["a heat map", { y: "c" }, "p"],
    ["categories", { facet: "c" }, "noise"],
  ] as const)("%s fit, and use the width", async (name, request, x) => {
    const one = records[0];
    if (one === undefined) throw new Error("nothing was measured");
    const many = wide.flatMap((keep) => [0, 1].map((mean) => ({ ...one, scenario: { ...one.scenario, keep, mean } })));
    const given = x === "noise" ? [...noises.slice(0, 1), ...noises.slice(4, 5), ...records.slice(3, 4)] : many;
    const chart = chartOf(figureOf(given, { ...request, x }), { ...PLAIN, columns });
    const lengths = chart.split("\n").map((line) => line.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(columns);
    if (name !== "a heat map") expect(Math.max(...lengths)).toBeGreaterThan(columns - 8);
  });
});
