import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Noise } from "../../src/noises/noises.ts";
import type { Matrix } from "../../src/numeric/column-moments.ts";
import { channelMoments, empiricalTheory } from "../../src/theory/empirical-shift.ts";
import { generalTheory } from "../../src/theory/general-shift.ts";
import { type Rows, skewedRows, unequalWeights } from "../skewed-rows.ts";

function matrixOf(rows: Rows): Matrix {
  return { rows: rows.length, columns: rows[0]?.length ?? 0, values: Float32Array.from(rows.flat()) };
}

/** Means and the full matrix of covariances, with divisor n, the long way. */
function populationOf(rows: Rows) {
  const mean = (rows[0] ?? []).map((_, unit) => rows.reduce((sum, row) => sum + (row[unit] ?? 0), 0) / rows.length);
  const centred = rows.map((row) => row.map((value, unit) => value - (mean[unit] ?? 0)));
  const covariance = mean.map((_, i) =>
    mean.map((__, j) => centred.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0) / rows.length),
  );
  return { mean, covariance };
}

/** Rows and the units themselves as neurons: without a layer a channel is a unit. */
function identity(width: number): Rows {
  return Array.from({ length: width }, (_, i) => Array.from({ length: width }, (__, j) => (i === j ? 1 : 0)));
}

const value = fc.float({ min: -100, max: 100, noNaN: true, noDefaultInfinity: true });
const table = (rows: fc.Arbitrary<number>, width: number) =>
  rows.chain((count) =>
    fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: count, maxLength: count }),
  );
const setting = fc.integer({ min: 1, max: 6 }).chain((width) =>
  fc.record({
    rows: table(fc.integer({ min: 1, max: 11 }), width),
    weights: table(fc.integer({ min: 1, max: 3 }), width),
    noise: fc.double({ min: 0, max: 9, noNaN: true }),
  }),
);

const strong = (relativeVariance: number): Noise => ({ kind: "gaussian", relativeVariance });

describe("the moments of rows give what the full matrix of covariances gives", () => {
  test.prop([setting])("for any rows and weights", ({ rows, weights, noise }) => {
    const train = channelMoments({ inputs: matrixOf(rows), weights: matrixOf(weights), noise: strong(noise) });
    const actual = empiricalTheory({ train }, strong(noise));
    const expected = generalTheory({ ...populationOf(rows), weights }, noise);
    // Sums of at most 11 and 6 terms of at most (6·100·100)² each, a rounding of 2⁻⁵³ a term, and as many more for the way.
    const rounding = 1e-12 * weights.reduce((sum, row) => sum + row.reduce((one, w) => one + w * w, 0), 0) * 6e4;
    expect(Math.abs(actual.testVariance - expected.testVariance)).toBeLessThanOrEqual(rounding);
    expect(Math.abs(actual.trainVariance - expected.trainVariance)).toBeLessThanOrEqual(rounding * (1 + noise));
  });

  it("for rows as a trained layer has them, with a layer and without", () => {
    const rows = skewedRows(501, 9);
    for (const weights of [unequalWeights(4, 9), undefined]) {
      const inputs = matrixOf(rows);
      const train = channelMoments({ inputs, weights: weights && matrixOf(weights), noise: strong(0.25) });
      const actual = empiricalTheory({ train }, strong(0.25));
      const expected = generalTheory({ ...populationOf(rows), weights: weights ?? identity(9) }, 0.25);
      // Sums of 501·9 terms of one sign, 2⁻⁵³ each.
      expect(Math.abs(actual.trainVariance / expected.trainVariance - 1)).toBeLessThan(1e-12);
      expect(Math.abs(actual.testVariance / expected.testVariance - 1)).toBeLessThan(1e-12);
      expect(Math.abs(actual.shift / expected.shift - 1)).toBeLessThan(2e-12);
    }
  });
});

it("a large mean takes no digits from a variance", () => {
  const rows = [[4096.25], [4096.5], [4096.75]];
  const { variances, squares } = channelMoments({ inputs: matrixOf(rows), weights: undefined, noise: strong(1) });
  expect(variances[0]).toBeCloseTo(0.125 / 3, 15);
  expect(squares[0]).toBeCloseTo(4096.5 ** 2 + 0.125 / 3, 7);
});

/**
 * Mean and variance of each channel by counting: every row as likely as any other, with every mask of its groups, each multiplier
 * of which is `kept` with probability p and `dropped` else; what is multiplied is x − pivot.
 */
function counted(
  rows: readonly (readonly number[])[],
  weights: readonly (readonly number[])[],
  { keep, channelOf, unitOf }: Counting,
) {
  const width = rows[0]?.length ?? 0;
  const groups = channelOf(width - 1) + 1;
  const channels = weights.map((w) => {
    let [first, second] = [0, 0];
    for (const row of rows) {
      for (let mask = 0; mask < 2 ** groups; mask++) {
        let odds = 1 / rows.length;
        for (let group = 0; group < groups; group++) odds *= (mask >> group) & 1 ? keep : 1 - keep;
        const sum = row.reduce((total, x, unit) => {
          const isKept = ((mask >> channelOf(unit)) & 1) === 1;
          return total + w[unit] * unitOf(x, isKept);
        }, 0);
        first += odds * sum;
        second += odds * sum * sum;
      }
    }
    return { mean: first, variance: second - first * first };
  });
  return {
    means: channels.map(({ mean }) => mean),
    variance: channels.reduce((total, { variance }) => total + variance, 0) / channels.length,
  };
}

interface Counting {
  readonly keep: number;
  readonly channelOf: (unit: number) => number;
  readonly unitOf: (x: number, isKept: boolean) => number;
}

describe("every mask of every row, counted, gives the variances of", () => {
  const keep = 0.7;
  const rows = skewedRows(20, 5);
  // What a layer before has made of them in evaluation mode: less of what varies, about other means.
  const evaluationRows = skewedRows(13, 5).map((row) => row.map((x, unit) => 0.6 * x + 0.1 * unit));
  const weights = unequalWeights(3, 5);
  const dropped = -1.7580993408473766;
  const a = 1 / Math.sqrt(keep + dropped * dropped * keep * (1 - keep));
  const b = -a * dropped * (1 - keep);
  const own = (unit: number) => unit;
  const inverted = (x: number, isKept: boolean) => (isKept ? x / keep : 0);

  it.each<[string, Noise, Counting, number]>([
    ["dropout", { kind: "bernoulli", keepProbability: keep }, { keep, channelOf: own, unitOf: inverted }, 1],
    [
      "classic dropout",
      { kind: "bernoulli", keepProbability: keep, scaling: "classic" },
      { keep, channelOf: own, unitOf: (x, isKept) => (isKept ? x : 0) },
      keep,
    ],
    [
      "spatial dropout, the last channel of one unit",
      { kind: "spatial", keepProbability: keep, channelSize: 2 },
      { keep, channelOf: (unit) => Math.floor(unit / 2), unitOf: inverted },
      1,
    ],
    [
      "alpha dropout",
      { kind: "alpha", keepProbability: keep },
      { keep, channelOf: own, unitOf: (x, isKept) => a * (isKept ? x : dropped) + b },
      1,
    ],
  ])("%s", (_, noise, counting, testGain) => {
    for (const matrix of [weights, undefined]) {
      const momentsOf = (inputs: Rows) =>
        channelMoments({ inputs: matrixOf(inputs), weights: matrix && matrixOf(matrix), noise });
      const train = counted(rows, matrix ?? identity(5), counting);
      const quiet = { ...counting, unitOf: (x: number) => testGain * x };
      const theory = empiricalTheory({ train: momentsOf(rows) }, noise);
      const same = counted(rows, matrix ?? identity(5), quiet);
      // Sums of 640 terms, 2⁻⁵³ each, of numbers some ten times their variance.
      expect(Math.abs(theory.trainVariance / train.variance - 1)).toBeLessThan(1e-11);
      expect(Math.abs(theory.testVariance / same.variance - 1)).toBeLessThan(1e-11);
      expect(Math.abs(theory.shift / (same.variance / train.variance) - 1)).toBeLessThan(1e-11);
      expect(theory).not.toHaveProperty("meanShift");

      const twoModes = empiricalTheory({ train: momentsOf(rows), test: momentsOf(evaluationRows) }, noise);
      const test = counted(evaluationRows, matrix ?? identity(5), quiet);
      const differences = test.means.map((mean, channel) => (mean - (train.means[channel] ?? 0)) ** 2);
      const meanShift = differences.reduce((total, one) => total + one, 0) / differences.length / train.variance;
      expect(Math.abs(twoModes.trainVariance / train.variance - 1)).toBeLessThan(1e-11);
      // The rows themselves are rounded to single precision.
      expect(Math.abs(twoModes.testVariance / test.variance - 1)).toBeLessThan(1e-6);
      expect(Math.abs(twoModes.shift / (test.variance / train.variance) - 1)).toBeLessThan(1e-6);
      expect(Math.abs((twoModes.meanShift ?? 0) / meanShift - 1)).toBeLessThan(1e-6);
      // Negative control: the shift of the means is there to be seen.
      expect(meanShift).toBeGreaterThan(1e-3);
    }
  });
});
