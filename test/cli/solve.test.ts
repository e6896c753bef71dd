import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { vshift } from "./in-process.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();
const solve = (line: string) => vshift(["solve", ...line.split(" ")]);
const LINEAR = "--rho 0.2 --layer linear";

it("solve prints what was wanted, the value, the scenario that has it, and the steps", async () => {
  const { code, stdout, stderr } = await solve("--shift 0.8 --solve-for keep --mean 1 --format json");
  const record = JSON.parse(stdout);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  // Eq. 8 at c = v = 1: 1/(2/p − 1) = 0.8 at p = 2/2.25.
  expect(record).toMatchObject({
    schema: "vshift.solution/1",
    wanted: { shift: 0.8 },
    solvedFor: "keep",
    extreme: "smallest",
    isLimit: false,
  });
  expect(record.value).toBeCloseTo(8 / 9, 14);
  expect(record.scenario).toMatchObject({ keep: record.value, mean: 1 });
  expect(record.theory.shift).toBeCloseTo(0.8, 14);
  expect(record.steps.at(-1)).toMatchObject({ symbol: "Δ", value: record.theory.shift });
});

it.each([
  ["--shift 0.8 --solve-for drop --activation relu", "--activation relu --drop"],
  ["--shift 0.98 --solve-for beta --noise uout --mean 0.5", "--noise uout --mean 0.5 --beta"],
  ["--shift 0.6 --solve-for keep --noise gaussian --mean 0.5", "--noise gaussian --mean 0.5 --keep"],
  [
    `--shift 0.6 --solve-for keep --noise dropconnect ${LINEAR} --alignment 2`,
    `--noise dropconnect ${LINEAR} --alignment 2 --keep`,
  ],
  [`--shift 0.7 --solve-for alignment ${LINEAR}`, `${LINEAR} --alignment`],
  [`--shift 0.8 --solve-for width ${LINEAR} --weights constant`, `${LINEAR} --weights constant --width`],
])("theory, given what solve %s found, says Δ", async (question, flags) => {
  const solution = JSON.parse((await solve(question)).stdout);
  const { stdout } = await vshift(["theory", ...flags.split(" "), String(solution.value)]);
  const { shift } = JSON.parse(stdout).theory;
  // Weights are drawn in single precision, to an alignment of about 1e-7.
  expect(Math.abs(shift - solution.theory.shift)).toBeLessThan(1e-6);
  expect(shift).toBeGreaterThan(solution.wanted.shift - 1e-6);
});

it.each([
  ["table", /^ {2}keep 0\.8 is the smallest that gives Δ ≥ 0\.8\.\n(.*\n)+ {2}p {10}0\.8 /],
  ["ndjson", /^\{"schema":"vshift\.solution\/1".*\}\n$/],
  ["csv", /^symbol,name,value,formula,substituted,source\nΔ₀,/],
  ["markdown", /^## keep 0\.8 is the smallest that gives Δ ≥ 0\.8\.\n\n\| {2}\| value \| what \|/],
])("solve has the format %s", async (format, look) => {
  expect((await solve(`--shift 0.8 --solve-for keep --format ${format}`)).stdout).toMatch(look);
});

it("what is solved for takes the place of what the configuration file says of it", async () => {
  const config = join(folder(), "scenario.json");
  writeFileSync(config, '{ "drop": 0.5, "mean": 1 }');
  const { stdout } = await solve(`--shift 0.8 --solve-for keep --config ${config}`);
  expect(JSON.parse(stdout).value).toBeCloseTo(8 / 9, 14);
});

it.each([
  [
    "--shift 0.9 --solve-for keep --noise spatial",
    "--noise: spatial has no formula that can be inverted; choose another --noise",
  ],
  [
    "--shift 0.9 --solve-for alignment --noise alpha",
    "--noise: alpha has no formula that can be inverted; choose another --noise",
  ],
  ["--shift 0.9 --solve-for keep --noise none", "--noise: none does not have a strength to solve for"],
  ["--shift 0.9 --solve-for keep --scaling classic", "--scaling: classic has the same answer as inverted dropout"],
  ["--shift 0.8", "--solve-for: is missing; choose what to solve for, one of keep, drop, beta, width, alignment"],
  ["--solve-for keep", "--shift: is missing; give the Δ to reach, such as 0.9"],
  [
    "--shift 1.2 --solve-for keep",
    "--shift: 1.2 is not a variance shift, above 0 and at most 1; try 0.9, because noise only adds",
  ],
  ["--shift much --solve-for keep", '--shift: "much" is not a number above 0 and up to 1'],
  [
    "--shift 0.8 --solve-for keep --drop 0.5",
    "--drop: 0.5 sets what --solve-for keep solves for; leave one of them out",
  ],
  ["--shift 0.8 --solve-for width --d 8", "--d: 8 sets what --solve-for width solves for"],
  ["--shift 0.8 --solve-for beta", "--noise: bernoulli does not have a half width β; use --noise uout"],
  [
    "--shift 0.8 --solve-for width",
    "--shift: 0.8 is impossible, because Δ does not depend on a width without a linear layer; add --layer",
  ],
  [
    "--shift 0.8 --solve-for width --layer linear",
    "--shift: 0.8 is impossible, because Δ is 0.5 with any weights: the units are uncorrelated (ρ = 0); give a --rho",
  ],
  [
    `--shift 0.9 --solve-for alignment --d 16 ${LINEAR}`,
    "--shift: 0.9 is impossible, because it needs an alignment of 41, above the width 16",
  ],
  [
    `--shift 0.99999 --solve-for width ${LINEAR} --weight-mean 0.1`,
    "even 262144 units, the widest layer, give Δ = 0.998",
  ],
])("solve %s is refused in one line", async (line, says) => {
  const { code, stdout, stderr } = await solve(line);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^vshift: [^\n]+\n$/);
  expect(stderr).toContain(says);
});

it("solve --solve-for anything else is refused with what there is", async () => {
  const { code, stderr } = await solve("--shift 0.8 --solve-for rho");
  expect(code).toBe(2);
  expect(stderr).toContain('--solve-for: "rho" is not one of keep, drop, beta, width, alignment; choose one of these');
});
