import { createKernel as createFastestKernel } from "../kernel/fastest.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { referenceKernel } from "../kernel/reference.ts";
import { type BatchNormRun, createBatchNorm } from "../layers/batch-norm.ts";
import { drawWeights } from "../layers/draw-weights.ts";
import { inputKey, noiseKey, weightsKey } from "../layers/key.ts";
import { createLinearProbe } from "../layers/linear.ts";
import { maskPlan } from "../layers/mask-plan.ts";
import { networkBytes } from "../layers/memory.ts";
import { createForward } from "../layers/network.ts";
import { createNoise } from "../layers/noise.ts";
import { noiseForm, pivotCentre } from "../layers/noise-form.ts";
import { createDirectProbe, createPhaseSums } from "../layers/probe.ts";
import { createTestSampler } from "../layers/row-sampler.ts";
import { createSampler } from "../layers/sampler.ts";
import { type Weights, weightSums } from "../layers/weights.ts";
import { type Arrays, NO_ARRAYS } from "../scenario/arrays.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { addSums, NO_SUMS, type Sums, sumsOf } from "./sums.ts";

/** A block of mini-batches to draw: the unit of work that threads and machines share. */
export interface BlockTask {
  readonly block: number;
  /** Number of its first mini-batch. */
  readonly first: number;
  readonly batches: number;
}

export interface BlockResult {
  readonly block: number;
  readonly sums: Sums;
  readonly batchNorm: BatchNormRun;
}

/** The weights that a scenario's linear layer has in every block; undefined without one. */
export function weightsOf(scenario: Scenario, arrays: Arrays = NO_ARRAYS): Weights | undefined {
  const { width, neurons } = scenario;
  const bytes = networkBytes(scenario, 1);
  const isDrawn = scenario.weightsDigest === null;
  const kernel = isDrawn && width * (neurons ?? 0) > MANY_WEIGHTS ? createFastestKernel(bytes) : referenceKernel;
  return drawWeights(kernel, scenario, weightsKey(scenario), arrays);
}

/** Weights that take longer to draw by the reference kernel than another takes to compile. */
const MANY_WEIGHTS = 2 ** 12;

/** Makes a kernel whose arrays may take so many bytes. */
export type KernelFactory = (bytes: number) => Kernel;

/** Draws a block; the result is in the arrays of `spare`, if given. */
export type BlockRunner = (task: BlockTask, spare?: BatchNormRun) => BlockResult;

/** Builds the scenario's network once; what it returns draws any of its blocks, in any order. */
export function createBlockRunner(
  createKernel: KernelFactory,
  scenario: Scenario,
  arrays: Arrays = NO_ARRAYS,
): BlockRunner {
  const kernel = createKernel(networkBytes(scenario, maskPlan(scenario).masks));
  const { width, batchSize } = scenario;
  const sampler = createSampler(kernel, scenario, arrays);
  const testSampler = createTestSampler(kernel, scenario, arrays);
  const noise = createNoise(kernel, scenario);
  const weights = drawWeights(kernel, scenario, weightsKey(scenario), arrays);
  const probe = weights === undefined ? createDirectProbe(kernel, width) : createLinearProbe(kernel, weights, noise);
  const form = noiseForm(scenario);
  const noisyCentre = pivotCentre(form, sampler);
  const keys = { input: inputKey(scenario), noise: noiseKey(scenario) };
  const layers = { sampler, testSampler, noise, probe };
  const forward = createForward({ kernel, width, batchSize, ...layers, centre: noisyCentre, keys });
  // What a constant 1 at the input becomes in each channel.
  const gains = weights === undefined ? new Array<number>(width).fill(1) : weightSums(weights).map(({ sum }) => sum);
  const { unit, centre } = sampler;
  const offsets = Float64Array.from(gains, (gain) => gain * centre * unit);
  const units = { train: unit * probe.units.train, test: unit * probe.units.test };
  const batchNorm = createBatchNorm(kernel, scenario, { units, offsets, gains: form.gains });
  const phases = createPhaseSums(kernel, { channels: probe.channels, masks: noise.masks });
  return ({ block, first, batches }, spare) => {
    let sums = NO_SUMS;
    for (let batch = first; batch < first + batches; batch++) {
      for (const phase of [phases.test, ...phases.train]) phase.fill(0);
      forward(batch, phases);
      sums = addSums(sums, sumsOf(batchNorm.take(phases)));
    }
    return { block, sums, batchNorm: batchNorm.finish(spare) };
  };
}
