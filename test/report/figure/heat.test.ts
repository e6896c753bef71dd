import { describe, expect, it } from "vitest";
import { figureOf } from "../../../src/report/figure/make.ts";
import { shadesOf } from "../../../src/report/figure/shades.ts";
import { luminanceOf } from "./luminance.ts";
import { grid, recordsOf } from "./records.ts";

const records = await recordsOf(grid([0.4, 0.2], [4, 2], (keep, width) => ({ keep, width })));

function heat(request = {}) {
  const figure = figureOf(records, { x: "p", y: "d", ...request });
  if (figure.kind !== "heat") throw new Error("no heat map");
  return figure;
}

it("a heat map has a cell for each record, and ascending axes", () => {
  const { x, y, panels } = heat();
  expect(x).toEqual({ title: "keep probability p", names: ["0.2", "0.4"] });
  expect(y).toEqual({ title: "width d", names: ["2", "4"] });
  expect(panels).toEqual([
    {
      label: "",
      cells: records.map(({ scenario, measured }) => ({
        x: [0.2, 0.4].indexOf(scenario.keep),
        y: [2, 4].indexOf(scenario.width),
        value: measured.shift,
      })),
    },
  ]);
});

it("two records in one cell are an error that says how they differ", async () => {
  const [other] = await recordsOf([{ keep: 0.2, width: 2, mean: 1 }]);
  if (other === undefined) throw new Error("nothing was measured");
  expect(() => figureOf([...records, other], { x: "p", y: "d" })).toThrow(
    "y: 2 records share p = 0.2, d = 2 and differ in c; add `facet` mean, or give one record for each combination",
  );
});

it("a heat map of a kind has its names, and one of a third field a panel for each value", async () => {
  const noises = ["bernoulli", "gaussian"] as const;
  const kinds = await recordsOf(grid([0.2, 0.4], noises, (keep, noise) => ({ keep, noise })));
  expect(figureOf(kinds, { x: "p", y: "noise" })).toMatchObject({
    kind: "heat",
    y: { names: ["Bernoulli", "Gaussian"] },
  });
  const [other] = await recordsOf([{ keep: 0.2, width: 2, mean: 1 }]);
  if (other === undefined) throw new Error("nothing was measured");
  const { panels } = { ...heat(), ...figureOf([...records, other], { x: "p", y: "d", facet: "c" }) };
  expect(panels.map(({ label }) => label)).toEqual(["c = 0", "c = 1"]);
});

describe("shades", () => {
  const colours = (values: readonly number[], isDeviation: boolean) => {
    const cells = values.map((value, x) => ({ x, y: 0, value }));
    const shades = shadesOf({ ...heat(), color: { title: "", isDeviation }, panels: [{ label: "", cells }] });
    return values.map((value) => ({ ...shades.of(value), words: shades.words(value) }));
  };

  it("go from pale with dark text to dark with white text", () => {
    expect(colours([0.1, 0.9], false)).toEqual([
      { fill: "#ffffd9", text: "#1a1a1a", words: "0.100" },
      { fill: "#081d58", text: "#ffffff", words: "0.900" },
    ]);
  });

  it.each([true, false])("have text with a contrast of 4 or more (isDeviation: %s)", (isDeviation) => {
    const values = Array.from({ length: 101 }, (_, index) => index / 50 - 1);
    for (const { fill, text } of colours(values, isDeviation)) {
      const [darker = 0, lighter = 0] = [luminanceOf(fill), luminanceOf(text)].toSorted((a, b) => a - b);
      expect((lighter + 0.05) / (darker + 0.05)).toBeGreaterThan(4);
    }
  });

  it("of a deviation are the palest at 0, and 0 has no sign", () => {
    expect(colours([-0.002, -1e-9, 0.001], true).map(({ fill, words }) => [fill, words])).toEqual([
      ["#2d004b", "−0.200 %"],
      ["#f3eeea", "0.000 %"],
      [expect.stringMatching(/^#/), "0.100 %"],
    ]);
  });

  it("of one value, or of zeros, are colours all the same", () => {
    for (const values of [
      [0.5, 0.5],
      [0, 0],
    ]) {
      for (const isDeviation of [true, false]) {
        for (const { fill } of colours(values, isDeviation)) expect(fill).toMatch(/^#[0-9a-f]{6}$/);
      }
    }
  });
});
