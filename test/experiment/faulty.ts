import { estimate } from "../../src/experiment/estimate.ts";
import { addSums, NO_SUMS, type Sums, sumsOf } from "../../src/experiment/sums.ts";
import { referenceKernel as kernel } from "../../src/kernel/reference.ts";
import { createBatchNorm } from "../../src/layers/batch-norm.ts";
import { createForward } from "../../src/layers/network.ts";
import { createNoise, type NoiseLayer } from "../../src/layers/noise.ts";
import { createDirectProbe, createPhaseSums } from "../../src/layers/probe.ts";
import { createSampler, type Sampler } from "../../src/layers/sampler.ts";
import { drawKey } from "../../src/random/key.ts";
import type { Address } from "../../src/random/streams.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { Scenario, ScenarioInput } from "../../src/scenario/scenario.ts";

/** What can be wrong with a measurement; each is a mistake that people make. */
export interface Fault {
  /** Another noise than the scenario's. */
  readonly noise?: (scenario: Scenario) => NoiseLayer;
  /** Factor of the variance in training, as a biased estimator has. */
  readonly trainFactor?: number;
  /** Test mode gets the input of another mini-batch, though the error is worked out as for pairs. */
  readonly unpaired?: true;
  /** Every mini-batch draws from the streams of the first one, a few words further on than the one before it. */
  readonly shiftedStreams?: true;
}

/** Sums of `batches` mini-batches of a scenario without a layer, measured with a fault. */
export function faultySums(input: ScenarioInput, batches: number, fault: Fault): Sums {
  const scenario = defineScenario(input);
  const { width, batchSize } = scenario;
  const rightSampler = createSampler(kernel, scenario);
  const rightNoise = fault.noise?.(scenario) ?? createNoise(kernel, scenario);
  const sampler = fault.shiftedStreams ? { ...rightSampler, ...shifted(rightSampler, drawInput) } : rightSampler;
  const noise = fault.shiftedStreams ? { ...rightNoise, ...shifted(rightNoise, drawNoise) } : rightNoise;
  const forward = createForward({ kernel, width, batchSize, sampler, noise, probe: createDirectProbe(kernel, width) });
  const { unit, centre } = sampler;
  const offsets = new Float64Array(width).fill(unit * centre);
  const layer = createBatchNorm(kernel, scenario, { units: { train: unit, test: unit }, offsets });
  const key = drawKey(scenario);
  const phases = (batch: number) => {
    const sums = createPhaseSums(kernel, { channels: width, masks: noise.masks });
    forward({ key, batch }, sums);
    return sums;
  };
  let sums = NO_SUMS;
  for (let batch = 0; batch < batches; batch++) {
    const { train, test } = phases(batch);
    const other = fault.unpaired ? phases(batch + batches).test : test;
    const { train: trainVariance, test: testVariance } = layer.take({ train, test: other });
    sums = addSums(sums, sumsOf({ train: trainVariance * (fault.trainFactor ?? 1), test: testVariance }));
  }
  return sums;
}

/** Starts at the first mini-batch's address and skips 8 draws for each mini-batch since. */
function shifted<Source extends { startBatch(address: Address): void }>(
  source: Source,
  skip: (source: Source, draws: Float32Array) => void,
) {
  return {
    startBatch({ key, batch }: Address): void {
      source.startBatch({ key, batch: 0 });
      for (let skipped = 0; skipped < batch; skipped++) skip(source, new Float32Array(8));
    },
  };
}

const drawInput = (sampler: Sampler, draws: Float32Array) => sampler.draw(draws, { first: 0, samples: 8, stride: 8 });
const drawNoise = (noise: NoiseLayer, draws: Float32Array) => noise.deviate(draws, 0);

/** z of ln Δ̂ against an expected Δ. */
export function zScore(sums: Sums, expected: number): number {
  const result = estimate(sums);
  if (result === undefined) throw new Error("nothing varied");
  return Math.log(result.shift / expected) / result.relativeError;
}
