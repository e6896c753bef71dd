import { fc, test as property } from "@fast-check/vitest";
import { mean, sampleCovariance } from "simple-statistics";
import { describe, expect } from "vitest";
import { createNoiseAverage } from "../../src/experiment/noise-average.ts";

const SAMPLES = 3;
const CHANNELS = 2;
const LENGTH = SAMPLES * CHANNELS;
const outputs = fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: LENGTH, maxLength: LENGTH });

describe("createNoiseAverage", () => {
  const average = createNoiseAverage(LENGTH, SAMPLES);

  property.prop([outputs, fc.array(outputs, { minLength: 2, maxLength: 6 })])(
    "gives the means over all pairs of different draws",
    (own, draws) => {
      average.start(Float32Array.from(own));
      for (const draw of draws) average.add(Float32Array.from(draw), covariance(draw, draw));
      const { distance, variance } = average.result();
      const pairs = draws.flatMap((a, first) =>
        draws.flatMap((b, second) => (first === second ? [] : [[a, b] as const])),
      );
      const expected = pairs.map(([a, b]) => ({
        distance: mean(own.map((value, at) => (value - a[at]) * (value - b[at]))),
        variance: covariance(a, b),
      }));
      // Sums of six numbers up to 24 in single precision, squared.
      expect(distance).toBeCloseTo(mean(expected.map((pair) => pair.distance)), 4);
      expect(variance).toBeCloseTo(mean(expected.map((pair) => pair.variance)), 4);
    },
  );
});

/** Of two matrices, over the samples of each channel; averaged over the channels. */
function covariance(a: readonly number[], b: readonly number[]): number {
  const channels = Array.from({ length: CHANNELS }, (_, channel) => {
    const [x, y] = [a, b].map((values) => values.slice(channel * SAMPLES, (channel + 1) * SAMPLES)) as [
      number[],
      number[],
    ];
    return sampleCovariance(x, y);
  });
  return mean(channels);
}
