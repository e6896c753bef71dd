import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { npyOf } from "../skewed-rows.ts";
import { vshift } from "./in-process.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();

/** A file of what people type wrong: "$ vshift …" and, on the next line, how the answer begins behind "vshift: ". */
const TRANSCRIPT = readFileSync(new URL("wrong-command-lines.txt", import.meta.url), "utf8");

const CASES = TRANSCRIPT.trimEnd()
  .split("\n\n")
  .map((entry) => {
    const [line = "", says = ""] = entry.replace(/^\$ vshift ?/, "").split("\n");
    return [line, says] as const;
  });

/** The words of a line as a shell has them; quotes may be single. */
function argumentsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word = ""]) => quoted ?? word.replaceAll("''", ""));
}

const FILES: { readonly [name: string]: string | Uint8Array } = {
  "w.npy": npyOf([
    [1, 2],
    [3, 5],
    [4, 1],
  ]),
  "v.npy": npyOf([
    [1, 2, 3],
    [3, 5, 9],
    [4, 1, 7],
  ]),
  "bn.csv": "trainVariance,testVariance\n2,1\n2.1,1.1\n",
  "odd.csv": "a,b\n1,2\n",
  "bad.csv": "1,2\n3",
  empty: "",
  "hello.txt": "hello\n",
  "x.npy": "x",
  "x.npz": "x",
  "x.safetensors": "x",
  "c.json": '{"keep":0.5,"weights":"file:w.npy"}',
  "twice.json": '{"keep":0.5,"keep":0.6}',
  "dropout.json": '{"dropout":0.5}',
  "bs.json": '{"batch_size":5}',
  "bad.yaml": "keep: [1",
};

let cwd = "";

beforeAll(async () => {
  cwd = folder();
  mkdirSync(join(cwd, "dir"));
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(cwd, name), content);
  const grid = ["--p", "0.3,0.5", "--d", "8,16", "--samples", "4096", "--tolerance", "0.3"];
  await vshift(["sweep", ...grid, "--output", "s.ndjson"], { cwd });
  await vshift(["sweep", ...grid, "--batch-size", "128", "--output", "old.ndjson"], { cwd });
});

describe("what people type wrong is answered in one line", () => {
  it.each(CASES)("vshift %s", async (line, says) => {
    const { code, stdout, stderr } = await vshift(argumentsOf(line), { cwd });
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
    expect(stderr.slice(0, "vshift: ".length + says.length)).toBe(`vshift: ${says}`);
    expect(stderr).toMatch(FORM);
    expect(stderr).not.toMatch(POOR);
  });
});

/** One line, a problem and a next step, and no full stop at the end. */
const FORM = /^vshift: \P{Cc}+; \P{Cc}*[^.\p{Cc}]\n$/u;

/** Words that a native engineer would not write here. */
const POOR = /\b(?:is no|are no|anew|beside|hold(?:s|ing)? against|which is none|says? no|of those that)\b/;

it("negative control: the form refuses a full stop, a line break, control characters, and a missing next step", () => {
  expect("vshift: --p: 2 is not a number; try 0.5\n").toMatch(FORM);
  for (const line of ["a; b.\n", "a\n; b\n", "a; \u001b[2J\n", "a\n"]) expect(`vshift: ${line}`).not.toMatch(FORM);
  expect("foo is no field").toMatch(POOR);
});

it("flags are called as they were typed, also in a scenario of a grid that fails", async () => {
  const args = ["--d", "8", "--layer", "linear", "--rho", "-0.14285714285714285", "--alignment", "8"];
  const { code, stderr } = await vshift(["sweep", ...args, "--samples", "512"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toMatch(/\nvshift: scenario 1: --rho: -0\.142857\d+ with weights of alignment 8 leaves no variance/);
});

it("a configuration file may have fields that a command does not read", async () => {
  writeFileSync(join(cwd, "shared.json"), '{"keep":0.5,"noise":"none","masks":"independent","seed":"2"}');
  const { code } = await vshift(["theory", "--config", "shared.json", "--noise", "bernoulli"], { cwd });
  expect(code).toBe(0);
});

it("the same flag twice is fine, and the last one counts", async () => {
  const { stdout } = await vshift(["theory", "--p", "0.3", "--p", "0.5", "--format", "json"], { cwd });
  expect(JSON.parse(stdout).scenario.keep).toBe(0.5);
});

describe("--sort takes descending fields with a space or =", () => {
  it.each([[["--sort", "-d,p"]], [["--sort=-d,p"]]])("%j", async (sort) => {
    const { stdout } = await vshift(["records", "s.ndjson", ...sort, "--format", "ndjson"], { cwd });
    const order = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).scenario)
      .map(({ width, keep }) => [width, keep]);
    expect(order).toEqual([
      [16, 0.3],
      [16, 0.5],
      [8, 0.3],
      [8, 0.5],
    ]);
  });
});

it("a record that the baseline lacks is told with what the nearest one there has instead", async () => {
  const { stdout } = await vshift(["check", "s.ndjson", "--baseline", "old.ndjson", "--format", "json"], { cwd });
  expect(JSON.parse(stdout).notes[0]).toBe(
    "not in the baseline: keep 0.3, width 8; the nearest record there differs in batchSize (256, not 128)",
  );
});
