import type { Kernel } from "../kernel/kernel.ts";
import { referenceKernel } from "../kernel/reference.ts";
import { type BatchNormRun, createBatchNorm } from "../layers/batch-norm.ts";
import { createLinearProbe } from "../layers/linear.ts";
import { networkBytes } from "../layers/memory.ts";
import { createForward } from "../layers/network.ts";
import { createNoise } from "../layers/noise.ts";
import { createDirectProbe } from "../layers/probe.ts";
import { createSampler } from "../layers/sampler.ts";
import { drawWeights, type Weights, weightSums } from "../layers/weights.ts";
import { drawKey } from "../random/key.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { addSums, NO_SUMS, type Sums, sumsOf } from "./sums.ts";

/** A block of mini-batches to draw: the unit of work that threads and machines share. */
export interface BlockTask {
  readonly block: number;
  readonly batches: number;
}

export interface BlockResult {
  readonly block: number;
  readonly sums: Sums;
  readonly batchNorm: BatchNormRun;
}

/** The weights that a scenario's linear layer has in every block; undefined without one. */
export function weightsOf(scenario: Scenario): Weights | undefined {
  return drawWeights(referenceKernel, scenario, drawKey(scenario));
}

/** Makes a kernel whose arrays may take so many bytes. */
export type KernelFactory = (bytes: number) => Kernel;

/** Builds the scenario's network once; what it returns draws any of its blocks, in any order. */
export function createBlockRunner(createKernel: KernelFactory, scenario: Scenario): (task: BlockTask) => BlockResult {
  const kernel = createKernel(networkBytes(scenario));
  const key = drawKey(scenario);
  const { width, batchSize } = scenario;
  const sampler = createSampler(kernel, scenario);
  const noise = createNoise(kernel, scenario);
  const weights = drawWeights(kernel, scenario, key);
  const probe = weights === undefined ? createDirectProbe(kernel, width) : createLinearProbe(kernel, weights);
  const forward = createForward({ kernel, width, batchSize, sampler, noise, probe });
  // What a constant 1 at the input becomes in each channel.
  const gains = weights === undefined ? new Array<number>(width).fill(1) : weightSums(weights).map(({ sum }) => sum);
  const offsets = Float64Array.from(gains, (gain) => gain * sampler.centre);
  const batchNorm = createBatchNorm(scenario, { unit: sampler.unit, offsets });
  const phases = { train: kernel.doubles(2 * probe.channels), test: kernel.doubles(2 * probe.channels) };
  return ({ block, batches }) => {
    let sums = NO_SUMS;
    for (let batch = 0; batch < batches; batch++) {
      phases.train.fill(0);
      phases.test.fill(0);
      forward({ key, block, batch }, phases);
      sums = addSums(sums, sumsOf(batchNorm.take(phases)));
    }
    return { block, sums, batchNorm: batchNorm.finish() };
  };
}
