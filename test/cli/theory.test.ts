import { expect, it } from "vitest";
import { vshift } from "./in-process.ts";

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
