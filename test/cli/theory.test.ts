import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { networkTheorySchema } from "../../src/report/network-schema.ts";
import { vshift } from "./in-process.ts";
import { expectOneLine } from "./refusal.ts";

const LINEAR = ["--layer", "linear", "--neurons", "3", "--rho", "0.2", "--activation", "relu", "--alignment", "4"];

it("theory prints the scenario, the closed form and the steps to it", async () => {
  const { code, stdout, stderr } = await vshift(["theory", "--p", "0.5", "--mean", "1", "--format", "json"]);
  const { schema, scenario, theory, steps } = JSON.parse(stdout);
  expect({ code, stderr, schema }).toEqual({ code: 0, stderr: "", schema: "vshift.theory/1" });
  expect(scenario).toMatchObject({ keep: 0.5, mean: 1, inputMean: 1, inputVariance: 1 });
  // Li et al. 2019, eq. 8: v / ((v + c²)/p − c²) at c = v = 1, p = ½
  expect(theory.shift).toBe(1 / 3);
  expect(steps.at(-1)).toMatchObject({ symbol: "Δ", value: theory.shift });
});

it("theory and simulate say the same of one scenario", async () => {
  const [derived, measured] = await Promise.all([
    vshift(["theory", ...LINEAR]),
    vshift(["simulate", ...LINEAR, "--samples", "600"]),
  ]);
  const { theory, scenario } = JSON.parse(measured.stdout);
  expect(JSON.parse(derived.stdout).theory).toEqual(theory);
  const { inputMean, inputVariance, inputRho, alignment, targetAlignment } = scenario;
  const realised = { inputMean, inputVariance, inputRho, alignment, targetAlignment };
  expect(JSON.parse(derived.stdout).scenario).toMatchObject(realised);
});

it.each([
  ["table", /^ {2}At test time BN's output has half the variance it had during training\.\n.* Δ {10}0\.5 /s],
  ["ndjson", /^\{"schema":"vshift\.theory\/1".*\}\n$/],
  ["csv", /^symbol,name,value,formula,substituted,source\n.*Δ,variance shift,0\.5,/s],
  ["markdown", /^## At test time .*\n\n\| {2}\| value \| what \|.*\| Δ \| 0\.5 \| variance shift \|/s],
])("theory has the format %s", async (format, look) => {
  expect((await vshift(["theory", "--format", format])).stdout).toMatch(look);
});

describe("theory --network", () => {
  const NETWORK = "input(64) bn ReLU dropout(0.3) dense(64) bn";
  const run = (...args: readonly string[]) => vshift(["theory", "--network", NETWORK, ...args]);

  it("prints the canonical network, and a row for each position", async () => {
    const { code, stdout, stderr } = await run("--format", "table");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n").map((line) => line.trim());
    expect(lines[0]).toBe("input(64) bn relu dropout(0.3) linear(64) bn");
    expect(stdout).toContain("At test time BN 2's output has 61 % of the variance it had during training.");
    expect(stdout).toMatch(/position +Var_train +Var_test +Δ +mean shift\n {2}BN 1 +1 +1 +1 +0\n/);
    // (π − 1)/(π − 1 + π·3/7), of a ReLU's moments.
    expect(stdout).toMatch(/BN 2 +1\.1103 +0\.68169 +0\.61399 +0\n/);
  });

  it("has the same as JSON and NDJSON, by its schema, and as CSV and Markdown", async () => {
    const record = JSON.parse((await run("--format", "json")).stdout);
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(networkTheorySchema());
    expect([validate(record), validate.errors]).toEqual([true, null]);
    expect(record).toMatchObject({
      schema: "vshift.network-theory/1",
      network: "input(64) bn relu dropout(0.3) linear(64) bn",
      positions: [{ position: { index: 1, name: "BN 1", norm: "batch" }, shape: [64] }, { theoryReason: null }],
    });
    expect(JSON.parse((await run("--format", "ndjson")).stdout)).toEqual(record);
    const [header, first] = (await run("--format", "csv")).stdout.split("\n");
    expect(header).toBe(
      "position,name,norm,shape,trainVariance,testVariance,shift,meanShift,trainMean,testMean,reason",
    );
    expect(first).toBe("1,BN 1,batch,64,1,1,1,0,0,0,");
    expect((await run("--format", "markdown")).stdout).toContain(
      "| position | Var_train | Var_test | Δ | mean shift |",
    );
  });

  it("of what has no closed form, the record by the schema says why", async () => {
    const { stdout } = await vshift([
      "theory",
      "--network",
      "input(8x4x4) maxpool(2) bn dropout(0.2) maxpool(2) layernorm",
    ]);
    const record = JSON.parse(stdout);
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(networkTheorySchema());
    expect([validate(record), validate.errors]).toEqual([true, null]);
    expect(record.positions).toMatchObject([
      { theory: { shift: 1, trainVariance: null }, theoryReason: null },
      { theory: null, theoryReason: "maxpool at 41: max-pool after noise has no closed form; measured only" },
    ]);
  });

  it.each(["--p", "--seed", "--depth", "--config", "--layout", "--activation"])("refuses %s", async (flag) => {
    expectOneLine(await run(flag, flag === "--layout" ? "in-first" : "2"), [
      flag,
      "is not used with --network",
      "leave one",
    ]);
  });

  it("says in one line what is wrong with the text", async () => {
    expectOneLine(await vshift(["theory", "--network", "input(8x4x4) linear(4)"]), [
      "--network: linear after 8×4×4 at 14",
      "add flatten or avgpool",
    ]);
    expectOneLine(await vshift(["theory", "--network", ""]), ["--network: must begin with input"]);
    expectOneLine(await vshift(["theory", "--network"]), ["--network: has no value"]);
  });
});
