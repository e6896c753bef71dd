import seedrandom from "seedrandom";
import { describe, expect, it } from "vitest";
import { ratioSums, rootOfSmallRatio } from "../../src/experiment/root-of-ratio.ts";

describe("rootOfSmallRatio", () => {
  it("has an interval that misses the truth as often as it says, also where the ratio is small", () => {
    const RUNS = 2000;
    const BATCHES = 8;
    const ERROR_RATE = 0.05;
    // The numerator is half its standard error; both have an error in common.
    const TRUTH = { numerator: 0.05, denominator: 1 };
    const uniform = seedrandom("intervals 20190616");
    const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    const coverage = (errorRate: number) => {
      let held = 0;
      for (let run = 0; run < RUNS; run++) {
        const common = Array.from({ length: BATCHES }, normal);
        const numerators = common.map((shared) => TRUTH.numerator + 0.2 * shared + 0.2 * normal());
        const denominators = common.map((shared) => TRUTH.denominator + 0.2 * shared + 0.1 * normal());
        const root = rootOfSmallRatio(ratioSums(numerators, denominators), errorRate);
        const truth = Math.sqrt(TRUTH.numerator / TRUTH.denominator);
        if (root !== undefined && root.interval[0] <= truth && truth <= root.interval[1]) held++;
      }
      return held / RUNS;
    };
    // Two-sided, 10⁻⁶ for a count out of 2,000.
    const limit = 4.9 * Math.sqrt((ERROR_RATE * (1 - ERROR_RATE)) / RUNS);
    expect(Math.abs(coverage(ERROR_RATE) - (1 - ERROR_RATE))).toBeLessThan(limit);
    // Negative control: the error rate that the normal distribution would make of 5 % with 8 mini-batches.
    expect(Math.abs(coverage(0.091) - (1 - ERROR_RATE))).toBeGreaterThan(limit);
  });

  it("is the root of the ratio of means", () => {
    const { value, interval } = rootOfSmallRatio(ratioSums([3.9, 4.1, 4], [1, 1.01, 0.99]), 0.05) ?? {
      value: 0,
      interval: [0, 0],
    };
    expect(value).toBeCloseTo(2, 12);
    expect(interval[0]).toBeLessThan(2);
    expect(interval[1]).toBeGreaterThan(2);
  });

  it("is 0 where squares are below 0 by their error", () => {
    expect(rootOfSmallRatio(ratioSums([-0.02, 0.01], [1, 1]), 0.05)).toMatchObject({ value: 0 });
  });

  it.each([
    ["the denominator may be 0", [1, 1, 1], [0.1, 0.9, -0.4]],
    ["the denominator is negative", [1, 1, 1], [-1, -1, -1.01]],
    ["there is one mini-batch", [1], [1]],
    ["there is none", [], []],
  ])("is undefined where %s", (_, numerators, denominators) => {
    expect(rootOfSmallRatio(ratioSums(numerators, denominators), 0.05)).toBeUndefined();
  });
});
