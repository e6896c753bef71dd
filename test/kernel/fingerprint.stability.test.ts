import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createBlockRunner } from "../../src/experiment/block.ts";
import { KERNEL_FINGERPRINT } from "../../src/kernel/fingerprint.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";

/** Every path through the kernel, with widths and batches that fill no group of lanes. */
const scenarios: readonly ScenarioInput[] = [
  { width: 13, batchSize: 5 },
  { width: 3, batchSize: 300, keep: 0.9, mean: 2, variance: 3 },
  { width: 13, batchSize: 7, rho: 0.4, activation: "relu", mean: 0.3 },
  { width: 13, batchSize: 7, rho: -0.05, noise: "gaussian", mean: 1 },
  { width: 5, batchSize: 9, activation: "uniform", rho: 0.2, noise: "uout" },
  { width: 5, batchSize: 9, activation: "lognormal", noise: "uout", beta: 0.7 },
  { width: 37, batchSize: 10, layer: "linear", neurons: 3, weightMean: 0.5 },
  { width: 37, batchSize: 270, layer: "linear", neurons: 5, alignment: 4, activation: "relu" },
  { width: 6, batchSize: 4, layer: "linear", neurons: 1, weights: "uniform" },
  { width: 6, batchSize: 4, layer: "linear", neurons: 2, weights: "constant", keep: 1 },
];

test("the kernel draws the bits that its fingerprint names", () => {
  const results = scenarios.map((input) => {
    const run = createBlockRunner(referenceKernel, defineScenario({ ...input, seed: "fingerprint" }));
    return [0, 7].map((block) => {
      const { sums, batchNorm } = run({ block, batches: 3 });
      return {
        sums,
        ...batchNorm,
        runningMean: [...batchNorm.runningMean],
        runningVariance: [...batchNorm.runningVariance],
      };
    });
  });
  const digest = createHash("sha256").update(JSON.stringify(results)).digest("hex");
  // A change here is a change of every result: value-breaking, to be announced in CHANGELOG.md.
  expect(digest).toBe(KERNEL_FINGERPRINT);
});
