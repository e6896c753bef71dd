import { fc, test as property } from "@fast-check/vitest";
import { mean, sampleVariance, variance } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { createBatchNorm, followedBy, viewAfter } from "../../src/forward/batch-norm.ts";
import type { ChannelSums } from "../../src/forward/probe.ts";
import { referenceKernel as kernel } from "../../src/kernel/reference.ts";
import { defineScenario } from "../../src/scenario/define.ts";

const CHANNELS = 3;
const BATCH = 5;

/** Mini-batches of channels of samples. */
const batches = fc.array(
  fc.array(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: BATCH, maxLength: BATCH }), {
    minLength: CHANNELS,
    maxLength: CHANNELS,
  }),
  { minLength: 1, maxLength: 6 },
);

function sumsOf(batch: readonly number[][]): ChannelSums {
  const sums = batch.flatMap((row) => [
    row.reduce((total, x) => total + x, 0),
    row.reduce((total, x) => total + x * x, 0),
  ]);
  return { masks: 1, sums: Float64Array.from(sums) };
}

/** In units of the input. */
const OFFSETS = Float64Array.of(0, 1, -2);
const UNIT = 1.5;
const SCALE = { units: { train: UNIT, test: UNIT }, offsets: OFFSETS };

/** A layer as its documentation says: one channel's statistics after these batches. */
function running(rows: number[][], { weight, biased }: { weight: number; biased: boolean }) {
  let runningMean = 0;
  let runningVariance = 1;
  for (const row of rows) {
    runningMean = (1 - weight) * runningMean + weight * mean(row);
    runningVariance = (1 - weight) * runningVariance + weight * (biased ? variance(row) : sampleVariance(row));
  }
  return { runningMean, runningVariance };
}

describe("running statistics follow the preset's rule", () => {
  property.prop([batches, fc.constantFrom("torch", "keras", "onnx")])("whatever the data", (data, preset) => {
    const rules = { torch: [0.1, false], keras: [0.01, true], onnx: [0.1, true] } as const;
    const [weight, biased] = rules[preset];
    const scenario = defineScenario({ preset, batchSize: BATCH });
    const layer = createBatchNorm(kernel, scenario, SCALE);
    for (const batch of data) layer.take({ train: [sumsOf(batch)], test: sumsOf(batch) });
    const view = viewAfter(layer.finish(), scenario.epsilon);
    const expected = Array.from({ length: CHANNELS }, (_, channel) =>
      running(
        data.map((batch) => (batch[channel] ?? []).map((x) => UNIT * x + (OFFSETS[channel] ?? Number.NaN))),
        { weight, biased },
      ),
    );
    // Values up to 8 and their squares, summed in double precision.
    expect(view.runningMean).toBeCloseTo(mean(expected.map((one) => one.runningMean)), 11);
    expect(view.runningVariance).toBeCloseTo(mean(expected.map((one) => one.runningVariance)), 11);
  });
});

property.prop([batches, batches])("two runs one after the other are one run", (first, second) => {
  const scenario = defineScenario({ batchSize: BATCH });
  const layer = createBatchNorm(kernel, scenario, SCALE);
  const apart = [first, second].map((data) => {
    for (const batch of data) layer.take({ train: [sumsOf(batch)], test: sumsOf(batch) });
    return layer.finish();
  });
  const whole = createBatchNorm(kernel, scenario, SCALE);
  for (const batch of [...first, ...second]) whole.take({ train: [sumsOf(batch)], test: sumsOf(batch) });
  const [a, b] = apart;
  if (a === undefined || b === undefined) throw new Error("two runs were made");
  const joined = viewAfter(followedBy(a, b), scenario.epsilon);
  const expected = viewAfter(whole.finish(), scenario.epsilon);
  for (const name of ["runningMean", "runningVariance", "outputMean", "outputVariance"] as const) {
    // Only the order of a handful of additions differs.
    expect(joined[name]).toBeCloseTo(expected[name], 11);
  }
});

test("what is handed on in test is normalised by the running statistics, not by the batch's", () => {
  const scenario = defineScenario({ batchSize: 4, momentum: 0.5, epsilon: 0.25 });
  const layer = createBatchNorm(kernel, scenario, { units: { train: 1, test: 1 }, offsets: Float64Array.of(10) });
  const train = sumsOf([[-3, -1, 1, 3]]);
  const clean = sumsOf([[0, 2, 0, 2]]);
  layer.take({ train: [train], test: clean });
  const view = viewAfter(layer.finish(), scenario.epsilon);
  // mean 10 → running 5; unbiased variance 20/3 → running 1/2 + 10/3; test mean 11, unbiased variance 4/3.
  expect(view.runningMean).toBeCloseTo(5, 12);
  expect(view.runningVariance).toBeCloseTo(23 / 6, 12);
  expect(view.outputMean).toBeCloseTo((11 - 5) / Math.sqrt(23 / 6 + 0.25), 12);
  expect(view.outputVariance).toBeCloseTo(4 / 3 / (23 / 6 + 0.25), 12);
  expect(view.runningShift).toBeCloseTo(4 / 3 / (23 / 6), 12);
});

test("masks count alike in the variance of training, and the running statistics see the first alone", () => {
  const scenario = defineScenario({ batchSize: 4, momentum: 1 });
  const layer = createBatchNorm(kernel, scenario, { units: { train: 3, test: 1 }, offsets: Float64Array.of(0) });
  const first = sumsOf([[0, 2, 0, 2]]);
  const second = sumsOf([[0, 4, 0, 4]]);
  // Unbiased variances 4/3 and 16/3, in units of 3.
  expect(layer.take({ train: [first, second], test: first }).train).toBeCloseTo((9 * (4 / 3 + 16 / 3)) / 2, 12);
  expect(viewAfter(layer.finish(), scenario.epsilon).runningVariance).toBeCloseTo((9 * 4) / 3, 12);
  // Two more in one: Σy 4 and 8, and Σy² 8 + 32 of both.
  const both = { masks: 2, sums: Float64Array.of(4, 8, 40) };
  expect(layer.take({ train: [first, both], test: first }).train).toBeCloseTo((9 * (4 / 3 + 4 / 3 + 16 / 3)) / 3, 12);
});
