import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { once } from "../once.ts";
import { GRID, linesOf } from "./grid.ts";
import { vshift } from "./in-process.ts";
import { expectOneLine } from "./refusal.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();

/** Four cells that take no time, with a verdict that is settled. */
const SMALL = ["--p", "0.5,0.7", "--d", "8,16", "--precision", "0.05", "--tolerance", "0.2"];

const sweep = (args: readonly string[], cwd?: string) => vshift(["sweep", ...args], cwd === undefined ? {} : { cwd });

const textOf = (cwd: string, file: string) => readFileSync(join(cwd, file), "utf8");
const scenariosOf = (text: string) => linesOf(text).map((line) => JSON.parse(line).scenario);

/** What the whole grid gives on one thread. */
const whole = once(async () => {
  const cwd = folder();
  const ran = await sweep([...GRID, "--threads", "1", "--output", "sweep.ndjson"], cwd);
  return { ...ran, text: textOf(cwd, "sweep.ndjson") };
});

describe("a sweep to a file", () => {
  it("has a line for each cell, in the order of the grid, and says on stderr what came of it", async () => {
    const { code, stdout, stderr, text } = await whole();
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/^vshift: ✓ all 24 scenarios agree; worst deviation \d+(\.\d+)? %\n$/);
    const cells = scenariosOf(text).map(({ keep, rho, width, targetAlignment }) => [keep, rho, width, targetAlignment]);
    const expected = [0.5, 0.7, 0.9].flatMap((keep) =>
      [0, 0.2].flatMap((rho) => [64, 256].flatMap((width) => [1, 8].map((alignment) => [keep, rho, width, alignment]))),
    );
    expect(cells).toEqual(expected);
  });

  it.each(["2", "3"])("has the same bytes from %s threads", async (threads) => {
    const cwd = folder();
    const { code } = await sweep([...GRID, "--threads", threads, "--output", "sweep.ndjson"], cwd);
    expect(code).toBe(0);
    expect(textOf(cwd, "sweep.ndjson")).toBe((await whole()).text);
    expect(readdirSync(cwd)).toEqual(["sweep.ndjson"]);
  });

  it("has the records that each scenario has alone", async () => {
    const [sole] = linesOf((await whole()).text);
    const args = ["--p", "0.5", "--d", "64", "--rho", "0", "--layer", "linear", "--neurons", "64", "--alignment", "1"];
    const { stdout } = await vshift(["simulate", ...args, "--precision", "0.005", "--tolerance", "0.05"]);
    expect(stdout).toBe(`${sole}\n`);
  });

  it("that was cut anywhere is completed, and says how many cells there were", async () => {
    const cwd = folder();
    const { text } = await whole();
    writeFileSync(join(cwd, "sweep.ndjson"), text.slice(0, Math.floor(text.length / 2)));
    const { code, stderr } = await sweep([...GRID, "--output", "sweep.ndjson"], cwd);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^vshift: 1[12] of 24 scenarios are already in sweep\.ndjson, and are skipped\nvshift: ✓ all 24 scenarios agree/,
    );
    expect(textOf(cwd, "sweep.ndjson")).toBe(text);
  });

  it("that is whole already is left as it is", async () => {
    const cwd = folder();
    const { text, stderr: before } = await whole();
    writeFileSync(join(cwd, "sweep.ndjson"), text);
    const { code, stderr } = await sweep([...GRID, "--output", "sweep.ndjson"], cwd);
    expect(code).toBe(0);
    expect(stderr).toBe(`vshift: 24 of 24 scenarios are already in sweep.ndjson, and are skipped\n${before}`);
    expect(textOf(cwd, "sweep.ndjson")).toBe(text);
  });

  it("in three shards has the lines of the whole, and one file of them is the whole after a run", async () => {
    const cwd = folder();
    const parts: string[] = [];
    for (const shard of ["3/3", "1/3", "2/3"]) {
      await sweep([...GRID, "--shard", shard, "--output", "part.ndjson", "--no-resume"], cwd);
      parts.push(textOf(cwd, "part.ndjson"));
    }
    expect(parts.every((part) => linesOf(part).length > 1)).toBe(true);
    const { text } = await whole();
    expect(linesOf(parts.join("")).toSorted()).toEqual(linesOf(text).toSorted());
    writeFileSync(join(cwd, "sweep.ndjson"), parts.join(""));
    await sweep([...GRID, "--output", "sweep.ndjson"], cwd);
    expect(textOf(cwd, "sweep.ndjson")).toBe(text);
  });

  it("with --no-resume is begun anew, whatever is there", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "sweep.ndjson"), "somebody's own text\n");
    const { code, stderr } = await sweep([...SMALL, "--no-resume", "--output", "sweep.ndjson"], cwd);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining("already") });
    expect(linesOf(textOf(cwd, "sweep.ndjson")).length).toBe(4);
  });
});

describe("other formats", () => {
  const JOURNAL = once(async () => (await sweep(SMALL)).stdout);

  it("a pipe gets the lines in the order of the grid", async () => {
    const { code, stdout } = await sweep([...GRID, "--threads", "2"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: (await whole()).text });
  });

  it("JSON is the list of the records", async () => {
    const cwd = folder();
    await sweep([...SMALL, "--output", "sweep.json"], cwd);
    const records = linesOf(await JOURNAL()).map((line) => JSON.parse(line));
    expect(JSON.parse(textOf(cwd, "sweep.json"))).toEqual(records);
    expect(readdirSync(cwd)).toEqual(["sweep.json"]);
  });

  it("CSV has a row a record", async () => {
    const cwd = folder();
    await sweep([...SMALL, "--output", "sweep.csv"], cwd);
    const rows: Record<string, string>[] = parse(textOf(cwd, "sweep.csv"), { columns: true });
    const records = linesOf(await JOURNAL()).map((line) => JSON.parse(line));
    expect(rows.map((row) => Number(row["measured.shift"]))).toEqual(records.map(({ measured }) => measured.shift));
  });

  it("Parquet has a row a record", async () => {
    const cwd = folder();
    await sweep([...SMALL, "--output", "sweep.parquet"], cwd);
    const connection = await (await DuckDBInstance.create()).connect();
    const answer = await connection.runAndReadAll(`SELECT id FROM '${join(cwd, "sweep.parquet")}'`);
    const ids = linesOf(await JOURNAL()).map((line) => JSON.parse(line).id);
    expect(answer.getRowsJS().flat()).toEqual(ids);
  });

  it("Markdown has a row a record, and a text file the table of the terminal", async () => {
    const cwd = folder();
    await sweep([...SMALL, "--output", "sweep.md"], cwd);
    await sweep([...SMALL, "--output", "sweep.txt"], cwd);
    expect(linesOf(textOf(cwd, "sweep.md")).length).toBe(2 + 4);
    expect(textOf(cwd, "sweep.txt")).toBe((await sweep([...SMALL, "--format", "table"])).stdout);
    expect(textOf(cwd, "sweep.txt")).toMatch(/✓ all 4 scenarios agree.*keep +width +Δ theory/s);
  });

  it("the table is the same from 1 and 2 threads, though cells without noise all deviate alike", async () => {
    const args = ["--p", "1", "--d", "2:60:2", "--samples", "64000", "--format", "table"];
    const [one, two] = await Promise.all(["1", "2"].map((threads) => sweep([...args, "--threads", threads])));
    expect(one?.stdout).toContain("all 30 scenarios agree");
    expect(two).toEqual(one);
  });
});

describe("the grid", () => {
  it("--zip takes values in pairs", async () => {
    const { stdout } = await sweep(["--p", "0.3,0.5", "--d", "8,16", "--zip", "p,d", "--samples", "512"]);
    expect(scenariosOf(stdout).map(({ keep, width }) => [keep, width])).toEqual([
      [0.3, 8],
      [0.5, 16],
    ]);
  });

  it.each([
    ["grid.json", '{ "keep": [0.3, 0.5], "width": "8..16*2", "samples": 512 }'],
    ["grid.yaml", "keep: [0.3, 0.5]\nwidth: 8..16*2\nsamples: 512\n"],
    ["grid.yml", "# a comment\nkeep: 0.3,0.5\nwidth:\n  - 8\n  - 16\nsamples: 512\n"],
  ])("--config %s has the fields of the flags", async (file, content) => {
    const cwd = folder();
    writeFileSync(join(cwd, file), content);
    const { stdout } = await sweep(["--config", file], cwd);
    expect(stdout).toBe((await sweep(["--p", "0.3,0.5", "--d", "8,16", "--samples", "512"])).stdout);
  });

  it("flags win over the file", async () => {
    const content = '{ "drop": "0.1:0.9:0.1", "width": [8, 16], "precision": 0.1, "seed": "file" }';
    const cwd = folder();
    writeFileSync(join(cwd, "grid.json"), content);
    const flags = ["--config", "grid.json", "--p", "0.5,0.7", "--samples", "512", "--seed", "flag"];
    const { stdout } = await sweep(flags, cwd);
    const scenarios = scenariosOf(stdout);
    expect(scenarios.map(({ keep, width }) => [keep, width])).toEqual([
      [0.5, 8],
      [0.5, 16],
      [0.7, 8],
      [0.7, 16],
    ]);
    expect(scenarios[0]).toMatchObject({ seed: "flag", samples: 512 });
  });

  it("zip in the file goes in pairs, and scenarios that are the same are measured once", async () => {
    const content = '{ "keep": [0.3, 0.5, 0.3], "width": [8, 16, 8], "zip": [["keep", "width"]], "samples": 512 }';
    const cwd = folder();
    writeFileSync(join(cwd, "grid.json"), content);
    const { stdout, stderr } = await sweep(["--config", "grid.json"], cwd);
    expect(linesOf(stdout).length).toBe(2);
    expect(stderr).toContain("1 of 3 scenarios occur more than once, and are measured once");
  });
});

describe("a dry run", () => {
  it("shows the cells as a table", async () => {
    const { code, stdout, stderr } = await sweep([...GRID, "--dry-run", "--format", "table", "--threads", "2"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^ {2}24 scenarios, about .* on 2 threads, \d+ MB\n\n +cell +keep +rho +width +alignment +samples +seconds\n/,
    );
    expect(stdout).toMatch(/… and 4 more scenarios\n$/);
  });

  it("is data as JSON, with all of the cells", async () => {
    const { stdout } = await sweep([...GRID, "--dry-run", "--format", "json", "--threads", "2"]);
    const { cells, threads, seconds, bytes } = JSON.parse(stdout);
    expect(cells.length).toBe(24);
    expect(cells[23]).toMatchObject({ cell: 24, keep: 0.9, rho: 0.2, width: 256, alignment: 8 });
    expect(threads).toBe(2);
    expect(seconds).toBeGreaterThan(0);
    expect(bytes).toBeGreaterThan(5e7);
  });

  it("of a shard has its cells alone", async () => {
    const shards = await Promise.all(
      ["1/2", "2/2"].map((shard) => sweep([...GRID, "--dry-run", "--shard", shard, "--format", "csv"])),
    );
    const rows = shards.flatMap(({ stdout }): Record<string, string>[] => parse(stdout, { columns: true }));
    const cells = rows.map(({ cell }) => Number(cell));
    expect(cells.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
  });

  it("leaves the file of the sweep alone", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "sweep.ndjson"), "kept");
    const { code, stdout } = await sweep([...SMALL, "--dry-run", "--output", "sweep.ndjson"], cwd);
    expect(code).toBe(0);
    expect(linesOf(stdout).length).toBe(4);
    expect(textOf(cwd, "sweep.ndjson")).toBe("kept");
  });
});

describe("exit codes", () => {
  it("1 when a cell disagrees, and 3 when one cannot be told", async () => {
    // With hardly any tolerance a 50 % interval of one look misses the true ratio half of the time, so 12 of them all hold
    // it with odds of 2⁻¹²; Holm's test finds one where p is below 0.5/12, in 1 − (1 − 0.5/12)¹² = 40 % of families.
    const args = ["--d", "5:16:1", "--samples", "2560", "--confidence", "0.5", "--tolerance", "1e-12"];
    const codes = await Promise.all(
      ["a", "b", "c", "d", "e", "f", "g", "h"].map((seed) => sweep([...args, "--seed", seed])),
    );
    // All eight alike: 0.4⁸ or 0.6⁸, 2 %; the seeds are fixed.
    expect(new Set(codes.map(({ code }) => code))).toEqual(new Set([1, 3]));
    for (const { code, stderr } of codes)
      expect(stderr).toContain(code === 1 ? "vshift: ✗ 12 scenarios: " : "vshift: ? 12 scenarios: ");
  });

  it("2 when a cell could not be measured, with a line for it; the others are", async () => {
    const cwd = folder();
    const rhos = ["--rho", "0,-0.14285714285714285,0.1"];
    const args = ["--d", "8", "--layer", "linear", "--weights", "constant", "--neurons", "4", ...rhos];
    const { code, stderr } = await sweep([...args, "--samples", "512", "--output", "sweep.ndjson"], cwd);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /\nvshift: scenario 2: --rho: -0\.142857\d+ with weights of alignment 8 leaves no variance[^\n]*\n$/,
    );
    expect(linesOf(textOf(cwd, "sweep.ndjson")).length).toBe(2);
  });
});

/** Arguments, and then what the one line must name, in this order. */
const REFUSED: readonly (readonly [args: string, ...says: string[]])[] = [
  ["--p 0.9:0.1:0.1", "--p", "the range 0.9:0.1:0.1 has a step that leads away from its last value", "change the sign"],
  [
    "--p 0.1:0.9:-0.1",
    "--p",
    "the range 0.1:0.9:-0.1 has a step that leads away from its last value",
    "change the sign",
  ],
  ["--p 0.1:0.9:0", "--p", "0.1:0.9:0", "step of 0"],
  ["--d 16..64*1", "--d", "16..64*1", "factor of 1"],
  ["--d 64..16*2", "--d", "the range 64..16*2 has a factor that leads away from its last value"],
  [
    "--d 1:1000:1 --batch-size 2:1001:1 --samples 2000:3000:1",
    "1000 × 1000 × 1001",
    "scenarios, more than the limit of 1000000",
  ],
  ["--p 0:1:1e-9", "--p", "has more than 1000000 values"],
  ["--seed 1..99999999", "--seed", "has more than 1000000 values"],
  ["--p 0.1,NaN", "--p", "NaN", "is not a number"],
  ["--p 0.1,,0.5", "--p", '"0.1,,0.5" has an empty value between commas'],
  ["--p 0.1,2", "--p", "2 is not a number from 0.0001 to 1"],
  ["--p 0.1,0.5 --d 8,16,32 --zip p,d", "--d", "has 3 values, and --p, which it is zipped with, has 2 values"],
  ["--p 0.1,0.5 --zip p,d", "--width", "is in --zip, and has no values"],
  ["--p 0.1,0.5 --zip p,x", "--zip", '"x" is not a field of a scenario'],
  ["--shard 4/3", "--shard", '"4/3" is not a part i/n, with 1 ≤ i ≤ n ≤ 100000'],
  ["--shard 0/2", "--shard", '"0/2" is not a part i/n, with 1 ≤ i ≤ n ≤ 100000'],
  [
    "--shard x",
    "--shard",
    '"x" is not a part i/n, with 1 ≤ i ≤ n ≤ 100000',
    "write for example 1/3, 2/3 and 3/3 on three machines",
  ],
  ["--threads 0", "--threads", "0 is not a whole number"],
  ["--dry-run --format parquet", "--format", "parquet"],
  [
    "--layer linear --d 4,64 --alignment 2,8",
    "--alignment",
    "8 is above the width 4, the alignment of constant weights (at --d 4, --alignment 8)",
  ],
];

/** What --output leads to, and what is said of it. */
const OUTPUTS: readonly (readonly [output: string, ...says: string[]])[] = [
  [".", "cannot write .", "not a regular file"],
  ["missing/sweep.ndjson", "cannot write missing/sweep.ndjson", "no such file or directory"],
  ["missing/sweep.csv", "cannot write missing/sweep.csv", "no such file or directory"],
  ["/dev/full", "cannot write /dev/full", "not a regular file"],
];

async function expectRefusal(args: readonly string[], says: readonly string[], cwd: string): Promise<void> {
  const before = readdirSync(cwd).map((name) => [name, textOf(cwd, name)]);
  expectOneLine(await sweep(args, cwd), says);
  expect(readdirSync(cwd).map((name) => [name, textOf(cwd, name)])).toEqual(before);
}

describe("bad input is one line, and nothing is overwritten", () => {
  it.each(REFUSED)("%s", async (args, ...says) => {
    const cwd = folder();
    writeFileSync(join(cwd, "sweep.ndjson"), "somebody's own text\n");
    await expectRefusal([...args.split(" "), "--no-resume", "--output", "sweep.ndjson"], says, cwd);
  });

  it.each(OUTPUTS)("--output %s", (output, ...says) =>
    expectRefusal([...SMALL, "--output", output], ["--output", ...says], folder()),
  );

  it.each([
    ["is not JSON", (line: string) => line.slice(1), ":1: is not JSON"],
    [
      "is of another version",
      (line: string) => line.replace("record/1", "record/2"),
      ':1: has the schema "vshift.record/2"',
    ],
    [
      "was edited",
      (line: string) => line.replace('"keep":0.5', '"keep":0.6'),
      ":1: has an id that does not match its scenario",
    ],
    [
      "is of another kernel",
      (line: string) => line.replace(/"kernel":"[^"]+"/, `"kernel":"${"0".repeat(64)}"`),
      ":1: was measured by another engine version",
    ],
    ["is of another sweep", (line: string) => line, ":1: is not part of this sweep"],
  ])("a journal with a line that %s", async (_, change, says) => {
    const cwd = folder();
    const { stdout } = await sweep(["--p", "0.5", "--d", "8", "--samples", "512"]);
    writeFileSync(join(cwd, "sweep.ndjson"), `${change(stdout.trimEnd())}\n`);
    const args = ["--p", "0.5", "--d", says.includes("not part of this sweep") ? "16" : "8", "--samples", "512"];
    await expectRefusal([...args, "--output", "sweep.ndjson"], [says], cwd);
  });
});

describe("--match-noise", () => {
  it("compares all kinds at the σ² of the strength given, and says so in the cells", async () => {
    const kinds = ["--noise", "uout,bernoulli,gaussian", "--beta", "0.1", "--match-noise"];
    const { code, stdout } = await sweep([...kinds, "--d", "8", "--precision", "0.05", "--tolerance", "0.2"]);
    expect(code).toBe(0);
    const cells = scenariosOf(stdout).map(({ noise, relativeVariance, drop }) => [noise, relativeVariance, drop]);
    expect(cells.map(([noise]) => noise)).toEqual(["uout", "bernoulli", "gaussian"]);
    for (const [, relativeVariance, drop] of cells) {
      expect(relativeVariance).toBeCloseTo(1 / 300, 15);
      expect(drop).toBeCloseTo(1 / 301, 14);
    }
  });

  it("zips the strength by the name that it was given", async () => {
    const kinds = ["--beta", "0.5,1", "--zip", "beta,d", "--match-noise", "--noise", "bernoulli,gaussian"];
    const { stdout } = await sweep([...kinds, ...SMALL.slice(2)]);
    const cells = scenariosOf(stdout).map(({ noise, drop, width }) => [noise, drop, width]);
    const pairs = (noise: string) => [
      [noise, 0.0769230769230769, 8],
      [noise, 0.25, 16],
    ];
    expect(cells).toEqual([...pairs("bernoulli"), ...pairs("gaussian")]);
  });

  it.each([
    [["--match-noise"], ["--match-noise", "needs the strength", "give one of --keep, --drop, --beta"]],
    [
      ["--match-noise", "--p", "0.5", "--beta", "0.1"],
      ["--beta", "cannot be combined with --p, because both set the strength of the noise", "leave one"],
    ],
    [
      ["--match-noise", "--p", "0.5"],
      ["--p", "uout reaches 1/3 at most"],
    ],
  ])("is refused in one line for %j", async (args, says) => {
    expectOneLine(await sweep(args), says);
  });
});
