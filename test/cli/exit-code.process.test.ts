import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { EXECUTABLE, start, startVshift, temporaryFolders, vshift } from "./vshift.ts";

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

const SIGNALS = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const;

/** Starts a run that is endless or long, and sends it a signal as soon as it has its handlers. */
async function signalled(signal: NodeJS.Signals, args: readonly string[] = ["simulate", ...ENDLESS]) {
  const { child, end } = startVshift([...args, "--config", "-"]);
  // So much white space is taken only by a reader: once it is written the program runs, with its handlers in place. It
  // reads and starts to draw without a pause in which it could see the signal before the first block of mini-batches.
  await new Promise<void>((resolve) => child.stdin?.end(`{${" ".repeat(4_000_000)}}`, () => resolve()));
  child.kill(signal);
  return end;
}

it.each(SIGNALS)("%s ends a run with %i and a record of what was measured", async (signal, expected) => {
  const { code, stdout, stderr } = await signalled(signal);
  const { measured, sums } = JSON.parse(stdout);
  expect(code).toBe(expected);
  const samples = measured.samples.toLocaleString("en");
  expect(stderr).toBe(`vshift: interrupted after ${samples} samples; the result covers these\n`);
  expect(measured.samples).toBe(256 * sums.n);
  expect(measured.samples).toBeLessThan(1e12);
});

it.each(SIGNALS)(
  "%s that cuts a sweep before its first cell says so, and that nothing agrees",
  async (signal, expected) => {
    const large = ["--d", "65536", "--precision", "0.00001", "--max-samples", "1e12", "--threads", "1"];
    const ran = await signalled(signal, ["sweep", "--p", "0.5,0.6", ...large]);
    const stderr = "vshift: interrupted before the first of 2 scenarios was measured\n";
    expect(ran).toEqual({ code: expected, stdout: "", stderr });
  },
);

it("--quiet leaves out the words about a signal", async () => {
  expect(await signalled("SIGINT", ["simulate", ...ENDLESS, "--quiet"])).toMatchObject({ code: 130, stderr: "" });
});

it.each(["SIGTERM", "SIGKILL"] as const)("a run that %s ends leaves no file behind but its result", async (signal) => {
  const cwd = folder();
  const { child, end } = startVshift(["simulate", ...ENDLESS, "--output", "out.json"], { cwd });
  // Long enough on any machine for a program that opens its file at the start to have done so.
  await pause(1000);
  child.kill(signal);
  const { code } = await end;
  expect({ code, files: readdirSync(cwd) }).toEqual(
    signal === "SIGKILL" ? { code: null, files: [] } : { code: 143, files: ["out.json"] },
  );
});

/** A command whose reader goes away before it writes. */
async function withoutReader(args: readonly string[]) {
  const { child, end } = startVshift(args);
  child.stdout?.destroy();
  const { code, stderr } = await end;
  return { code, stderr };
}

describe("a reader that goes away, as head does, changes no exit code", () => {
  const small = ["--d", "1", "--samples", "600"];
  const disagrees = ["check", "--d", "16", "--drop", "0.3", "--measured", "test/check/data/torch-swapped.csv"];

  it.each([
    ["theory", ["theory"], 0],
    ["a run that agrees", ["simulate", "--d", "16", "--tolerance", "0.1", "--precision", "0.05"], 0],
    ["a run that tells nothing", ["simulate", ...small], 3],
  ])("%s", async (_, args, code) => {
    expect(await withoutReader(args)).toEqual({ code, stderr: "" });
  });

  it("a check that disagrees, which says so on standard error", async () => {
    const { code, stderr } = await withoutReader(disagrees);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ {2}✗ disagrees with theory: Δ is \d+ % too low/);
    expect((await withoutReader([...disagrees, "--quiet"])).stderr).toBe("");
  });

  it("under pipefail, a check that disagrees fails its pipeline", async () => {
    const line = [process.execPath, EXECUTABLE, ...disagrees].map((word) => `'${word}'`).join(" ");
    expect((await start(["bash", "--norc", "-c", `set -o pipefail; ${line} | true`]).end).code).toBe(1);
  });

  it("a sweep that nobody reads stops, and is not said to agree", async () => {
    const { code, stderr } = await withoutReader(["sweep", "--p", "0.1:0.9:0.001", "--d", "256", "--threads", "1"]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^vshift: standard output was closed: stopped after \d+ of 801 scenarios\n$/);
  });
});

/** A program that Node loads first, in the main thread alone. */
const loadedFirst = (program: string) =>
  `--import=data:text/javascript,${encodeURIComponent(`import { isMainThread } from "node:worker_threads"; if (isMainThread) ${program}`)}`;

it.each([
  ["an exception", 'setTimeout(() => { throw new Error("boom\\nboom") })'],
  ["a rejection", 'setTimeout(() => Promise.reject(new Error("boom\\nboom")))'],
])("%s that nobody catches is one line and exits with 70", async (_, program) => {
  const env = { NODE_OPTIONS: loadedFirst(program) };
  const { end } = startVshift(["simulate", ...ENDLESS], { env });
  expect(await end).toEqual({
    code: 70,
    stdout: "",
    stderr: "vshift: internal error: boom\\u000aboom; please report it (VSHIFT_DEBUG=1 shows where)\n",
  });
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
  expect(stderr).toMatch(
    /^vshift: cannot write to standard output \(.*\); write elsewhere with --output FILE[^\n]*\n$/,
  );
});
