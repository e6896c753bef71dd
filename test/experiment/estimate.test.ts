import { fc, test as property } from "@fast-check/vitest";
import { mean, sampleCovariance, sampleVariance } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { estimate, intervalFactor } from "../../src/experiment/estimate.ts";
import { addSums, NO_SUMS, sumsOf } from "../../src/experiment/sums.ts";

const pairs = fc.array(
  fc.record({
    train: fc.double({ min: 0.5, max: 4, noNaN: true }),
    test: fc.double({ min: 0.5, max: 4, noNaN: true }),
  }),
  { minLength: 3, maxLength: 40 },
);

const summed = (data: readonly { train: number; test: number }[]) => data.map(sumsOf).reduce(addSums, NO_SUMS);

describe("estimate", () => {
  property.prop([pairs])("is the ratio of the means with the delta method's paired error", (data) => {
    const a = data.map((pair) => pair.train);
    const b = data.map((pair) => pair.test);
    const result = estimate(summed(data));
    if (result === undefined) throw new Error("there is variance");
    const [meanA, meanB] = [mean(a), mean(b)];
    const variance =
      sampleVariance(a) / meanA ** 2 - (2 * sampleCovariance(a, b)) / (meanA * meanB) + sampleVariance(b) / meanB ** 2;
    expect(result.shift).toBeCloseTo(meanB / meanA, 12);
    // The sums are of up to 40 products of order 1: their rounding is of order 10⁻¹⁴, as is that of the squared error.
    expect(Math.abs(result.relativeError ** 2 - variance / data.length)).toBeLessThan(1e-13);
  });

  property.prop([pairs, fc.double({ min: 1e-6, max: 1e6, noNaN: true })])(
    "does not depend on the unit of variance",
    (data, unit) => {
      const scaled = data.map(({ train, test: clean }) => ({ train: unit * train, test: unit * clean }));
      const [one, other] = [estimate(summed(data)), estimate(summed(scaled))];
      expect(other?.shift).toBeCloseTo(one?.shift ?? Number.NaN, 10);
      expect(
        Math.abs((other?.relativeError ?? Number.NaN) ** 2 - (one?.relativeError ?? Number.NaN) ** 2),
      ).toBeLessThan(1e-13);
    },
  );

  test("has no error at all where both phases are equal", () => {
    const result = estimate(summed([1.1, 0.9, 1.234].map((value) => ({ train: value, test: value }))));
    expect(result).toMatchObject({ shift: 1, relativeError: 0 });
    expect(result && intervalFactor(result, 0.05)).toBe(1);
  });

  test("is undefined for one mini-batch and where nothing varied", () => {
    expect(estimate(summed([{ train: 1, test: 1 }]))).toBeUndefined();
    expect(
      estimate(
        summed([
          { train: 0, test: 1 },
          { train: 0, test: 1 },
        ]),
      ),
    ).toBeUndefined();
    expect(
      estimate(
        summed([
          { train: 1, test: 0 },
          { train: 1, test: 0 },
        ]),
      ),
    ).toBeUndefined();
  });
});

property.prop([pairs, fc.integer({ min: 1, max: 39 })])(
  "sums of parts add up to the sums of the whole",
  (data, cut) => {
    const parts = addSums(summed(data.slice(0, cut)), summed(data.slice(cut)));
    const whole = summed(data);
    expect(parts.n).toBe(whole.n);
    for (const name of ["train", "test", "trainSquared", "testSquared", "product"] as const) {
      // Only the order of 40 additions of numbers below 16 differs.
      expect(parts[name]).toBeCloseTo(whole[name], 10);
    }
  },
);
