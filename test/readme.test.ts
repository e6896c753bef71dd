import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { weightsOf } from "../src/experiment/block.ts";
import { expectationOf } from "../src/experiment/expectation.ts";
import { defineScenario } from "../src/scenario/define.ts";

const readme = readFileSync("README.md", "utf8");

test("the README's table of widths is what theory says", () => {
  const rows = [...readme.matchAll(/^\| (\d+) \| Δ = ([\d.]+) \| Δ = ([\d.]+) \|$/gm)];
  expect(rows.length).toBe(3);
  for (const [, width, zeroMean, leaning] of rows) {
    for (const [weightMean, stated] of [
      [0, zeroMean],
      [0.5, leaning],
    ] as const) {
      const scenario = defineScenario({ layer: "linear", rho: 0.2, width: Number(width), weightMean });
      expect(expectationOf(scenario, weightsOf(scenario)).shift.toFixed(3)).toBe(stated);
    }
  }
});
