import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { KernelFactory } from "../../src/experiment/block.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { runnerOf } from "../experiment/measured-one.ts";

/** Every path through the kernel, with widths and batches that fill no group of lanes. */
export const EVERY_PATH: readonly ScenarioInput[] = [
  { width: 13, batchSize: 5 },
  { width: 3, batchSize: 300, keep: 0.9, mean: 2, variance: 3 },
  { width: 13, batchSize: 7, rho: 0.4, activation: "relu", mean: 0.3 },
  { width: 13, batchSize: 7, rho: -0.05, noise: "gaussian", mean: 1 },
  { width: 5, batchSize: 9, activation: "uniform", rho: 0.2, noise: "uout" },
  { width: 5, batchSize: 9, activation: "lognormal", noise: "uout", beta: 0.7 },
  { width: 37, batchSize: 10, layer: "linear", neurons: 3, weightMean: 0.5 },
  { width: 37, batchSize: 270, layer: "linear", neurons: 5, alignment: 4, activation: "relu" },
  { width: 6, batchSize: 4, layer: "linear", neurons: 1, weights: "uniform" },
  // Products in single precision, since the weights lean too far or the masks are too rare for 16 bits.
  { width: 70, batchSize: 9, layer: "linear", neurons: 6, weightMean: 20 },
  { width: 70, batchSize: 9, layer: "linear", neurons: 5, keep: 0.01, masks: "independent" },
  // Masks on a circle, and a single one.
  { width: 131, batchSize: 20, layer: "linear", neurons: 9, keep: 0.8, mean: 0.5 },
  { width: 13, batchSize: 5, keep: 0.3, masks: "independent" },
  { width: 6, batchSize: 4, layer: "linear", neurons: 2, weights: "constant", keep: 1 },
  // Masks on a circle without a layer, and scatter matrices of one tile and of several.
  { width: 13, batchSize: 5, keep: 0.8, mean: 0.5, samples: 1000 },
  { width: 21, batchSize: 61, layer: "linear", neurons: 80, keep: 0.8, mean: 0.5, masks: "independent" },
  { width: 10, batchSize: 270, layer: "linear", neurons: 40, mean: 0.5 },
];

/** SHA-256 of what the first and the eighth block of each scenario give with a kernel; works in a browser too. */
export function fingerprintOf(createKernel: KernelFactory): string {
  const results = EVERY_PATH.map((input) => {
    const run = runnerOf(createKernel, defineScenario({ ...input, seed: "fingerprint" }));
    return [0, 7].map((block) => {
      const { sums, batchNorm } = run({ block, first: 3 * block, batches: 3 });
      const { runningMean, runningVariance } = batchNorm;
      return { sums, ...batchNorm, runningMean: [...runningMean], runningVariance: [...runningVariance] };
    });
  });
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(results))));
}
