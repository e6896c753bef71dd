import { spawnSync } from "node:child_process";
import { chownSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { expectOneLine } from "./refusal.ts";
import { EXECUTABLE, start, temporaryFolders, vshift } from "./vshift.ts";

const SMALL = ["simulate", "--d", "4", "--samples", "600"];
const folder = temporaryFolders();

const LOOKS = {
  table: /^ {2}At test time BN's output has half the variance .*\n\n {2}Δ = Var_test \/ Var_train/,
  json: /^\{\n {2}"schema": "vshift.record\/1",\n/,
  ndjson: /^\{"schema":"vshift.record\/1",.*\}\n$/,
  csv: /^schema,kernel,id,position.index,.*,scenario.seed,.*\nvshift.record\/1,.*\n$/,
  markdown: /^## At test time BN's output has half the variance .*\n\| measured \| /s,
} as const;

it.each(Object.entries(LOOKS))("--format %s looks like it", async (format, look) => {
  expect((await vshift([...SMALL, "--format", format])).stdout).toMatch(look);
});

it("NDJSON is the default where no one looks on", async () => {
  expect((await vshift(SMALL)).stdout).toMatch(LOOKS.ndjson);
});

it.each([
  ["out.json", LOOKS.json],
  ["out.ndjson", LOOKS.ndjson],
  ["out.jsonl", LOOKS.ndjson],
  ["OUT.CSV", LOOKS.csv],
  ["out.md", LOOKS.markdown],
  ["out.txt", LOOKS.table],
])("--output %s says the format by its ending", async (output, look) => {
  const cwd = folder();
  // FORCE_COLOR is about the terminal: a file has no colours.
  const ran = await vshift([...SMALL, "--output", output], { cwd, env: { FORCE_COLOR: "1" } });
  expect(ran).toMatchObject({ stdout: "", stderr: "" });
  expect(readdirSync(cwd)).toEqual([output]);
  expect(readFileSync(join(cwd, output), "utf8")).toMatch(look);
});

it.each([
  ["simulate", "out.png", "has the file extension .png, which is not a format of this command; use .txt, .json"],
  ["simulate", "out.jsn", "has the file extension .jsn"],
  ["simulate", "out", "has no file extension, which sets the format"],
  ["theory", "out.parquet", "has the file extension .parquet"],
  ["sweep", "out.svg", "has the file extension .svg"],
  ["stack", "out.xlsx", "has the file extension .xlsx"],
])("%s --output %s is refused before anything is measured", async (command, output, ...says) => {
  const cwd = folder();
  expectOneLine(await vshift([command, "--output", output], { cwd }), ["--output", output, ...says, "or add --format"]);
  expect(readdirSync(cwd)).toEqual([]);
});

it("--output of a device needs no ending", async () => {
  expect(await vshift([...SMALL, "--output", "/dev/null"])).toMatchObject({ stdout: "", stderr: "" });
});

describe("a file that is replaced", () => {
  it.each([0o600, 0o640, 0o444])("keeps its mode, %o", async (mode) => {
    const cwd = folder();
    writeFileSync(join(cwd, "out.json"), "old", { mode });
    expect((await vshift([...SMALL, "--output", "out.json"], { cwd })).stderr).toBe("");
    expect(statSync(join(cwd, "out.json")).mode & 0o777).toBe(mode);
    expect(readFileSync(join(cwd, "out.json"), "utf8")).toMatch(LOOKS.json);
  });

  it("keeps its owner", async ({ skip }) => {
    skip(process.getuid?.() !== 0, "only root may give a file away");
    const cwd = folder();
    writeFileSync(join(cwd, "out.json"), "old");
    chownSync(join(cwd, "out.json"), 1234, 2345);
    await vshift([...SMALL, "--output", "out.json"], { cwd });
    const { uid, gid } = statSync(join(cwd, "out.json"));
    expect({ uid, gid }).toEqual({ uid: 1234, gid: 2345 });
  });

  it("is made where a link leads to that led nowhere, and the link stays", async () => {
    const cwd = folder();
    symlinkSync("real.json", join(cwd, "link.json"));
    await vshift([...SMALL, "--output", "link.json"], { cwd });
    expect(lstatSync(join(cwd, "link.json")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(cwd, "real.json"), "utf8")).toMatch(LOOKS.json);
  });
});

it("a link that leads to itself is refused", async () => {
  const cwd = folder();
  symlinkSync("link.json", join(cwd, "link.json"));
  expectOneLine(await vshift([...SMALL, "--output", "link.json"], { cwd }), ["--output", "cannot write link.json"]);
});

it("--format wins over the ending of --output", async () => {
  const cwd = folder();
  await vshift([...SMALL, "--output", "out.csv", "--format", "json"], { cwd });
  expect(readFileSync(join(cwd, "out.csv"), "utf8")).toMatch(LOOKS.json);
});

it("--output - is standard output", async () => {
  const cwd = folder();
  expect((await vshift([...SMALL, "--output", "-"], { cwd })).stdout).toMatch(LOOKS.ndjson);
  expect(readdirSync(cwd)).toEqual([]);
});

it("--output replaces the file that a link leads to, and keeps the link", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "real.json"), "old");
  symlinkSync("real.json", join(cwd, "link.json"));
  await vshift([...SMALL, "--output", "link.json"], { cwd });
  expect(lstatSync(join(cwd, "link.json")).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(cwd, "real.json"), "utf8")).toMatch(LOOKS.json);
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins a colour.
const COLOUR = /\u001b\[\d+m/;

it.each([
  ["", false],
  ["NO_COLOR=1", false],
  ["FORCE_COLOR=1", true],
  ["FORCE_COLOR=0", false],
  ["FORCE_COLOR=1 NO_COLOR=1", false],
  ["FORCE_COLOR=1 NO_COLOR=", true],
])("a table in a pipe with %j has colours: %j", async (assignments, coloured) => {
  const { stdout } = await vshift([...SMALL, "--format", "table"], { env: environment(assignments) });
  expect(COLOUR.test(stdout)).toBe(coloured);
});

/** util-linux's `script` runs a command on a terminal of its own. */
const scriptIsUtilLinux = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux");

describe("on a terminal", () => {
  beforeEach(({ skip }) => skip(!scriptIsUtilLinux, "there is no `script` of util-linux"));

  it.each([
    ["TERM=xterm", true],
    ["TERM=dumb", false],
    ["TERM=xterm NO_COLOR=1", false],
    ["TERM=xterm NO_COLOR=1 FORCE_COLOR=1", false],
    ["TERM=xterm FORCE_COLOR=0", false],
    ["TERM=dumb FORCE_COLOR=1", true],
  ])("the default is a table; with %s it has colours: %j", async (assignments, coloured) => {
    const line = [process.execPath, EXECUTABLE, ...SMALL].map((word) => `'${word}'`).join(" ");
    const { end } = start(["script", "--quiet", "--return", "--command", line, "/dev/null"], {
      env: environment(assignments),
    });
    const { code, stdout } = await end;
    expect(code).toBe(3);
    expect(stdout).toMatch(/Δ = Var_test \/ Var_train.*inconclusive/s);
    expect(COLOUR.test(stdout)).toBe(coloured);
  });
});

/** "A=1 B=" as an environment. */
function environment(assignments: string): Record<string, string> {
  const pairs = assignments.split(" ").filter((pair) => pair !== "");
  return Object.fromEntries(pairs.map((pair) => pair.split("=", 2) as [string, string]));
}
