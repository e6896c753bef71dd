import { mean } from "simple-statistics";
import { expect, test } from "vitest";
import type { KernelFactory } from "../../src/experiment/block.ts";
import type { Floats } from "../../src/forward/batch-norm.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { runnerOf } from "../experiment/measured-one.ts";
import { simdKernel } from "../kernel/simd-kernel.ts";

/** Widths and batches that fill no group of lanes, and channels that no stage ends with. */
const KINDS: readonly ScenarioInput[] = [
  { noise: "spatial", channelSize: 3, width: 37, batchSize: 300, keep: 0.8, mean: 1 },
  { noise: "spatial", channelSize: 5, width: 37, batchSize: 9, layer: "linear", neurons: 3 },
  { noise: "dropconnect", width: 37, batchSize: 300, layer: "linear", neurons: 3, keep: 0.8, mean: 1 },
  { noise: "dropconnect", width: 13, batchSize: 9, layer: "linear", neurons: 5 },
  { noise: "alpha", width: 13, batchSize: 9, keep: 0.8, mean: -1, variance: 2 },
  { noise: "alpha", width: 37, batchSize: 9, layer: "linear", neurons: 3, activation: "relu" },
  { scaling: "classic", width: 13, batchSize: 9, layer: "linear", neurons: 3, mean: 1 },
  { noise: "none", width: 13, batchSize: 9 },
  // By scatter matrices, in one tile and in several.
  { width: 37, batchSize: 203, layer: "linear", neurons: 61, mean: 0.5, masks: "independent" },
  { width: 24, batchSize: 300, layer: "linear", neurons: 90, keep: 0.8, activation: "relu" },
  { noise: "spatial", channelSize: 5, width: 21, batchSize: 64, layer: "linear", neurons: 70, activation: "uniform" },
];

const blockWith = (createKernel: KernelFactory, input: ScenarioInput) =>
  runnerOf(createKernel, defineScenario(input))({ block: 0, first: 0, batches: 3 });

test.each(KINDS)("the SIMD kernel draws and measures the reference's bits, %o", (input) => {
  expect(blockWith(simdKernel, input)).toEqual(blockWith(() => referenceKernel, input));
});

test("no noise is dropout that keeps all, but for its draws: both phases are the same to the bit", () => {
  const { sums } = blockWith(simdKernel, { noise: "none", width: 13, layer: "linear", neurons: 3 });
  expect(sums.train).toBe(sums.test);
});

test("classic dropout's running mean and variance are those of inputs times keep", () => {
  const input = { width: 16, keep: 0.5, mean: 3, seed: "classic" } as const;
  const { runningMean, runningVariance } = blockWith(simdKernel, { ...input, scaling: "classic" }).batchNorm;
  const average = (values: Floats) => mean([...values]);
  // From 0 and 1 in three steps of momentum 0.1, 0.271 of the way to keep·c and keep²·(v + σ²(v + c²)); 3·16·256 draws and more.
  expect(average(runningMean) / 0.271).toBeCloseTo(1.5, 1);
  expect(average(runningVariance) / 0.271 / (0.25 * 11)).toBeCloseTo(1, 1);
});

test("alpha dropout keeps the mean where that is 0, and BN's running statistics with it", () => {
  const { runningMean, runningVariance } = blockWith(simdKernel, { noise: "alpha", width: 64, keep: 0.8 }).batchNorm;
  const average = (values: Floats) => mean([...values]);
  // 3·64·256 draws: standard errors of 0.005 and 0.01.
  expect(average(runningMean) / 0.271).toBeCloseTo(0, 1);
  expect(average(runningVariance) / 0.271).toBeCloseTo(1, 1);
});
