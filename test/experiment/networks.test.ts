import { afterAll, describe, expect, it } from "vitest";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { measure } from "../../src/experiment/measure.ts";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import { createFaultFinder } from "../../src/experiment/record-faults.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { ndjson } from "../../src/report/json.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { networkText } from "../../src/scenario/network-text.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { createThreaded } from "./threaded.ts";

const inline = createInlineExecutor(createKernel);
const threaded = createThreaded();
afterAll(threaded.close);

const measured = (input: ScenarioInput) => measure(defineScenario(input), { executor: inline });

/** Every layer and every noise of the notation, with maps and without. */
const NETWORKS = [
  "input(3x6x6, relu, rho=0.1) conv(8, 3) repeat(2, residual(bn relu conv(8, 3) dropout2d(0.2) bn elu conv(8, 3) droppath(0.2))) bn",
  "input(4x5x7) dropblock(0.2, 2) cutout(2) conv(8, 3, stride=2, groups=2) layernorm gelu maxpool(2) flatten linear(5) silu",
  "input(4x12, uniform) conv(6, 3, padding=0, alignment=3) groupnorm(2) tanh concat(gaussiannoise(0.3) leakyrelu(0.1)) avgpool(2) bn avgpool linear(4, xavier)",
  "input(16, lognormal) dropconnect(0.3) linear(12, mean=0.1) sigmoid uout(0.4) linear(9, constant) alphadropout(0.2) bn as end identity gaussiandropout(0.3) mask(0.2, unscaled)",
];
const SMALL = { batchSize: 12, batches: 8 } as const;

describe.each(NETWORKS)("%s", (network) => {
  it("has the same bytes on one thread and on three, and on the reference kernel", async () => {
    const scenario = defineScenario({ network, ...SMALL });
    const lines = async (executor = inline) => (await measure(scenario, { executor })).map(ndjson);
    const own = await lines();
    expect(await lines(threaded)).toEqual(own);
    expect(await lines(createInlineExecutor(() => referenceKernel))).toEqual(own);
  });

  it("has records that add up, and no others", async () => {
    const findFault = createFaultFinder();
    for (const record of await measured({ network, ...SMALL })) {
      const asked = defineScenario({ network, ...SMALL });
      expect(findFault(record, asked)).toBeUndefined();
      // A negative control.
      const { sums } = record;
      expect(findFault({ ...record, sums: { ...sums, test: sums.test * 1.01 } }, asked)).toMatch(/./);
    }
  });
});

const sumsOf = (records: readonly ShiftRecord[]) => records.map(({ sums, outputs }) => ({ sums, outputs }));

it.each<ScenarioInput>([
  { keep: 0.7 },
  { connection: "residual", noise: "gaussian" },
  { nonlinearity: "gelu", noiseAt: "last", norm: "layer", normAt: "2" },
  { noise: "dropconnect", statistics: "reestimated" },
  { noise: "alpha", norm: "group", groups: 4, statistics: "reestimated-noisy", noiseInTest: "on" },
])("the text of a stack %j draws and measures what the stack does", async (fields) => {
  const stack = { depth: 3, width: 24, batchSize: 32, batches: 16, ...fields } as const;
  const { statistics, noiseInTest } = stack as ScenarioInput;
  const network = networkText(defineScenario(stack));
  const own = await measured({ network, batchSize: 32, batches: 16, statistics, noiseInTest });
  expect(sumsOf(own)).toEqual(sumsOf(await measured(stack)));
  // A negative control: another seed draws something else.
  expect(
    sumsOf(await measured({ network, batchSize: 32, batches: 16, statistics, noiseInTest, seed: "other" })),
  ).not.toEqual(sumsOf(own));
});

it("leaving out a noise redraws nothing of the others", async () => {
  const [withNoise] = await measured({
    network: "input(24) dropout(0.3) linear(24) bn dropout(0.2) linear(8) bn",
    ...SMALL,
  });
  const [without] = await measured({ network: "input(24) dropout(0.3) linear(24) bn linear(8) bn", ...SMALL });
  expect(without.sums).toEqual(withNoise.sums);
});

it("nor of another noise in front of the same layer", async () => {
  const [, withNoise] = await measured({ network: "input(24) dropout(0) bn dropout(0.2) linear(8) bn", ...SMALL });
  const [, without] = await measured({ network: "input(24) bn dropout(0.2) linear(8) bn", ...SMALL });
  expect(without?.sums).toEqual(withNoise?.sums);
  // A negative control.
  const [, other] = await measured({ network: "input(24) bn dropout(0.2) relu linear(8) bn", ...SMALL });
  expect(other?.sums).not.toEqual(without?.sums);
});

it("with the noise on at test time both phases are alike, by theory and as measured", async () => {
  const network = "input(64, relu) linear(64) bn relu dropout(0.3) linear(64) bn";
  const records = await measured({ network, noiseInTest: "on" });
  for (const { theory, measured: seen } of records) {
    expect(theory).toMatchObject({ shift: 1, meanShift: 0 });
    expect(Math.abs(seen.shift - 1)).toBeLessThan(0.02);
  }
  // A negative control.
  const [, last] = await measured({ network });
  expect(last?.measured.shift).toBeLessThan(0.7);
});

it("statistics that are estimated again without noise leave no shift at a norm", async () => {
  const network = "input(64, relu) linear(64) bn relu dropout(0.3) linear(64) bn relu linear(64)";
  const records = await measured({ network, statistics: "reestimated" });
  const [, second, output] = records;
  expect(second?.theory?.shift).toBe(1);
  expect(Math.abs((second?.measured.shift ?? 0) - 1)).toBeLessThan(0.02);
  expect(output?.theory?.shift).toBe(1);
});

it("a network that ends in a norm has no outputs to compare, and another one has", async () => {
  const ends = await Promise.all(
    ["", " linear(4)"].map((end) =>
      measured({ network: `input(16) dropout(0.5) linear(16) bn relu${end === "" ? " bn" : end}`, ...SMALL }),
    ),
  );
  expect(ends.map((records) => records.at(-1)?.outputs === null)).toEqual([true, false]);
});

it("where theory ends there is a reason, and what is measured counts", async () => {
  const [record] = await measured({ network: "input(4x6x6) dropout(0.3) maxpool(2) bn", ...SMALL });
  expect(record).toMatchObject({
    theory: null,
    theoryReason: "maxpool at 27: max-pool after noise has no closed form; measured only",
    agreement: { deviation: null, verdict: "inconclusive" },
  });
  expect(record.measured.shift).toBeGreaterThan(0);
});

it("a network in which nothing varies is refused", async () => {
  const dead = measured({ network: "input(8, uniform, mean=-5) dropout(0.5) relu bn", ...SMALL });
  await expect(dead).rejects.toMatchObject({ field: "network", problem: "leaves no variance at BN" });
});

it("values that leave single precision are refused, and no record has one", async () => {
  // Channels that were dropped in all of training have a variance of 0, which each norm divides by.
  const network = "input(32, relu) concat(dropout(0.9)) repeat(9, bn)";
  const huge = measured({ network, batchSize: 4, batches: 8, noiseInTest: "on" });
  await expect(huge).rejects.toMatchObject({ problem: expect.stringContaining("beyond single precision") });
});

it("values beyond single precision never look like no shift", async () => {
  // Each layer makes them 48 times as large.
  const network = "input(16) repeat(40, residual(linear(16, mean=3))) dropout(0.5) linear(4) bn";
  await expect(measured({ network, ...SMALL })).rejects.toMatchObject({
    problem: "has values beyond single precision at BN",
  });
});

it("a norm of samples receives the noise of training, whatever statistics others have", async () => {
  const network = "input(64) dropout(0.5) layernorm relu linear(64) bn";
  const [first, second] = await measured({ network, statistics: "reestimated" });
  expect(first.theory?.shift).toBeCloseTo(0.5, 6);
  expect(Math.abs(first.measured.shift - 0.5)).toBeLessThan(0.02);
  expect(second?.theory?.shift).toBeCloseTo(1, 6);
});

it("a dead channel at the output has no mean shift that is not a number", async () => {
  const [output] = await measured({ network: "input(4, mean=10) linear(64) relu dropout(0.3)", ...SMALL });
  expect(Number.isFinite(output.measured.meanShift)).toBe(true);
  expect(JSON.stringify(output)).not.toContain('"meanShift":null');
});

it("records of many channels behind few units add up", async () => {
  const findFault = createFaultFinder();
  const asked = { network: "input(1) linear(20000) bn relu dropout(0.3) bn", batchSize: 5, batches: 8, seed: "1" };
  for (const record of await measured(asked)) expect(findFault(record, defineScenario(asked))).toBeUndefined();
});

it("few inputs before a function are allowed for", async () => {
  for (const units of [2, 4, 8]) {
    const network = `input(${units}, mean=1) dropout(0.5) linear(1024) relu bn`;
    const [record] = await measured({ network, batches: 16 });
    expect(record.agreement.verdict).not.toBe("disagrees");
  }
});
