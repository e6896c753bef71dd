import { inputKey } from "../../src/forward/key.ts";
import { createSampler } from "../../src/forward/sampler.ts";
import { GROUP, type Kernel, STAGE_FLOATS, TILE_SAMPLES } from "../../src/kernel/kernel.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { segmentIn } from "../experiment/measured-one.ts";

/** One mini-batch of a scenario's input in its own units: a row of samples for each channel. */
export function drawInput(input: ScenarioInput, batch = 0, kernel: Kernel = referenceKernel): number[][] {
  const scenario = defineScenario(input);
  const segment = segmentIn(scenario);
  const sampler = createSampler(kernel, segment.input);
  sampler.startBatch({ key: inputKey(scenario.seed, segment.input), batch });
  const rows: number[][] = Array.from({ length: scenario.width }, () => []);
  for (let done = 0; done < scenario.batchSize; done += TILE_SAMPLES) {
    const samples = Math.min(TILE_SAMPLES, scenario.batchSize - done);
    const stride = Math.ceil(samples / GROUP) * GROUP;
    const atOnce = Math.floor(STAGE_FLOATS / stride);
    sampler.startTile(stride);
    for (let first = 0; first < scenario.width; first += atOnce) {
      const channels = Math.min(atOnce, scenario.width - first);
      const x = kernel.floats(channels * stride);
      sampler.draw(x, { first, samples, stride });
      for (let channel = 0; channel < channels; channel++) {
        const row = x.subarray(channel * stride, channel * stride + samples);
        for (const value of row) rows[first + channel]?.push(sampler.unit * (value + sampler.centre));
      }
    }
  }
  return rows;
}
