import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { variableNames } from "../../src/cli/environment.ts";
import { type InProcess, vshift } from "./in-process.ts";
import { expectOneLine } from "./refusal.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();

/** Where the tests' own protection from configurations above this folder is off. */
const SEARCH = { VSHIFT_NO_CONFIG: "" };

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const made = folder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text);
  return made;
}

/** The scenario of a command that prints one; theory draws nothing. */
async function scenarioOf(args: string, around: InProcess, command = "theory") {
  const flags = args === "" ? [] : args.split(" ");
  const { stdout, stderr } = await vshift([command, "--format", "json", ...flags], around);
  expect(stderr).toBe("");
  const result = JSON.parse(stdout);
  // A stack has a record for each position.
  return (Array.isArray(result) ? result[0] : result).scenario;
}

describe("a variable of the environment", () => {
  it("stands for a flag", async () => {
    const env = {
      VSHIFT_KEEP: "0.9",
      VSHIFT_D: "8",
      VSHIFT_SEED: "given",
      VSHIFT_WEIGHT_MEAN: "0.5",
      VSHIFT_LAYER: "linear",
    };
    expect(await scenarioOf("", { env })).toMatchObject({ keep: 0.9, width: 8, seed: "given", weightMean: 0.5 });
  });

  it("gives way to the flag, by any name of it", async () => {
    const env = { VSHIFT_KEEP: "0.9", VSHIFT_WIDTH: "8" };
    expect(await scenarioOf("--p 0.2 --d 16", { env })).toMatchObject({ keep: 0.2, width: 16 });
  });

  it.each([
    ["--drop 0.1", { VSHIFT_KEEP: "0.3" }, { keep: 0.9 }],
    ["--relative-variance 1", { VSHIFT_P: "0.3" }, { relativeVariance: 1 }],
    ["--layer linear --alignment 4", { VSHIFT_WEIGHT_MEAN: "1" }, { targetAlignment: 4 }],
  ])("gives way to another spelling: %s under %j", async (args, env, expected) => {
    expect(await scenarioOf(args, { env })).toMatchObject(expected);
  });

  it("wins over --config, by another spelling too", async () => {
    const cwd = folderWith({ "c.json": '{ "keep": 0.3, "width": 8 }' });
    expect(await scenarioOf("--config c.json", { cwd, env: { VSHIFT_DROP: "0.1" } })).toMatchObject({
      keep: 0.9,
      width: 8,
    });
  });

  it("that is empty says nothing", async () => {
    expect(await scenarioOf("", { env: { VSHIFT_KEEP: "" } })).toMatchObject({ keep: 0.5 });
  });

  it("may name the configuration", async () => {
    const cwd = folderWith({ "c.json": '{ "width": 8 }', "vshift.config.json": '{ "width": 16 }' });
    expect(await scenarioOf("", { cwd, env: { ...SEARCH, VSHIFT_CONFIG: "c.json" } })).toMatchObject({ width: 8 });
  });

  it("turns a flag without a value on and off", async () => {
    const cwd = folder();
    const run = (VSHIFT_DRY_RUN: string) =>
      vshift(["sweep", "--d", "4", "--samples", "512", "--format", "json"], { cwd, env: { VSHIFT_DRY_RUN } });
    const [on, off] = [await run("1"), await run("false")];
    expect(JSON.parse(on.stdout)).toHaveProperty("cells");
    expect(JSON.parse(off.stdout)).toHaveLength(1);
    expectOneLine(await run("perhaps"), ["VSHIFT_DRY_RUN", "perhaps", "1 or 0"]);
  });

  it.each([
    [{ VSHIFT_KEEP: "x" }, ["simulate"], ["VSHIFT_KEEP: ", '"x" is not a number']],
    [{ VSHIFT_P: "2" }, ["simulate"], ["VSHIFT_P: ", "2 is not a number"]],
    [{ VSHIFT_THREADS: "many" }, ["simulate"], ["VSHIFT_THREADS: ", "many"]],
    [{ VSHIFT_ALPHA: "1" }, ["check"], ["VSHIFT_ALPHA: ", "1"]],
    [{ VSHIFT_FORMAT: "gif" }, ["theory"], ["VSHIFT_FORMAT: ", '"gif"', "use one of table, json"]],
    [{ ...SEARCH, VSHIFT_CONFIG: "no.json" }, ["theory"], ["VSHIFT_CONFIG: ", "cannot read no.json"]],
    [{ VSHIFT_DEPTH: "0" }, ["stack"], ["VSHIFT_DEPTH: ", "0 is not a whole number"]],
    [{ VSHIFT_OUTPUT: "no/a.json" }, ["theory"], ["VSHIFT_OUTPUT: ", "cannot write no/a.json"]],
  ])("is named by its error: %j", async (env, args, says) => {
    expectOneLine(await vshift(args, { env, cwd: folder() }), says);
  });

  it("with a choice that only other commands have is passed over", async () => {
    const { code, stdout } = await vshift(["paper"], { env: { VSHIFT_FORMAT: "parquet" } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\{/);
  });

  it("that says a format gives way to the ending of --output", async () => {
    const cwd = folder();
    const run = await vshift(["theory", "--output", "a.gif"], { cwd, env: { VSHIFT_FORMAT: "json" } });
    expectOneLine(run, ["--output: a.gif has the file extension .gif"]);
  });

  it("of a scenario does not ask vshift records for a whole grid", async () => {
    const { stdout } = await vshift(["simulate", "--d", "4", "--samples", "512", "--seed", "other"]);
    const cwd = folderWith({ "r.ndjson": stdout, "vshift.config.json": '{ "keep": 0.9 }' });
    const run = (...flags: string[]) =>
      vshift(["records", "r.ndjson", "--format", "ndjson", ...flags], { cwd, env: { ...SEARCH, VSHIFT_SEED: "mine" } });
    expect(await run()).toEqual({ code: 0, stdout, stderr: "" });
    expectOneLine(await run("--d", "4"), ["1 of 1 scenarios are missing"]);
  });

  it.each([
    [{ VSHIFT_PRECISON: "0.1" }, "vshift: VSHIFT_PRECISON sets no flag; did you mean VSHIFT_PRECISION?\n"],
    [{ VSHIFT_PRECISON: "0.1", VSHIFT_QUIET: "1" }, ""],
    // Of other commands, of nobody, and one that is no flag.
    [{ VSHIFT_DEPTH: "3", VSHIFT_HOME: "/", VSHIFT_X: "1", VSHIFT_DEBUG: "1" }, ""],
  ])("that no flag has is noted where one has nearly its name: %j", async (env, note) => {
    expect(await vshift(["theory"], { env })).toMatchObject({ code: 0, stderr: note });
  });
});

it("no two flags of a command share a variable, and none has the name of one that is no flag", () => {
  for (const { options } of COMMANDS) {
    const names = options().flatMap(variableNames);
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toContain("VSHIFT_DEBUG");
  }
});

describe("vshift.config", () => {
  it.each([
    ["vshift.config.yaml", "width: 8\n"],
    ["vshift.config.yml", "width: 8\n"],
    ["vshift.config.json", '{ "width": 8 }'],
  ])("%s is found in the working directory and above it", async (name, text) => {
    const cwd = join(folderWith({ [name]: text }), "a", "b");
    mkdirSync(cwd, { recursive: true });
    expect(await scenarioOf("", { cwd, env: SEARCH })).toMatchObject({ width: 8 });
  });

  it("the nearest one counts, and YAML before JSON", async () => {
    const outer = folderWith({ "vshift.config.yaml": "width: 8\nmean: 3\n" });
    const cwd = join(outer, "inner");
    mkdirSync(cwd);
    writeFileSync(join(cwd, "vshift.config.json"), '{ "width": 16 }');
    expect(await scenarioOf("", { cwd, env: SEARCH })).toMatchObject({ width: 16, mean: 0 });
    writeFileSync(join(cwd, "vshift.config.yaml"), "width: 32\n");
    expect(await scenarioOf("", { cwd, env: SEARCH })).toMatchObject({ width: 32 });
  });

  it("gives way to flags and variables, and to --config as a whole", async () => {
    const cwd = folderWith({
      "vshift.config.json": '{ "keep": 0.3, "width": 8, "mean": 3 }',
      "c.json": '{ "mean": 2 }',
    });
    const env = { ...SEARCH, VSHIFT_DROP: "0.1" };
    expect(await scenarioOf("--d 16", { cwd, env })).toMatchObject({ keep: 0.9, width: 16, mean: 3 });
    expect(await scenarioOf("--config c.json", { cwd, env: SEARCH })).toMatchObject({ keep: 0.5, width: 512, mean: 2 });
  });

  it.each([
    ["--no-config", {}],
    ["", { VSHIFT_NO_CONFIG: "1" }],
  ])("is not read with %s %j", async (args, env) => {
    const cwd = folderWith({ "vshift.config.json": "{" });
    expect(await scenarioOf(args, { cwd, env: { ...SEARCH, ...env } })).toMatchObject({ keep: 0.5 });
  });

  it("may have fields of scenarios and of stacks, and each command takes its own", async () => {
    const cwd = folderWith({
      "vshift.config.json": '{ "keep": 0.9, "depth": 2, "neurons": 4, "layer": "linear", "batches": 8 }',
    });
    const around = { cwd, env: SEARCH };
    expect(await scenarioOf("", around)).toMatchObject({ keep: 0.9, neurons: 4 });
    expect(await scenarioOf("--d 4", around, "stack")).toMatchObject({ keep: 0.9, depth: 2 });
  });

  it.each([
    ['{ "keep": 2 }', ["../vshift.config.json: keep: 2 is not a number"]],
    ['{ "kep": 0.5 }', ["../vshift.config.json: kep: is not a field of a scenario", "did you mean keep?"]],
    ["{", ["../vshift.config.json: "]],
    ['{ "noise": "uout", "keep": 0.5 }', ["../vshift.config.json: "]],
  ])("is named by its errors, from the working directory: %s", async (text, says) => {
    const cwd = join(folderWith({ "vshift.config.json": text }), "inner");
    mkdirSync(cwd);
    expectOneLine(await vshift(["theory"], { cwd, env: SEARCH }), says);
  });

  it.each(["paper", "completion bash", "solve --help"])("has no part in vshift %s", async (args) => {
    const cwd = folderWith({ "vshift.config.json": "{" });
    expect(await vshift(args.split(" "), { cwd, env: SEARCH })).toMatchObject({ code: 0, stderr: "" });
  });

  it("as docs/CONFIGURATION.md shows it is taken by every command that reads it", async () => {
    const [, text = ""] = /^```yaml\n([\s\S]*?)^```/m.exec(readFileSync("docs/CONFIGURATION.md", "utf8")) ?? [];
    const around = { cwd: folderWith({ "vshift.config.yaml": text }), env: SEARCH };
    expect(await scenarioOf("", around)).toMatchObject({ keep: 0.8, width: 256, tolerance: 0.01 });
    expect(await scenarioOf("--d 4 --batches 8", around, "stack")).toMatchObject({ keep: 0.8, width: 4, depth: 8 });
    expect(await vshift(["sweep", "--dry-run"], around)).toMatchObject({ code: 0, stderr: "" });
    expect(await vshift(["solve", "--shift", "0.9", "--solve-for", "keep"], around)).toMatchObject({
      code: 0,
      stderr: "",
    });
  });

  it("is not written over", async () => {
    const cwd = folderWith({ "vshift.config.json": '{ "width": 8 }' });
    const run = await vshift(["theory", "--output", "vshift.config.json"], { cwd, env: SEARCH });
    expectOneLine(run, ["--output: vshift.config.json is also the configuration that is used"]);
  });

  it("is told of on a terminal that is used, and not with --quiet", async () => {
    const around = { cwd: folderWith({ "vshift.config.json": '{ "width": 8 }' }), env: SEARCH, columns: 80 };
    expect(await vshift(["theory"], around)).toMatchObject({ code: 0, stderr: "vshift: using vshift.config.json\n" });
    for (const args of [["theory", "--quiet"], ["theory", "--no-config"], ["paper"]]) {
      expect(await vshift(args, around)).toMatchObject({ code: 0, stderr: "" });
    }
  });

  it("a working directory that was removed has none", async ({ skip }) => {
    skip(process.platform === "win32", "Windows keeps a folder that is in use");
    const cwd = folder();
    const home = process.cwd();
    process.chdir(cwd);
    rmSync(cwd, { recursive: true });
    try {
      // In the folder of the process, since "." cannot be entered again.
      expect((await import("../../src/cli/found-configuration.ts")).findConfiguration()).toBeUndefined();
    } finally {
      process.chdir(home);
    }
  });
});
