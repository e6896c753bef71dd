import { describe, expect, test } from "vitest";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { recordSums } from "../../src/experiment/reading.ts";
import { addSums } from "../../src/experiment/sums.ts";
import { simulate, VshiftError } from "../../src/index.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { zOf } from "./measured.ts";
import { measureOne, runnerOf } from "./measured-one.ts";
import { simulateOne } from "./simulate-one.ts";

describe("without noise Δ is 1, exactly", () => {
  test.each<ScenarioInput>([
    { keep: 1 },
    { drop: 0, mean: 1000, activation: "relu" },
    { noise: "gaussian", relativeVariance: 0, layer: "linear", neurons: 3, rho: 0.5 },
    { noise: "uout", beta: 0, activation: "lognormal" },
  ])("%o", async (input) => {
    const { theory, measured, agreement } = await simulateOne({ width: 24, samples: 4096, ...input });
    expect(theory.shift).toBe(1);
    expect(measured).toMatchObject({ shift: 1, standardError: 0, interval: [1, 1] });
    expect(agreement).toMatchObject({ deviation: 0, verdict: "agrees" });
  });
});

// 4.9 standard errors: one false alarm in 10⁶ for each of the comparisons below; seeds are fixed.
const LIMIT = 4.9;

test("width 512, ρ 0.2, a ReLU's moments and the alignment of a trained ResNeXt give .719, in theory and measured", async () => {
  // E max(0, z) = 1/√(2π), Var = 1/2 − 1/(2π); Li et al. 2019, table 1, CIFAR-100.
  const record = await simulateOne({
    mean: 1 / Math.sqrt(2 * Math.PI),
    variance: 1 / 2 - 1 / (2 * Math.PI),
    rho: 0.2,
    width: 512,
    layer: "linear",
    neurons: 16,
    alignment: 14.72835,
    samples: 12_800,
  });
  expect(record.theory.shift).toBeCloseTo(0.719, 3);
  expect(Math.abs(zOf(record.measured, record.theory.shift))).toBeLessThan(LIMIT);
  expect(record.measured.standardError).toBeLessThan(0.003);
});

test("zero-mean weights get no help from width: Δ stays that of noise alone", async () => {
  for (const width of [32, 512]) {
    // An alignment of 1 is what zero-mean weights have on average at every width.
    const record = await simulateOne({ width, rho: 0.2, layer: "linear", neurons: 8, alignment: 1, samples: 6400 });
    expect(record.theory.shift).toBeCloseTo(0.5, 6);
    expect(Math.abs(zOf(record.measured, record.theory.shift))).toBeLessThan(LIMIT);
  }
  const leaning = await simulateOne({
    width: 512,
    rho: 0.2,
    layer: "linear",
    neurons: 8,
    weightMean: 1,
    samples: 6400,
  });
  expect(leaning.theory.shift).toBeGreaterThan(0.95);
  expect(Math.abs(zOf(leaning.measured, leaning.theory.shift))).toBeLessThan(LIMIT);
});

describe("draws depend on what is drawn, and on nothing else", () => {
  const base: ScenarioInput = { width: 16, batchSize: 32, samples: 4096 };

  test("not on how the result is read", async () => {
    const { sums } = await simulate(base);
    const other = await simulate({
      ...base,
      preset: "keras",
      tolerance: 0.1,
      confidence: 0.5,
      epsilon: 0.1,
      momentum: 0.5,
    });
    expect(other.sums).toEqual(sums);
  });

  test("a longer run begins with the shorter one", async () => {
    const wide: ScenarioInput = { ...base, width: 32_768, samples: 64 };
    const short = await simulate(wide);
    const long = await simulate({ ...wide, samples: 96 });
    const run = runnerOf(createKernel, defineScenario(wide));
    // A mini-batch of 32 × 32,768 is a block.
    expect(long.sums).toEqual(recordSums(addSums(short.sums, run({ block: 2, first: 2, batches: 1 }).sums), null));
  });

  test("on every field that says what is drawn", async () => {
    const changed: ScenarioInput[] = [{ seed: "1" }, { seed: "11" }, { mean: 1e-9 }, { keep: 0.50001 }, { width: 17 }];
    const results = await Promise.all([{}, ...changed].map((change) => simulate({ ...base, ...change })));
    expect(new Set(results.map(({ sums }) => sums.product)).size).toBe(results.length);
  });
});

describe("a run that was asked to stop", () => {
  test("keeps what it measured", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    const record = await simulate({ precision: 1e-6 }, { signal: controller.signal });
    expect(record.measured.batches).toBeGreaterThanOrEqual(2);
    expect(record.measured.samples).toBeLessThan(record.scenario.maxSamples);
  });

  test("rejects with the reason when there is nothing to keep", async () => {
    await expect(simulate({}, { signal: AbortSignal.abort("stop") })).rejects.toBe("stop");
  });
});

describe("what cannot be measured is refused in words", () => {
  test.each<[string, ScenarioInput]>([
    ["samples", { activation: "relu", mean: -4, width: 1, batchSize: 2, samples: 4 }],
    ["rho", { rho: -1 / 7, width: 8, layer: "linear", weights: "constant" }],
    ["rho", { rho: 1, width: 8, layer: "linear", alignment: 0 }],
  ])("%s: %o", async (field, input) => {
    await expect(simulate(input)).rejects.toMatchObject({ name: "VshiftError", field });
    await expect(simulate(input)).rejects.toBeInstanceOf(VshiftError);
  });
});

test("both kernels give the same record", async () => {
  for (const input of [
    { width: 20, rho: 0.3 },
    { width: 20, layer: "linear", neurons: 5, activation: "relu" },
  ] as const) {
    const scenario = defineScenario({ ...input, samples: 5120 });
    const [fast, readable] = await Promise.all(
      [createKernel, () => referenceKernel].map((kernel) =>
        measureOne(scenario, { executor: createInlineExecutor(kernel) }),
      ),
    );
    expect(JSON.stringify(fast)).toBe(JSON.stringify(readable));
  }
});

test("no number in a record is lost to JSON", async () => {
  const extremes: ScenarioInput[] = [
    { width: 1, batchSize: 2, samples: 64, keep: 0.5, momentum: 1, activation: "relu", mean: -0.5 },
    { width: 1, batchSize: 2, samples: 4, confidence: 0.999999 },
    { variance: 1e12, mean: -1e9, width: 8, samples: 512 },
    { variance: 1e-12, mean: 1e-12, width: 8, samples: 512, layer: "linear" },
  ];
  for (const input of extremes) {
    const record = await simulate(input);
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  }
});

test("a noise too weak for single precision is no exact ratio, and no disagreement", async () => {
  const record = await simulate({ noise: "uout", beta: 1e-6, samples: 2560, width: 64 });
  expect(record.measured.standardError).toBeGreaterThan(0);
  expect(record.agreement.verdict).toBe("agrees");
});

test("a drop rate that makes no difference takes no more draws than none", async () => {
  const [least, none] = await Promise.all(
    [1e-9, 0].map((drop) => simulate({ drop, width: 16, batchSize: 32, masks: "independent" })),
  );
  expect(least?.agreement.verdict).toBe("agrees");
  expect(least?.measured.samples).toBe(none?.measured.samples);
});
