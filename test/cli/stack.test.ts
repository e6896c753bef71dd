import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it, test } from "vitest";
import { recordSchema } from "../../src/experiment/record-schema.ts";
import { stackSchema } from "../../src/scenario/json-schema.ts";
import { vshift } from "./in-process.ts";
import { expectOneLine } from "./refusal.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();
const SMALL = ["--d", "32", "--depth", "3", "--batches", "8", "--batch-size", "32"];
const stack = (...args: string[]) => vshift(["stack", ...SMALL, ...args]);

test("stack prints a record for each position, that its schema accepts", async () => {
  const { code, stdout, stderr } = await stack("--p", "0.5", "--format", "json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const records = JSON.parse(stdout);
  const isRecord = new Ajv2020({ strict: true }).compile(recordSchema());
  for (const record of records) expect(isRecord(record), JSON.stringify(isRecord.errors)).toBe(true);
  expect(records.map(({ position }: { position: object }) => position)).toEqual([
    { index: 1, name: "BN 1", norm: "batch" },
    { index: 2, name: "BN 2", norm: "batch" },
    { index: 3, name: "BN 3", norm: "batch" },
    { index: 4, name: "output", norm: null },
  ]);
});

describe("a configuration file", () => {
  const isStack = new Ajv2020({ strict: true }).compile(stackSchema());

  it.each([
    [{ keep: 0.5, depth: 4, noiseAt: "1,2" }, true],
    [{ keep: "0.1:0.9:0.1", zip: [["keep", "depth"]], depth: [1, 2] }, true],
    [{ mean: 1, statistics: "reestimated", precision: 0.1 }, true],
    [{ layer: "linear" }, false],
    [{ width: true }, false],
  ])("%j is of the published schema: %s", (config, isValid) => {
    expect(isStack(config)).toBe(isValid);
  });
});

test("the same bytes on one thread and on two", async () => {
  const sizes = ["--d", "256", "--depth", "6", "--batches", "12", "--p", "0.7", "--format", "json"];
  const [one, two] = await Promise.all(["1", "2"].map((count) => vshift(["stack", ...sizes, "--threads", count])));
  expect(one?.code).toBe(0);
  expect(two?.stdout).toBe(one?.stdout);
});

it.each([
  [
    "table",
    /^ {2}3 blocks of BN → relu (.*\n)+\n {2}At test time the network's output has (.*\n)+\n +position .*\n +BN 1 .* exactly .*\n( +BN [23] .*\n)+ +output (.*\n)+\n {2}Outputs are off by /,
  ],
  ["ndjson", /^(\{"schema":"vshift\.record\/1".*\}\n){4}$/],
  ["csv", /^schema,kernel,id,position\.index,.*,measured\.shift,.*\n(vshift\.record\/1,[0-9a-f]{64},.*\n){4}$/],
  [
    "markdown",
    /^# 3 blocks of BN .*\n\n\*\*At test time .*\n\n\| position \| .*\n\| --- .*\n(\| (BN|output) .*\n){4}\nOutputs are off by /,
  ],
  ["svg", /^<svg .*<\/svg>\s*$/s],
  ["chart", /The shift compounds with depth\n.*●/s],
])("stack has the format %s", async (format, look) => {
  expect((await stack("--p", "0.5", "--format", format)).stdout).toMatch(look);
});

test("a stack whose training output is lost in the noise says so", async () => {
  // Once in 10⁶ noise alone would pass for an output.
  const { stdout } = await stack("--p", "0.1", "--depth", "10", "--confidence", "0.999999", "--format", "table");
  expect(stdout).toMatch(/The noise-averaged training output does not vary measurably/);
});

test("a stack is measured in parts, each a part of every record", async () => {
  const half = (index: number) => stack("--batches", "32", "--shard", `${index}/2`, "--format", "json");
  const [first, second] = [JSON.parse((await half(1)).stdout), JSON.parse((await half(2)).stdout)];
  for (const [index, { id, measured }] of second.entries()) {
    expect(id).toBe(first[index].id);
    expect(measured.firstBatch).toBe(first[index].measured.batches);
  }
  expectOneLine(await stack("--p", "0.5,0.9", "--shard", "1/2"), ["--shard:", "a part of one stack", "give 2"]);
});

test("a stack of before is read as records of its positions", async () => {
  const earlier = join(import.meta.dirname, "../experiment/data/earlier-stacks.ndjson");
  const { code, stdout, stderr } = await vshift(["plot", earlier, "--format", "svg"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^<svg .*keep 0\.8/s);
});

test("plot draws the records of many stacks", async () => {
  const records = join(folder(), "stacks.ndjson");
  await stack("--p", "0.5,0.9", "--residual", "--output", records);
  const { code, stdout } = await vshift(["plot", records, "--format", "svg"]);
  expect(code).toBe(0);
  expect(stdout).toContain("keep 0.9");
  const byKeep = await vshift(["plot", records, "--x", "keep", "--format", "svg"]);
  expect(byKeep.code).toBe(0);
  expect(byKeep.stdout).toContain("against keep probability p");
});

test("--compare sets the remedies side by side and ends with three lines of advice", async () => {
  const { stdout } = await stack("--p", "0.5", "--compare", "--format", "json");
  const { schema, remedies, advice } = JSON.parse(stdout);
  expect(schema).toBe("vshift.remedies/3");
  const kinds = remedies.map(({ kind }: { kind: string }) => kind);
  // Of σ² = 1 Uout reaches nothing, and the paper's Gaussian is the one of equal strength.
  expect(kinds).toEqual([
    "as-is",
    "reestimated",
    "reestimated-noisy",
    "corrected",
    "noise-last",
    "uout-paper",
    "gaussian-matched",
    "wider",
  ]);
  expect(advice).toHaveLength(3);
  const [table, weak] = await Promise.all([
    stack("--p", "0.5", "--compare", "--format", "table"),
    stack("--p", "0.8", "--compare", "--format", "json"),
  ]);
  expect(table.stdout).toMatch(/\n {2}1\. .*\n( {5}.*\n)+ {2}2\. .*\n( {5}.*\n)+ {2}3\. .*\n( {5}.*\n)+$/);
  const weaker = JSON.parse(weak.stdout).remedies;
  const noiseOf = (wanted: string) => weaker.find(({ kind }: { kind: string }) => kind === wanted).noise;
  expect(noiseOf("uout-matched").relativeVariance).toBeCloseTo(0.25, 12);
  expect(noiseOf("gaussian-paper")).toEqual({ relativeVariance: 1, blocks: 3 });
  expect(noiseOf("noise-last")).toEqual({ relativeVariance: 0.25, blocks: 1 });
  // Statistics change nothing during training: the same output is averaged over the same masks.
  const varianceOf = (wanted: string) =>
    weaker.find(({ kind }: { kind: string }) => kind === wanted).records.at(-1).outputs.training.sums.denominator;
  for (const kind of ["reestimated", "reestimated-noisy", "corrected"])
    expect(varianceOf(kind)).toBe(varianceOf("as-is"));
  expect(varianceOf("noise-last")).not.toBe(varianceOf("as-is"));
});

it.each([
  ["--noise-at 9", ["--noise-at:", '"9" is not a block from 1 to 3, nor all, last or none', "write for example 1,2"]],
  ["--norm-at 1", ["--norm-at:", "1 is only for a norm other than batch", "add --norm layer"]],
  ["--noise dropout", ["--noise:", '"dropout" is not one of', "did you mean"]],
  ["--depth 0", ["--depth:", "0 is not a whole number from 1 to 1000"]],
  ["--p 0.5,x", ["--p:", '"x" is not a number']],
  ["--compare --p 0.1,0.5", ["--compare:", "of one stack, and the flags give 2", "give each flag one value"]],
  ["--norm group --groups 5", ["--groups:", "5 groups do not divide --d 32"]],
  ["--output depth.jpg --format png --output /nowhere/depth.png", ["--output:", "cannot write"]],
])("stack %s is refused in one line", async (flags, says) => {
  expectOneLine(await stack(...flags.split(" ")), says);
});
