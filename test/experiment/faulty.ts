import { estimate } from "../../src/experiment/estimate.ts";
import { addSums, NO_SUMS, type Sums, sumsOf } from "../../src/experiment/sums.ts";
import { createBatchNorm } from "../../src/forward/batch-norm.ts";
import { inputKey, noiseKey } from "../../src/forward/key.ts";
import { createDirectProbe, createPhaseSums } from "../../src/forward/probe.ts";
import { createSampler } from "../../src/forward/sampler.ts";
import { createForward } from "../../src/forward/streamed.ts";
import { referenceKernel as kernel } from "../../src/kernel/reference.ts";
import type { NoiseLayer } from "../../src/noises/noise-kind.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { Scenario, ScenarioInput } from "../../src/scenario/scenario.ts";
import { masksIn, segmentIn } from "./measured-one.ts";

/** What can be wrong with a measurement; each is a mistake that people make. */
export interface Fault {
  /** Another noise than the scenario's. */
  readonly noise?: (scenario: Scenario) => NoiseLayer;
  /** Factor of the variance in training, as a biased estimator has. */
  readonly trainFactor?: number;
  /** Test mode gets the input of another mini-batch, though the error is worked out as for pairs. */
  readonly unpaired?: true;
}

/** Sums of `batches` mini-batches of a scenario without a layer, measured with a fault. */
export function faultySums(input: ScenarioInput, batches: number, fault: Fault): Sums {
  const scenario = defineScenario(input);
  const { width, batchSize } = scenario;
  const segment = segmentIn(scenario);
  const sampler = createSampler(kernel, segment.input);
  const noise = fault.noise?.(scenario) ?? masksIn(kernel, scenario);
  const { unit, centre } = sampler;
  const probe = createDirectProbe(kernel, width, { noise, centre });
  const keys = { input: inputKey(segment.seed, segment.input), noise: noiseKey(segment.seed, segment.noise) };
  const forward = createForward({ kernel, width, batchSize, sampler, noise, probe, keys });
  const offsets = new Float64Array(width).fill(unit * centre);
  const layer = createBatchNorm(kernel, scenario, { units: { train: unit, test: unit }, offsets });
  const phases = (batch: number) => {
    const sums = createPhaseSums(kernel, probe);
    forward(batch, sums);
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

/** z of ln Δ̂ against an expected Δ. */
export function zScore(sums: Sums, expected: number): number {
  const result = estimate(sums);
  if (result === undefined) throw new Error("nothing varied");
  return Math.log(result.shift / expected) / result.relativeError;
}
