import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { weightsOf } from "../src/experiment/block.ts";
import { expectationOf } from "../src/experiment/expectation.ts";
import { defineScenario } from "../src/scenario/define.ts";

const readme = readFileSync("README.md", "utf8");

/** Command lines of the README with the output under them. */
const snippets = [...readme.matchAll(/```console\n\$ (.*)\n([^`]*)```/g)]
  .map(([, command = "", output = ""]) => ({ command, output }))
  .filter(({ output }) => output !== "");

describe("the README shows what a terminal shows", () => {
  test.each(snippets)("$command", ({ command, output }) => {
    const words = command.replace(/^.*?vshift /, "").split(" ");
    const shown = execFileSync(process.execPath, ["dist/bin/vshift.cjs", ...words, "--format", "table"], {
      encoding: "utf8",
    });
    expect(shown).toBe(output);
  });

  test("at least three times", () => {
    expect(snippets.length).toBeGreaterThanOrEqual(3);
  });
});

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
