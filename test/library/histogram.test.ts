import { describe, expect, it } from "vitest";
import { histogram, simulate, theory } from "../../src/index.ts";
import { normalCdf } from "../../src/numeric/normal.ts";

describe("histogram", () => {
  it("counts every value of both phases", () => {
    const { train, test } = histogram({ width: 8 }, { batches: 4, bins: 7, range: [-0.5, 0.25] });
    for (const { counts, outside } of [train, test]) {
      expect(counts).toHaveLength(7);
      expect(counts.reduce((sum, count) => sum + count, outside[0] + outside[1])).toBe(4 * 256);
    }
  });

  /** Σ (observed − expected)² / expected over bars, against a normal of that variance; 40 bars of −2 to 2. */
  function distance(variance: number, share: number): number {
    const batches = 64;
    const { train, test } = histogram({ width: 4, keep: 0.5 }, { batches, bins: 40, range: [-2, 2] });
    const counts = share === 1 ? test.counts : train.counts;
    const total = batches * 256;
    return counts.reduce((sum, count, bar) => {
      // The mask leaves zeros, which begin a bar.
      if (share < 1 && bar === 20) return sum;
      const [from, to] = [-2 + bar / 10, -1.9 + bar / 10].map((x) => normalCdf(x / Math.sqrt(variance)));
      const expected = total * share * ((to ?? 0) - (from ?? 0));
      return sum + (count - expected) ** 2 / expected;
    }, 0);
  }

  it("of normal units is normal at test time, and during training for those kept, doubled", () => {
    // χ² of 39 or 40 degrees of freedom exceeds 110 with probability 1.5·10⁻⁸.
    expect(distance(1, 1)).toBeLessThan(110);
    expect(distance(4, 0.5)).toBeLessThan(110);
    // A variance 20 % off would show, and half as much again where half of the values count.
    expect(distance(1.2, 1)).toBeGreaterThan(110);
    expect(distance(6, 0.5)).toBeGreaterThan(110);
  });

  it("has the share of dropped units in the bar of 0", () => {
    const { train } = histogram({ width: 4, keep: 0.3 }, { batches: 64, bins: 4000, range: [-2, 2] });
    const total = 64 * 256;
    const dropped = train.counts[2000] ?? 0;
    // Five standard deviations of a binomial, and the few that are close to 0 by themselves.
    expect(Math.abs(dropped / total - 0.7)).toBeLessThan(5.1 * Math.sqrt((0.3 * 0.7) / total) + 0.001);
  });

  it("has the moments of what is counted, and the ratio that simulate measures", async () => {
    const input = { layer: "linear", width: 32, neurons: 4, keep: 0.5, mean: 1, samples: 65_536 } as const;
    const { train, test, runningMean, runningVariance } = histogram(input, { batches: 256, channel: 2 });
    expect(runningMean).toBeCloseTo(train.mean, 5);
    // Within mini-batches and over all of them: relative difference of the order of 1/256.
    expect(runningVariance / train.variance).toBeCloseTo(1, 2);
    const record = await simulate(input);
    expect(test.variance / train.variance / record.measured.shift).toBeCloseTo(1, 1);
    expect(record.theory?.shift).toBe(theory(input).theory?.shift);
  });

  it("of a deep network is at a position of it, with the statistics that training left frozen", () => {
    const network = "input(16) linear(16) bn relu dropout(0.5) linear(16) bn relu dropout(0.5) linear(4)";
    const options = { batches: 32, position: 2 };
    const { position, train, test } = histogram({ network }, options);
    expect(position).toMatchObject({ index: 2, name: "BN 2" });
    expect(test.variance).toBeLessThan(0.8 * train.variance);
    expect(histogram({ network }, options)).toEqual(histogram({ network }, options));
  });

  it.each([
    [{ position: 2 }, "position: 2 is not a whole number from 1 to 1, the network's positions; use 1"],
    [{ channel: 8 }, "channel: 8 is not a whole number from 0 to 7, the position's channels; use 7"],
    [{ bins: 0 }, "bins: 0 is not a whole number from 1 to 10000; use 1"],
    [{ batches: 1e9 }, "batches: 1000000000 is not a whole number from 1 to 65536, mini-batches; use 65536"],
    [{ range: [1, 1] }, "range: 1 to 1 is not a range of numbers; give the lower end first, as in [-3, 3]"],
  ] as const)("refuses %o", (options, message) => {
    expect(() => histogram({ width: 8 }, options)).toThrow(message);
  });
});
