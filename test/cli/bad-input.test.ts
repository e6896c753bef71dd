import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { vshift } from "./in-process.ts";
import { expectOneLine } from "./refusal.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();

/** Arguments, and then what the one line must name: the flag, the value, the rule, and a next step, in this order. */
type Case = readonly [args: string, ...says: string[]];

const FLAGS: readonly Case[] = [
  ["--keep 0", "--keep", "0 is not a number from 0.0001 to 1", "try 0.5"],
  ["--keep 1.2", "--keep", "1.2 is not a number from 0.0001 to 1", "try 0.5"],
  ["--p NaN", "--p", "NaN", "is not a number from 0.0001 to 1", "try 0.5"],
  ["--p half", "--p", "half", "is not a number from 0.0001 to 1", "try 0.5"],
  ["--keep 0.5 --drop 0.4", "--drop", "0.4 cannot be combined with --keep 0.5", "leave one of them out"],
  ["--d 0", "--d", "0 is not a whole number from 1 to 1048576", "try 512"],
  ["--d 2.5", "--d", "2.5 is not a whole number from 1 to 1048576", "try 512"],
  ["--d 1e12", "--d", "1e12 is not a whole number from 1 to 1048576", "try 512"],
  ["--d 5 --rho -0.26", "--rho", "-0.26 is below -0.25", "use -0.25 or more"],
  ["--rho 1.1", "--rho", "1.1 is not a number from -1 to 1", "try 0.2"],
  ["--variance 0", "--variance", "0 is not a number from 1e-12", "try 1"],
  ["--variance -1", "--variance", "-1 is not a number from 1e-12", "try 1"],
  ["--d 8 --layer linear --alignment 8.1", "--alignment", "8.1 is above the width 8", "use a value from 0 to 8"],
  ["--beta 0.1", "--beta", "0.1 is only for uout noise", "the noise is bernoulli", "add --noise uout"],
  [
    "--channel-size 4",
    "--channel-size",
    "4 is only for spatial dropout",
    "the noise is bernoulli",
    "add --noise spatial",
  ],
  ["--noise alpha --scaling classic", "--scaling", "classic", "the noise is alpha", "choose --noise bernoulli"],
  ["--noise none --keep 0.9", "--keep", "0.9 sets the strength of the noise, and the noise is none", "choose another"],
  ["--noise dropconnect", "--noise", "dropconnect drops weights", "the layer is none", "add --layer linear"],
  [
    "--noise alpha --variance 1e-8",
    "--variance",
    "1e-8 is too small for alpha dropout, which sets units to −1.758, more than 1000 standard deviations away",
    "use a larger --variance",
  ],
  ["--neurons 4", "--neurons", "4 is only for a linear layer, and the layer is none", "add --layer linear"],
  ["--samples 600 --max-samples 700", "--samples", "600 is an exact number", "--max-samples 700", "leave one"],
  ["--samples 256", "--samples", "256 samples are 1 mini-batch of 256", "use 512 or more", "--batch-size"],
  ["--noise bernouli", "--noise", "bernouli", "is not one of bernoulli, gaussian, uout", "did you mean bernoulli?"],
  ["--kep 0.5", "--kep", "is not an option of vshift simulate", "did you mean --keep?"],
  ["--widths 8", "--widths", "is not an option of vshift simulate", "did you mean --width?"],
  ["--seed", "--seed", "has no value", "write --seed TEXT"],
  ["--threads 0", "--threads", "0 is not a whole number from 1 to 256", "try 2"],
  ["--threads -1", "--threads", "-1 is not a whole number from 1 to 256", "try 2"],
  ["--threads 1000", "--threads", "1000 is not a whole number from 1 to 256", "try 2"],
  ["--threads many", "--threads", '"many" is not a whole number from 1 to 256', "try 2"],
  [
    "--d 1000000 --layer linear --neurons 10000",
    "--neurons",
    "10000 neurons of width 1000000 take 40.0 GB of weights, above the limit of 16777216 weights",
    "use 16 neurons or fewer",
  ],
  [
    "--format xml",
    "--format",
    '"xml" is not one of table, json, ndjson, csv, markdown, html, parquet, svg, png, pdf, chart',
    "choose one of these",
  ],
  ["--format svg", "--format", "svg is not a format of this result, which has table, json,", "choose one of these"],
  ["0.5", "0.5", "is not an option, and vshift simulate takes nothing else", "write the flag before its value"],
];

/** What the configuration file holds instead. */
const FILES: readonly Case[] = [
  ["no file", "--config", "cannot read given.json", "no such file", "check the path"],
  ["keep: 0.5", "given.json", "is not JSON", 'write for example { "keep": 0.5'],
  ["", "given.json", "is not JSON", 'write for example { "keep": 0.5'],
  ["[0.5]", "given.json", "must be an object of fields, not [0.5]", "write for example"],
  ['{ "keep": "half" }', "given.json: keep", '"half" is not a number from 0.0001 to 1', "try 0.5"],
  ['{ "width": 2.5 }', "given.json: width", "2.5 is not a whole number", "try 512"],
  ['{ "widht": 8 }', "given.json: widht", "is not a field of a scenario", "did you mean width?"],
  ['{ "keep": 0.5, "drop": 0.4 }', "given.json: drop", "0.4 cannot be combined with --keep 0.5", "leave one"],
  ['{ "rho": -0.5 }', "given.json: rho", "-0.5 is below", "use -0.3333 or more, or a smaller --d"],
];

const OUTPUTS: readonly Case[] = [
  ["--output missing/result.json", "--output", "missing/result.json", "no such file or directory", "choose a file in"],
  ["--output .", "--output", "cannot write .", "it is a directory", "choose a file in a folder that exists"],
  ["--output /dev/full", "--output", "cannot write /dev/full", "no space left", "choose a file"],
];

async function expectRefusal(args: readonly string[], { says, cwd }: { says: readonly string[]; cwd: string }) {
  const before = readdirSync(cwd);
  expectOneLine(await vshift(["simulate", "--d", "4", ...args], { cwd }), says);
  expect(readdirSync(cwd)).toEqual(before);
}

describe("bad input is one line that names the flag, the value, the rule and the next step, and leaves no file", () => {
  it.each(FLAGS)("%s", (args, ...says) =>
    expectRefusal(["--output", "result.json", ...args.split(" ")], { says, cwd: folder() }),
  );

  it.each(FILES)("--config given.json, which is: %s", async (content, ...says) => {
    const cwd = folder();
    if (content !== "no file") writeFileSync(join(cwd, "given.json"), content);
    await expectRefusal(["--config", "given.json", "--output", "result.json"], { says, cwd });
  });

  it.each(OUTPUTS)("%s", (args, ...says) =>
    expectRefusal(["--samples", "600", ...args.split(" ")], { says, cwd: folder() }),
  );
});

it("a file that stands where the result was to go outlives a run that fails", async () => {
  const cwd = folder();
  mkdirSync(join(cwd, "results"));
  writeFileSync(join(cwd, "results/old.json"), "old");
  // One unit, kept once in ten thousand times: nothing to measure in 512 samples.
  const args = [
    "simulate",
    "--keep",
    "0.0001",
    "--d",
    "1",
    "--masks",
    "independent",
    "--samples",
    "512",
    "--output",
    "results/old.json",
  ];
  const { code, stderr } = await vshift(args, { cwd });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^vshift: --samples: 2 mini-batches .*; run more samples[^\n]*\n$/);
  expect(readdirSync(join(cwd, "results"))).toEqual(["old.json"]);
  expect(readFileSync(join(cwd, "results/old.json"), "utf8")).toBe("old");
});

it("no command at all shows the help on stderr", async () => {
  const { code, stdout, stderr } = await vshift([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("Usage: vshift");
});

it("a command one letter off is told the right one", async () => {
  const { code, stdout, stderr } = await vshift(["simulat"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe("vshift: simulat: is not a command; did you mean simulate?\n");
});
