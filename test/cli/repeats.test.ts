import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mean, sampleStandardDeviation } from "simple-statistics";
import { describe, expect, it } from "vitest";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import { readable, withHalfWidth } from "../../src/report/numbers.ts";
import { compared } from "../experiment/measured-one.ts";
import { linesOf } from "./grid.ts";
import { vshift } from "./in-process.ts";
import { expectOneLine } from "./refusal.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();
const LAYER = ["--layer", "linear", "--rho", "0.2", "--d", "8,16", "--neurons", "2", "--samples", "2048"];
const sweep = (...args: readonly string[]) => vshift(["sweep", ...LAYER, ...args], { env: { COLUMNS: "100" } });

/** The header and the rows, after the verdict on all. */
const rowsOf = (table: string) =>
  table
    .split("\n")
    .slice(2)
    .map((line) => line.trim().split(/ {2,}/));

describe("--repeats", () => {
  it("is so many seeds, the first of them the scenario's own", async () => {
    const seeds = ["--seed", "vshift,vshift 2,vshift 3"];
    expect(await sweep("--repeats", "3")).toEqual(await sweep(...seeds));
    expect((await sweep("--repeats", "1")).stdout).toBe((await sweep()).stdout);
  });

  it("numbers another seed, too", async () => {
    const { stdout } = await sweep("--repeats", "2", "--seed", "a", "--d", "8");
    expect(linesOf(stdout).map((line) => JSON.parse(line).scenario.seed)).toEqual(["a", "a 2"]);
  });

  it("shows the mean of each kind of network and the standard deviation between them", async () => {
    const records = linesOf((await sweep("--repeats", "4")).stdout).map((line) =>
      compared(JSON.parse(line) as ShiftRecord),
    );
    const { stdout } = await sweep("--repeats", "4", "--format", "table");
    const [header, ...rows] = rowsOf(stdout);
    expect(header).toEqual(["width", "d·cos²θ", "Δ theory", "Δ measured", "seeds", "verdict"]);
    for (const [at, width] of [8, 16].entries()) {
      const kind = records.filter(({ scenario }) => scenario.width === width);
      const spread = (values: readonly number[]) =>
        withHalfWidth(mean([...values]), sampleStandardDeviation([...values]));
      expect(rows[at]?.slice(0, 5)).toEqual([
        readable(width),
        spread(kind.map(({ scenario }) => scenario.alignment ?? 0)),
        spread(kind.map(({ theory }) => theory.shift)),
        spread(kind.map(({ measured }) => measured.shift)),
        "4",
      ]);
    }
  });

  it("has the same table from the records of a file", async () => {
    const cwd = folder();
    const { stdout } = await sweep("--repeats", "4");
    writeFileSync(join(cwd, "s.ndjson"), stdout);
    const kinds = (table: string) => rowsOf(table).slice(0, 3);
    const [fromFile, direct] = [
      await vshift(["records", "s.ndjson", "--format", "table"], { cwd, env: { COLUMNS: "100" } }),
      await sweep("--repeats", "4", "--format", "table"),
    ];
    expect(kinds(fromFile.stdout)).toEqual(kinds(direct.stdout));
  });

  it.each([
    [["--repeats", "0"], "0 is not a whole number from 1 to 10000"],
    [["--repeats", "many"], '"many" is not a whole number from 1 to 10000'],
    [["--repeats", "2", "--seed", "a,b"], "2 makes seeds from one seed, and --seed has several"],
    [["--repeats", "2", "--seed", "1..3"], "2 makes seeds from one seed, and --seed has several"],
  ])("%j is refused", async (args, says) => {
    expectOneLine(await sweep(...args), ["--repeats", says]);
  });
});

describe("seeds", () => {
  it("are a range of whole numbers, which are texts", async () => {
    expect(await sweep("--seed", "8..11")).toEqual(await sweep("--seed", "8,9,10,11"));
  });

  it.each(["a..b", "3..1", "1..", "1..2..3"])("that are no range, %s, are one text", async (seed) => {
    const { stdout } = await sweep("--seed", seed, "--d", "8");
    expect(linesOf(stdout).map((line) => JSON.parse(line).scenario.seed)).toEqual([seed]);
  });

  it("are one text in simulate", async () => {
    const { stdout } = await vshift(["simulate", "--seed", "1..3", "--d", "4", "--samples", "600"]);
    expect(JSON.parse(stdout).scenario.seed).toBe("1..3");
  });
});

it("the alignment is a column wherever it varies", async () => {
  const { stdout } = await sweep("--format", "table");
  expect(rowsOf(stdout)[0]).toEqual(["width", "d·cos²θ", "Δ theory", "Δ measured", "deviation", "verdict"]);
  const one = await sweep("--d", "8", "--p", "0.5,0.7", "--format", "table");
  expect(rowsOf(one.stdout)[0]).toEqual(["keep", "Δ theory", "Δ measured", "deviation", "verdict"]);
});
