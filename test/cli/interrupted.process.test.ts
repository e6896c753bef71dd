import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { expect, it } from "vitest";
import { linesOf } from "./grid.ts";
import { startVshift, temporaryFolders, vshift, written } from "./vshift.ts";

const folder = temporaryFolders();

/** Four cells, seconds of work for two threads. */
const LONG = ["--p", "0.5,0.7", "--d", "8,16", "--precision", "0.0008", "--tolerance", "0.2"];

const sweep = (args: readonly string[], cwd?: string) => vshift(["sweep", ...args], cwd === undefined ? {} : { cwd });
const textOf = (cwd: string, file: string) => readFileSync(join(cwd, file), "utf8");

it("a sweep that is interrupted exits with 130, keeps its cells, and goes on from there to the same bytes", async () => {
  const cwd = folder();
  const args = [...LONG, "--threads", "2"];
  const output = ["--output", "sweep.ndjson"];
  const running = startVshift(["sweep", ...args, ...output], { cwd });
  await written(join(cwd, "sweep.ndjson"), running);
  running.child.kill("SIGINT");
  const { code, stdout, stderr } = await running.end;
  const kept = linesOf(textOf(cwd, "sweep.ndjson")).length;
  expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  expect(stderr).toBe(
    `vshift: interrupted after ${kept} of 4 scenarios; sweep.ndjson has the records so far, and the same command resumes from there\n`,
  );
  expect(kept).toBeGreaterThan(0);
  const [resumed, direct] = await Promise.all([sweep([...args, ...output], cwd), sweep(args)]);
  expect(resumed.code).toBe(0);
  expect(textOf(cwd, "sweep.ndjson")).toBe(direct.stdout);
});

it("a file that a sweep makes at the end keeps its cells beside it when it is interrupted, and resumes from there", async () => {
  const cwd = folder();
  const args = [...LONG, "--output", "sweep.csv"];
  const running = startVshift(["sweep", ...args], { cwd });
  await written(join(cwd, "sweep.csv.partial.ndjson"), running);
  running.child.kill("SIGINT");
  const { code, stderr } = await running.end;
  expect(code).toBe(130);
  expect(stderr).toContain("sweep.csv.partial.ndjson has the records so far");
  expect(readdirSync(cwd)).toEqual(["sweep.csv.partial.ndjson"]);
  const resumed = await sweep(args, cwd);
  expect(resumed.stderr).toMatch(/of 4 scenarios are already in sweep\.csv\.partial\.ndjson/);
  expect(readdirSync(cwd)).toEqual(["sweep.csv"]);
  expect(parse(textOf(cwd, "sweep.csv"), { columns: true }).length).toBe(4);
});

it("an interrupted check exits with 130 and reports what it has", async () => {
  const junit = join(folder(), "junit.xml");
  const grid = ["--p", "0.5", "--d", "64,65536", "--mean", "1", "--tolerance", "0.00001", "--max-samples", "1e9"];
  const args = ["check", ...grid, "--junit", junit, "--threads", "1"];
  const { child, end } = startVshift(args);
  setTimeout(() => child.kill("SIGINT"), 1000);
  const { code, stderr } = await end;
  expect(code).toBe(130);
  expect(stderr).toContain("interrupted before the first of 2 scenarios was measured");
  expect(readFileSync(junit, "utf8")).toContain("interrupted before the first of 2 scenarios was measured");
  expect(readFileSync(junit, "utf8")).toContain('<error type="inconclusive"');
});

it("an interrupted stack keeps the mini-batches of test that it measured, or says nothing", async () => {
  const sizes = ["--d", "256", "--depth", "4", "--batches", "4000", "--format", "json"];
  const { child, end } = startVshift(["stack", ...sizes]);
  setTimeout(() => child.kill("SIGINT"), 700);
  const { code, stdout } = await end;
  expect(code).toBe(130);
  expect(stdout === "" || JSON.parse(stdout).batches.test > 1).toBe(true);
});
