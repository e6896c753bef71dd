import { describe, expect, test } from "vitest";
import { estimateOf } from "../../src/passes/estimate.ts";
import type { ChannelSums, PairedSums } from "../../src/passes/moments.ts";

/** Sums of `count` numbers of one channel with these moments. */
function sumsOf(count: number, { mean, variance }: { readonly mean: number; readonly variance: number }): ChannelSums {
  return { count, sums: Float64Array.of(count * mean), squares: Float64Array.of(count * (variance + mean * mean)) };
}

function pair(variance: number, shift = 0): PairedSums {
  return { on: sumsOf(100, { mean: 1, variance: 2 }), off: sumsOf(100, { mean: 1 + shift, variance }) };
}

const about = { inputs: 1e9, running: Float64Array.of(3), epsilon: 1, confidence: 0.95 };

describe("what groups of inputs say together", () => {
  test("is the ratio of variances, the shift of the mean over √(running variance + ε), and the variance over the stored one", () => {
    const found = estimateOf({ ...about, groups: [1, 2, 3, 4].map(() => pair(1.5, -0.5)) });
    expect(found.ratio).toBeCloseTo(0.75, 8);
    expect(found.meanShift).toBeCloseTo(0.5 / 2, 12);
    expect(found.toStored).toBeCloseTo(1.5 / 3, 12);
    expect(found.interval?.[0]).toBeCloseTo(0.75, 6);
    expect(found.interval?.[1]).toBeCloseTo(0.75, 6);
  });

  test("has Student's interval of the jackknife of ln Δ", () => {
    const variances = [1, 1.2, 1.4, 1.6];
    const found = estimateOf({ ...about, groups: variances.map((variance) => pair(variance)) });
    const total = variances.reduce((a, b) => a + b);
    const logs = variances.map((variance) => Math.log((total - variance) / 3 / 2));
    const mean = logs.reduce((a, b) => a + b) / 4;
    const spread = Math.sqrt((3 / 4) * logs.reduce((sum, value) => sum + (value - mean) ** 2, 0));
    // t of 3 degrees of freedom at 97.5 % (NIST, table of critical values): 3.182.
    expect(Math.log((found.interval?.[1] as number) / found.ratio) / spread).toBeCloseTo(3.182, 3);
    expect(Math.log((found.interval?.[0] as number) / found.ratio) / spread).toBeCloseTo(-3.182, 3);
  });

  test("takes away what chance adds to a mean shift", () => {
    const found = estimateOf({ ...about, groups: [0.1, -0.1, 0.1, -0.1].map((shift) => pair(1.5, shift)) });
    expect(found.meanShift).toBe(0);
  });

  test.each([1, 2, 3])("has no interval of %d groups", (count) => {
    const found = estimateOf({ ...about, groups: Array.from({ length: count }, () => pair(1.5)) });
    expect(found.interval).toBeNull();
    expect(found.ratio).toBeCloseTo(0.75, 8);
  });

  test("has no interval where nothing varies without noise", () => {
    const found = estimateOf({ ...about, groups: [1, 2, 3, 4].map(() => pair(0)) });
    expect(found).toMatchObject({ ratio: 0, interval: null });
  });
});
