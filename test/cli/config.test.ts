import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { vshift } from "./in-process.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();

/** The scenario of `vshift COMMAND --config FILE …`; theory draws nothing. */
async function scenarioOf(content: string, args = "", command = "theory") {
  const cwd = folder();
  writeFileSync(join(cwd, "given.json"), content);
  const flags = args === "" ? [] : args.split(" ");
  const { stdout, stderr } = await vshift([command, "--config", "given.json", "--format", "json", ...flags], { cwd });
  expect(stderr).toBe("");
  return JSON.parse(stdout).scenario;
}

it("flags win over the file, and the file over the defaults", async () => {
  const scenario = await scenarioOf('{ "width": 8, "mean": 2, "seed": "file" }', "--mean 3 --seed flag");
  expect(scenario).toMatchObject({ width: 8, mean: 3, seed: "flag", variance: 1 });
});

it.each([
  ['{ "keep": 0.7 }', "--drop 0.1", { keep: 0.9, drop: 0.1 }],
  ['{ "drop": 0.7 }', "--p 0.1", { keep: 0.1, drop: 0.9 }],
  ['{ "relativeVariance": 3 }', "--keep 0.5", { relativeVariance: 1 }],
  ['{ "keep": 0.7 }', "--noise uout --beta 0.3", { beta: 0.3 }],
  ['{ "noise": "uout", "beta": 0.3 }', "--relative-variance 0.03", { beta: 0.3 }],
  ['{ "noise": "uout", "beta": 0.3 }', "--noise bernoulli --keep 0.8", { keep: 0.8, beta: null }],
  ['{ "layer": "linear", "alignment": 4 }', "--weight-mean 0.2", { weightMean: 0.2, targetAlignment: null }],
  ['{ "layer": "linear", "weightMean": 0.2 }', "--alignment 4", { weightMean: null, targetAlignment: 4 }],
])("a flag replaces the file's other spellings: %s under %s", async (content, args, expected) => {
  expect(await scenarioOf(content, args)).toMatchObject(expected);
});

it.each([
  ['{ "samples": 600 }', "--precision 0.5", { samples: null, precision: 0.5 }],
  ['{ "samples": 600 }', "--max-samples 2560", { samples: null, maxSamples: 2560 }],
  ['{ "precision": 0.1, "maxSamples": 5000 }', "--samples 600", { samples: 600 }],
])("a flag of when to stop replaces the file's: %s under %s", async (content, args, expected) => {
  expect(await scenarioOf(content, `--d 4 ${args}`, "simulate")).toMatchObject(expected);
});

it("null in the file is a field left out", async () => {
  const scenario = await scenarioOf('{ "keep": null, "beta": null, "width": null, "alignment": null }');
  expect(scenario).toMatchObject({ keep: 0.5, width: 512, layer: "none" });
});

it("the file may name its schema, and begin with a byte order mark", async () => {
  const content = '\uFEFF{ "$schema": "./node_modules/vshift/dist/schema/scenario.json", "width": 8 }';
  expect(await scenarioOf(content)).toMatchObject({ width: 8 });
});

it.each([
  ["--p 0.7 --d 16", "theory"],
  ["--noise uout --beta 0.3", "theory"],
  ["--layer linear --alignment 4 --neurons 3 --d 16", "theory"],
  ["--p 0.7 --depth 2 --d 16", "sweep"],
])("the scenario of a record is a configuration of the same: %s", async (flags, command) => {
  const { stdout } = await vshift(["theory", ...flags.split(" "), "--format", "json"]);
  const { scenario } = JSON.parse(stdout);
  const again = command === "sweep" ? (["--dry-run"] as const) : [];
  const cwd = folder();
  writeFileSync(join(cwd, "given.json"), JSON.stringify(scenario));
  const ran = await vshift([command, "--config", "given.json", "--format", "json", ...again], { cwd });
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  if (command === "theory") expect(JSON.parse(ran.stdout).scenario).toEqual(scenario);
  const other = await vshift(["theory", "--config", "given.json", "--p", "0.9", "--format", "json"], { cwd });
  expect(JSON.parse(other.stdout).scenario).toMatchObject({ keep: 0.9 });
});
