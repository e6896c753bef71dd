import { describe, expect, test } from "vitest";
import { inputKey } from "../../src/forward/key.ts";
import { createSampler } from "../../src/forward/sampler.ts";
import { TILE_SAMPLES } from "../../src/kernel/kernel.ts";
import { referenceKernel as kernel } from "../../src/kernel/reference.ts";
import { scenarioWithArrays } from "../../src/scenario/array-input.ts";
import { segmentIn } from "../experiment/measured-one.ts";

const WIDTH = 3;

/** What a mini-batch of a file has, sample by sample, as rows of the file. */
function drawn(rows: number, batches: number): number[][] {
  const values = Array.from({ length: rows * WIDTH }, (_, at) => Math.floor(at / WIDTH) + 100 * (at % WIDTH));
  const { scenario, arrays } = scenarioWithArrays(
    { activation: "file:x" },
    { "file:x": { shape: [rows, WIDTH], values } },
  );
  const { seed, input } = segmentIn(scenario);
  const sampler = createSampler(kernel, input, arrays);
  const key = inputKey(seed, input);
  const x = kernel.floats(WIDTH * TILE_SAMPLES);
  return Array.from({ length: batches }, (_, batch) => {
    sampler.startBatch({ key, batch });
    sampler.startTile(TILE_SAMPLES);
    // In two stages, as a wide input is drawn.
    sampler.draw(x.subarray(0, 2 * TILE_SAMPLES), { first: 0, samples: TILE_SAMPLES, stride: TILE_SAMPLES });
    sampler.draw(x.subarray(2 * TILE_SAMPLES), { first: 2, samples: TILE_SAMPLES, stride: TILE_SAMPLES });
    const { unit, centre } = sampler;
    return Array.from({ length: TILE_SAMPLES }, (_, sample) =>
      Array.from({ length: WIDTH }, (_, channel) => unit * ((x[channel * TILE_SAMPLES + sample] ?? 0) + centre)),
    );
  }).flat();
}

describe("a sample of a file", () => {
  test("is one row of it, whole", () => {
    for (const [first = 0, second = 0, third = 0] of drawn(7, 2)) {
      // Values of 206 at most, and a rounding of 2⁻²⁴ of that.
      expect(Math.abs(first - Math.round(first))).toBeLessThan(1e-3);
      expect(Math.abs(second - first - 100)).toBeLessThan(1e-3);
      expect(Math.abs(third - first - 200)).toBeLessThan(1e-3);
    }
  });

  test("is any row with the same odds, the last one too", () => {
    const samples = drawn(7, 1000);
    const counts = Array.from({ length: 7 }, () => 0);
    for (const [first = 0] of samples) counts[Math.round(first)] = (counts[Math.round(first)] ?? 0) + 1;
    const expected = samples.length / 7;
    const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // χ² with 6 degrees of freedom: above 38.26 once in 10⁶ (scipy.stats.chi2.isf(1e-6, 6)).
    expect(chiSquared).toBeLessThan(38.26);
    // Negative control: a row that is never drawn.
    expect(expected).toBeGreaterThan(38.26);
  });

  test("does not depend on the one before", () => {
    const samples = drawn(2, 1000).map(([first = 0]) => Math.round(first));
    const same = samples.filter((row, index) => index > 0 && row === samples[index - 1]).length;
    const pairs = samples.length - 1;
    // z = 4.9 two-sided: one false alarm in 10⁶.
    expect(Math.abs(same - pairs / 2) / Math.sqrt(pairs / 4)).toBeLessThan(4.9);
  });
});
