import { median } from "simple-statistics";
import { expect, it } from "vitest";
import { createInlineExecutor } from "../../../src/executor/inline.ts";
import { estimate } from "../../../src/experiment/estimate.ts";
import { forecast, likelyBatches } from "../../../src/experiment/plan/forecast.ts";
import { planOf } from "../../../src/experiment/plan/plan.ts";
import { createKernel } from "../../../src/kernel/fastest.ts";
import { defineScenario } from "../../../src/scenario/define.ts";
import { gridOf } from "../../../src/scenario/grid.ts";
import type { ScenarioInput } from "../../../src/scenario/scenario.ts";
import { measureOne } from "../measured-one.ts";

/** Far more tolerant than precise, so that the verdict is settled when the interval is as narrow as asked. */
const PLAIN = { batchSize: 64, precision: 0.004, tolerance: 0.2 } as const;
const LINEAR = { ...PLAIN, layer: "linear", neurons: 32 } as const;

it.each<ScenarioInput>([
  { ...PLAIN, width: 8 },
  { ...PLAIN, width: 8, keep: 0.8, mean: 1 },
  { ...PLAIN, width: 64, rho: 0.2 },
  { ...PLAIN, width: 16, precision: 0.01, masks: "independent", keep: 0.3 },
  { ...PLAIN, width: 16, activation: "relu" },
  { ...LINEAR, width: 64, alignment: 1 },
  { ...LINEAR, width: 64, alignment: 1, keep: 0.1 },
  { ...LINEAR, width: 64, alignment: 8, rho: 0.2 },
  { ...LINEAR, width: 512, alignment: 8, rho: 0.2, keep: 0.3 },
  { ...LINEAR, width: 256, alignment: 1, rho: 0.2, keep: 0.7 },
  { ...LINEAR, width: 64, weightMean: 0.3, rho: 0.1, keep: 0.2 },
  { ...LINEAR, width: 64, weights: "constant", rho: 0.1 },
  { ...LINEAR, width: 64, noise: "gaussian", relativeVariance: 1 },
  { ...LINEAR, width: 64, activation: "relu", mean: 0.5, keep: 0.4 },
  { ...PLAIN, width: 64, noise: "spatial", channelSize: 16, keep: 0.8, mean: 1, masks: "independent" },
  { ...PLAIN, width: 64, noise: "spatial", channelSize: 8, keep: 0.3 },
  { ...PLAIN, width: 16, noise: "alpha", keep: 0.8 },
  { ...PLAIN, width: 16, noise: "alpha", mean: 1 },
  { ...LINEAR, width: 64, noise: "spatial", channelSize: 16, alignment: 1, keep: 0.8, masks: "independent" },
  { ...LINEAR, width: 64, noise: "spatial", channelSize: 4, alignment: 8, mean: 0.5 },
  { ...LINEAR, width: 64, noise: "alpha", keep: 0.7, alignment: 1 },
  { ...LINEAR, width: 64, noise: "dropconnect", precision: 0.01 },
  { ...LINEAR, width: 64, noise: "dropconnect", keep: 0.2, precision: 0.01 },
])("the mini-batches of %o are forecast within a factor of 2.5", async (input) => {
  // One run may be lucky at a look, or not: the middle of three.
  const runs: number[] = [];
  for (const seed of ["a", "b", "c"]) {
    const { measured } = await measureOne(defineScenario({ ...input, seed }), {
      executor: createInlineExecutor(createKernel),
    });
    runs.push(measured.batches);
  }
  const { batches } = forecast(defineScenario(input));
  const drawn = median(runs);
  expect(drawn / batches, `${runs} drawn, ${batches} forecast`).toBeLessThan(2.5);
  expect(drawn / batches, `${runs} drawn, ${batches} forecast`).toBeGreaterThan(1 / 2.5);
});

it("the mini-batches of a sweep whose tolerance is its precision are forecast within a factor of 2.5, in all", async () => {
  const grid = gridOf({
    keep: "0.3:0.9:0.2",
    width: 64,
    rho: [0, 0.2],
    layer: "linear",
    neurons: 64,
    alignment: [1, 8],
  });
  const executor = createInlineExecutor(createKernel);
  let drawn = 0;
  let expected = 0;
  for (let index = 0; index < grid.size; index++) {
    const scenario = grid.cell(index);
    expected += forecast(scenario).batches;
    drawn += (await measureOne(scenario, { executor })).measured.batches;
  }
  expect(drawn / expected, `${drawn} drawn, ${expected} forecast`).toBeLessThan(2.5);
  expect(drawn / expected, `${drawn} drawn, ${expected} forecast`).toBeGreaterThan(1 / 2.5);
});

it.each<ScenarioInput>([{ samples: 25_600 }, { samples: 25_600, layer: "linear", keep: 1 }, { samples: 512 }])(
  "those of %o are known",
  (input) => {
    expect(forecast(defineScenario(input)).batches).toBe(Math.ceil((input.samples ?? Number.NaN) / 256));
  },
);

it("a run that takes more than its budget is forecast to spend it", () => {
  expect(forecast(defineScenario({ masks: "independent", precision: 1e-5, maxSamples: 1_000_000 })).batches).toBe(
    Math.ceil(1e6 / 256),
  );
});

it("a run on its way is forecast to its end, where the next interim analysis lies far before it", async () => {
  const scenario = defineScenario({ ...PLAIN, width: 8, keep: 0.7, mean: 1, precision: 0.0005 });
  const seen: { readonly batches: number; readonly likely: number; readonly target: number }[] = [];
  const { measured } = await measureOne(scenario, {
    executor: createInlineExecutor(createKernel),
    onProgress(progress) {
      if (progress.kind !== "batches") throw new Error("both phases are one pass");
      const { sums, target } = progress;
      const likely = likelyBatches(scenario, planOf(scenario), { batches: sums.n, target, estimate: estimate(sums) });
      seen.push({ batches: sums.n, likely, target });
    },
  });
  // The squared error after 300 mini-batches has a relative standard error of √(2/300) = 8 %: three of them and the margin of 5 % are
  // 29 %.
  const later = seen.filter(({ batches }) => batches >= 300);
  expect(later.length).toBeGreaterThan(5);
  for (const { likely, batches } of later) {
    expect(measured.batches / likely, `${likely} after ${batches}, ${measured.batches} in all`).toBeLessThan(1.35);
    expect(measured.batches / likely, `${likely} after ${batches}, ${measured.batches} in all`).toBeGreaterThan(
      1 / 1.35,
    );
  }
  expect(Math.min(...later.map(({ target }) => target))).toBeLessThan(measured.batches / 2);
});

it("a given number of samples is forecast as it is, and a run is never forecast beyond its budget", () => {
  const wide = { trainVariance: 1, testVariance: 1, shift: 1, relativeError: 1, degreesOfFreedom: 31 };
  const likely = (input: ScenarioInput, relativeError: number) => {
    const scenario = defineScenario(input);
    const at = { batches: 32, target: 64, estimate: { ...wide, relativeError } };
    return likelyBatches(scenario, planOf(scenario), at);
  };
  expect(likely({ samples: 64 * 256 }, 1)).toBe(64);
  expect(likely({ maxSamples: 256_000 }, 1)).toBe(1000);
  expect(likely({}, 1e-9)).toBe(64);
});
