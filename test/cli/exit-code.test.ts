import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { EXECUTABLE, start, temporaryFolders, vshift } from "./vshift.ts";

const folder = temporaryFolders();
const ENDLESS = ["--d", "16", "--masks", "independent", "--precision", "0.00001", "--max-samples", "1000000000000"];

it("agreement exits with 0", async () => {
  const { code, stdout } = await vshift(["simulate", "--d", "16", "--tolerance", "0.1", "--precision", "0.05"]);
  expect({ code, verdict: JSON.parse(stdout).agreement.verdict }).toEqual({ code: 0, verdict: "agrees" });
});

it("disagreement exits with 1", async () => {
  // With hardly any tolerance a 50 % interval misses the true ratio half of the time: the odds that it covers it for all
  // of 20 seeds are 2⁻²⁰, and the seeds are fixed.
  const args = ["simulate", "--d", "16", "--samples", "2560", "--confidence", "0.5", "--tolerance", "1e-12"];
  const expected = { disagrees: 1, inconclusive: 3 };
  const seen = new Set<number | null>();
  for (let seed = 0; seed < 20 && !seen.has(1); seed++) {
    const { code, stdout } = await vshift([...args, "--seed", String(seed)]);
    expect(code).toBe(expected[JSON.parse(stdout).agreement.verdict as keyof typeof expected]);
    seen.add(code);
  }
  expect([...seen]).toContain(1);
});

it("too few samples to tell exit with 3", async () => {
  const { code, stdout } = await vshift(["simulate", "--d", "1", "--samples", "600"]);
  expect({ code, verdict: JSON.parse(stdout).agreement.verdict }).toEqual({ code: 3, verdict: "inconclusive" });
});

it("SIGINT ends a run with 130 and a record of what was measured", async () => {
  const { child, end } = start([process.execPath, EXECUTABLE, "simulate", ...ENDLESS, "--config", "-"]);
  // So much white space is taken only by a reader: once it is written the program runs, with its handler in place. It
  // reads and starts to draw without a pause in which it could see the signal before the first block of mini-batches.
  await new Promise<void>((resolve) => child.stdin?.end(`{${" ".repeat(4_000_000)}}`, () => resolve()));
  child.kill("SIGINT");
  const { code, stdout, stderr } = await end;
  const { measured, sums } = JSON.parse(stdout);
  expect(code).toBe(130);
  expect(stderr).toBe(`vshift: interrupted; this is what ${measured.samples} samples tell\n`);
  expect(measured.samples).toBe(256 * sums.n);
  expect(measured.samples).toBeLessThan(1e12);
});

it("--quiet leaves out the words about SIGINT", async () => {
  const { child, end } = start([process.execPath, EXECUTABLE, "simulate", ...ENDLESS, "--quiet", "--config", "-"]);
  await new Promise<void>((resolve) => child.stdin?.end(`{${" ".repeat(4_000_000)}}`, () => resolve()));
  child.kill("SIGINT");
  expect(await end).toMatchObject({ code: 130, stderr: "" });
});

it("a run that is killed leaves no file behind", async () => {
  const cwd = folder();
  const { child, end } = start([process.execPath, EXECUTABLE, "simulate", ...ENDLESS, "--output", "out.json"], { cwd });
  // Long enough on any machine for a program that opens its file at the start to have done so.
  await pause(1000);
  child.kill("SIGTERM");
  expect((await end).code).toBe(null);
  expect(readdirSync(cwd)).toEqual([]);
});

it("a reader that goes away, as head does, ends it quietly with 0", async () => {
  const { child, end } = start([process.execPath, EXECUTABLE, "simulate", "--d", "1", "--samples", "600"]);
  child.stdout?.destroy();
  expect(await end).toEqual({ code: 0, stdout: "", stderr: "" });
});

it("standard output that takes nothing is one line on stderr and exits with 2", async () => {
  const { end } = start([
    "sh",
    "-c",
    `"$0" "$1" simulate --d 1 --samples 600 > /dev/full`,
    process.execPath,
    EXECUTABLE,
  ]);
  const { code, stderr } = await end;
  expect(code).toBe(2);
  expect(stderr).toMatch(/^vshift: cannot write to standard output \(.*\); use --output[^\n]*\n$/);
});
