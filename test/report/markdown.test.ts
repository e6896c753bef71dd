import { expect, it } from "vitest";
import { simulate } from "../../src/index.ts";
import { markdownTable } from "../../src/report/markdown.ts";
import { encodedText } from "./encoded-text.ts";

it("a pipe in a cell does not end the cell", () => {
  expect(markdownTable(["a|b", "c"], [["|", "1 || 2"]])).toBe("| a\\|b | c |\n| --- | --- |\n| \\| | 1 \\|\\| 2 |\n");
});

it("records are rows with the scenario in words, both ratios and the verdict", async () => {
  const record = await simulate({ width: 2, samples: 1024, rho: 0.25, layer: "linear", neurons: 1, alignment: 1.5 });
  const [, , row, end] = (await encodedText("markdown", [record])).split("\n");
  expect(row).toMatch(
    /^\| 2 units ~ N\(0, 1\), correlation 0\.25 → Bernoulli dropout, keep 0\.5 \(drop 0\.5\) → linear, 1 neuron, normal weights, alignment d·cos²θ 1\.5 → BN \| 0\.\d+ \| [\d.]+ ± [\d.]+ \| −?[\d.]+ % \| inconclusive \|$/,
  );
  expect(end).toBe("");
});
