import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { vshift } from "./in-process.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();

const CHAIN = "input(16) dropout($p) bn";
const WHOLE = "input(16) bn $f dropout($p) linear(16) bn";
const SETTING = ["--batch-size", "64", "--samples", "512"];
const FEW = [...SETTING, "--quiet"];

async function sweep(args: readonly string[], cwd: string): Promise<void> {
  const { code, stderr } = await vshift(["sweep", ...args, ...FEW, "--output", "sweep.ndjson"], { cwd });
  expect(stderr).toBe("");
  expect([0, 1, 3]).toContain(code);
}

/** The lines of a table at 80 columns, without blanks at their ends. */
async function table(args: readonly string[], cwd = "."): Promise<readonly string[]> {
  const { stdout, stderr } = await vshift([...args, "--format", "table"], { cwd, env: { COLUMNS: "80" } });
  expect(stderr).toBe("");
  return stdout.split("\n").map((line) => line.trimEnd());
}

describe("--set", () => {
  it("gives theory the value of a variable", async () => {
    const lines = await table(["theory", "--network", CHAIN, "--set", "p=0.3"]);
    expect(lines.join("\n")).toContain("input(16) dropout(0.3) bn");
    expect(lines).toEqual(await table(["theory", "--network", "input(16) dropout(0.3) bn"]));
  });

  it("gives simulate the same scenario as the text with the value, and a note", async () => {
    const args = [...FEW, "--format", "json"];
    const set = JSON.parse((await vshift(["simulate", "--network", CHAIN, "--set", "p=0.3", ...args])).stdout);
    const text = JSON.parse((await vshift(["simulate", "--network", CHAIN.replace("$p", "0.3"), ...args])).stdout);
    expect(set.scenario.variables).toBe("p=0.3");
    expect({ ...set, scenario: { ...set.scenario, variables: null } }).toEqual(text);
  });

  it("makes columns of a sweep's table, one for each variable that varies", async () => {
    const args = ["--network", WHOLE, "--set", "p=0.1,0.3", "--set", "f=relu,tanh"];
    const lines = await table(["sweep", ...args, ...FEW]);
    expect(lines.find((line) => line.includes("position "))).toMatch(/^ +\$p +\$f +position +Δ theory/);
    expect(lines.join("\n")).not.toContain("dropout");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    const one = await table(["sweep", "--network", WHOLE, "--set", "p=0.1,0.3", "--set", "f=relu", ...FEW]);
    expect(one.find((line) => line.includes("position "))).toMatch(/^ +\$p +position/);
  });

  it("makes columns of networks in the mean over seeds, too, each position apart", async () => {
    const args = ["--network", WHOLE, "--set", "p=0.1,0.3", "--set", "f=relu", "--repeats", "2"];
    const lines = await table(["sweep", ...args, ...FEW]);
    expect(lines.find((line) => line.includes("seeds"))).toMatch(/^ +\$p +position .* seeds/);
    expect(lines.filter((line) => / BN \d .* 2 /.test(line))).toHaveLength(4);
  });

  it("makes columns of the plan", async () => {
    const lines = await table(["sweep", "--network", WHOLE, "--set", "p=0.1:0.9:0.1", "--set", "f=relu", "--dry-run"]);
    expect(lines.find((line) => line.includes("cell"))).toMatch(/cell +\$p +samples/);
  });

  it("names the cells of a check", async () => {
    const { stdout } = await vshift([
      "check",
      "--network",
      WHOLE,
      "--set",
      "p=0.1,0.3",
      "--set",
      "f=relu",
      "--tolerance",
      "0.5",
      "--format",
      "ndjson",
    ]);
    const names = stdout
      .trim()
      .split("\n")
      .flatMap((line) => JSON.parse(line).name ?? []);
    expect(names).toEqual(["$p 0.1, BN 1", "$p 0.1, BN 2", "$p 0.3, BN 1", "$p 0.3, BN 2"]);
  });

  it("may come from a variable of the environment", async () => {
    const { stdout } = await vshift(["theory", "--network", CHAIN, "--format", "json"], {
      env: { VSHIFT_SET: "p=0.3" },
    });
    expect(JSON.parse(stdout).network).toBe("input(16) dropout(0.3) bn");
  });
});

describe("the records of a sweep over variables", () => {
  it("are checked against the grid, filtered and sorted by $p", async () => {
    const cwd = folder();
    const grid = ["--network", CHAIN, "--set", "p=0.2:0.4:0.1"];
    await sweep(grid, cwd);
    const lines = await table(
      ["records", "sweep.ndjson", ...grid, ...SETTING, "--filter", "$p>=0.3", "--sort", "-$p"],
      cwd,
    );
    expect(lines.filter((line) => /^ +0\.\d/.test(line))).toHaveLength(2);
    const { stdout } = await vshift(["records", "sweep.ndjson", "--sort", "-$p", "--format", "csv"], { cwd });
    const [header = "", ...rows] = stdout.trim().split("\n");
    const at = header.split(",").indexOf("scenario.variables");
    expect(rows.map((row) => row.split(",")[at])).toEqual(["p=0.4", "p=0.3", "p=0.2"]);
    const other = await vshift(["records", "sweep.ndjson", "--network", CHAIN, "--set", "p=0.2,0.3,0.5", ...SETTING], {
      cwd,
    });
    expect(other.stderr).toContain("1 of 3 scenarios are missing");
  });

  it("are filtered by words, and by values that not all have", async () => {
    const cwd = folder();
    await sweep(["--network", WHOLE, "--set", "p=0.1", "--set", "f=relu,tanh"], cwd);
    const rows = async (condition: string) => {
      const args = ["records", "sweep.ndjson", "--filter", condition, "--format", "ndjson"];
      return (await vshift(args, { cwd })).stdout.trim().split("\n").length;
    };
    expect(await rows("$f=relu")).toBe(2);
    expect(await rows("$f!=null")).toBe(4);
    // No word is a number, or more than one.
    expect((await vshift(["records", "sweep.ndjson", "--filter", "$f>=0.3"], { cwd })).stderr).toContain(
      "excludes all 4",
    );
    expect(await rows("$f!=0.3")).toBe(4);
  });

  it("are drawn over $p, a line for each value of another variable", async () => {
    const cwd = folder();
    await sweep(["--network", WHOLE, "--set", "p=0.1:0.5:0.1", "--set", "f=relu,tanh"], cwd);
    const drawn = async (...args: readonly string[]) => {
      const { stdout, stderr } = await vshift(["plot", "sweep.ndjson", ...args, "--format", "chart"], { cwd });
      expect(stderr).toBe("");
      return stdout;
    };
    const usual = await drawn();
    expect(usual).toContain("against $p");
    expect(usual).toContain("input(16) bn $f dropout($p) linear(16) bn");
    expect(usual).toContain("$f = relu, BN 1");
    expect(await drawn("--x", "$p", "--by", "$f")).toBe(usual);
    expect(await drawn("--facet", "$f")).toContain("$f = tanh");
    expect(await drawn("--x", "$f")).toContain("against $f");
    expect(await drawn("--x", "position")).toContain("$f = relu, $p = 0.1");
  });

  it("are drawn by position where there are more of these", async () => {
    const cwd = folder();
    await sweep(["--network", "input(16) repeat(4, bn relu dropout($p) linear(16)) bn", "--set", "p=0.1,0.2"], cwd);
    const { stdout } = await vshift(["plot", "sweep.ndjson", "--format", "chart"], { cwd });
    expect(stdout).toContain("The shift at each position");
    expect(stdout).toContain("input(16) repeat(4, bn relu dropout($p) linear(16)) bn");
    expect(stdout).toContain("position →");
    expect(stdout).toContain("Lines: theory.");
    expect(stdout).toMatch(/● \$p 0.1\n/);
  });
});

describe("a configuration", () => {
  const run = async (name: string, content: string, args: readonly string[]) => {
    const cwd = folder();
    writeFileSync(join(cwd, name), content);
    return vshift([...args, "--config", name], { cwd });
  };

  it("has layers one by one, and variables", async () => {
    const content = "network:\n  - input(16)\n  - dropout($p)\n  - linear(64, he) bn\nvariables: p=0.3\n";
    const { stdout } = await run("c.yaml", content, ["simulate", "--print-network"]);
    expect(stdout).toBe("input(16) dropout(0.3) linear(64) bn\n");
    const flag = await run("c.yaml", content, ["simulate", "--print-network", "--set", "p=0.4"]);
    expect(flag.stdout).toBe("input(16) dropout(0.4) linear(64) bn\n");
    const other = await run("c.yaml", content, [
      "simulate",
      "--print-network",
      "--network",
      "input(8) bn linear(4) bn",
    ]);
    expect(other.stdout).toBe("input(8) bn linear(4) bn\n");
  });

  it("of a sweep has networks, and ranges of variables", async () => {
    const networks = '  - [input(16), dropout($p), "linear(4, he)", bn]\n  - input(16) linear(4) dropout($p) bn\n';
    const content = `network:\n${networks}variables: p=0.1:0.5:0.1\n`;
    const { stdout } = await run("c.yaml", content, ["sweep", "--dry-run", "--format", "json"]);
    expect(JSON.parse(stdout).cells).toHaveLength(10);
  });

  it.each([
    ['{"variables":"p=0.3"}', "c.json: variables: p=0.3 is only for a network as text"],
    ['{"network":"input(8) bn","variables":"p=0.3"}', "c.json: variables: the network has no variable $p"],
    ['{"network":["input(8)",3]}', "c.json: network:"],
    ['{"network":[]}', "c.json: network: [] is not text"],
    ['{"network":"input(8) dropout($p) bn"}', "c.json: network: $p at 18 has no value; add --set p=0.3"],
  ])("%s is wrong in one line", async (content, says) => {
    const { code, stdout, stderr } = await run("c.json", content, ["simulate"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`vshift: ${says}`);
    expect(stderr.trim()).not.toContain("\n");
  });
});

describe("one line says what is wrong", () => {
  it.each([
    [["simulate", "--set", "p=0.3"], "--set: p=0.3 is only for a network as text; add --network, or leave it out"],
    [["theory", "--set", "p=0.3"], "--set: p=0.3 is only for a network as text; add --network, or leave it out"],
    [["sweep", "--set", "p=0.3"], "--set: p=0.3 is only for a network as text; add --network, or leave it out"],
    [["simulate", "--network", CHAIN], "--network: $p at 19 has no value; add --set p=0.3"],
    [["theory", "--network", CHAIN, "--set", "q=0.3"], "--set: the network has no variable $q; did you mean $p?"],
    [["sweep", "--network", CHAIN, "--set", "q=0.3"], "--set: the network has no variable $q; did you mean $p?"],
    [
      ["sweep", "--network", "input(8) bn", "--set", "q=0.3"],
      "--set: the network has no variable $q; write $q in --network, or leave it out",
    ],
    [["sweep", "--network", CHAIN, "--set", "p=0.3", "--set", "p=0.4"], "--set: p is given twice; leave one out"],
    [["sweep", "--network", CHAIN, "--set", "p"], '--set: "p" is not NAME=VALUE; write for example p=0.3'],
    [["sweep", "--network", CHAIN, "--set"], "--set: has no value; write --set NAME=VALUE"],
    [
      ["sweep", "--network", CHAIN, "--set", "p=bn relu"],
      "--set: p=bn relu is not one number, shape or word; write for example p=0.3",
    ],
    [
      ["simulate", "--network", CHAIN, "--set", "p=0.1:0.9:0.1"],
      "--set: p=0.1:0.9:0.1 is a range, and this command takes one value; give one value, or use vshift sweep, which takes lists and ranges",
    ],
    [
      ["theory", "--network", CHAIN, "--set", "p=0.1,0.2"],
      "--set: p=0.1,0.2 is a list, and this command takes one value; give one value, or use vshift sweep, which takes lists and ranges",
    ],
    [
      ["sweep", "--network", CHAIN, "--set", "p=0.5,1.5"],
      "--network: dropout($p) with $p = 1.5: a drop rate must be in [0, 1) (at --set p=1.5); try 0.5",
    ],
    [
      ["stack", "4", "--set", "p=0.5"],
      "--set: is an option of vshift simulate, sweep, check, records, theory and explore, not of vshift stack; leave it out",
    ],
  ])("%j", async (args, says) => {
    const { code, stdout, stderr } = await vshift(args as string[]);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: `vshift: ${says}\n` });
  });

  it("of records that do not have the variable", async () => {
    const cwd = folder();
    await sweep(["--network", CHAIN, "--set", "p=0.2,0.4"], cwd);
    const cases = [
      [["records", "sweep.ndjson", "--filter", "$q>=0.3"], "--filter: $q"],
      [["records", "sweep.ndjson", "--sort", "$q"], "--sort: $q"],
      [["plot", "sweep.ndjson", "--x", "$q"], "--x: $q"],
      [["plot", "sweep.ndjson", "--by", "$q"], "--by: $q"],
    ] as const;
    for (const [args, says] of cases) {
      const { code, stderr } = await vshift(args, { cwd });
      expect(code).toBe(2);
      expect(stderr).toBe(`vshift: ${says} is not a variable of these records; did you mean $p?\n`);
    }
  });
});
