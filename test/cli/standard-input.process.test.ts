import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { expectOneLine } from "./refusal.ts";
import { EXECUTABLE, start, temporaryFolders, vshift } from "./vshift.ts";

const folder = temporaryFolders();

it("theory --config - reads a scenario", async () => {
  const { stdout } = await vshift(["theory", "--config", "-", "--format", "json"], { input: '{ "keep": 0.25 }' });
  expect(JSON.parse(stdout).theory.shift).toBe(0.25);
});

it("sweep --config - reads a grid", async () => {
  const input = '{ "keep": [0.3, 0.5], "width": 8, "samples": 512 }';
  const [fromInput, fromFlags] = await Promise.all([
    vshift(["sweep", "--config", "-"], { input }),
    vshift(["sweep", "--p", "0.3,0.5", "--d", "8", "--samples", "512"]),
  ]);
  expect(fromFlags.stdout).toContain('"keep":0.3');
  expect(fromInput).toEqual(fromFlags);
});

it("plot reads records, with - and without an operand, and the picture is that of two files", async () => {
  const { stdout: records } = await vshift(["sweep", "--p", "0.2,0.4", "--d", "4", "--samples", "1024"]);
  const [without, dash] = await Promise.all([
    vshift(["plot"], { input: records }),
    vshift(["plot", "-"], { input: records }),
  ]);
  expect(without).toMatchObject({ code: 0, stdout: expect.stringMatching(/^<svg /), stderr: "" });
  expect(dash).toEqual(without);
});

it("what standard input is read from is not written", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "c.json"), '{ "keep": 0.5 }');
  const line = `"$0" "$1" simulate --config - --output c.json < c.json`;
  const { end } = start(["sh", "-c", line, process.execPath, EXECUTABLE], { cwd });
  expectOneLine(await end, ["--output", "c.json is also the file of --config, and would be overwritten"]);
  expect(readFileSync(join(cwd, "c.json"), "utf8")).toBe('{ "keep": 0.5 }');
});

it("plot names standard input in what it refuses", async () => {
  const { code, stderr } = await vshift(["plot"], { input: '{"schema":"other"}\n' });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^vshift: standard input:1: has the schema "other", not vshift\.record\/1; .*\n$/);
});
