import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Matrix } from "../../src/numeric/column-moments.ts";
import { empiricalMoments, empiricalTheory } from "../../src/theory/empirical-shift.ts";
import { generalTheory } from "../../src/theory/general-shift.ts";
import type { Noise } from "../../src/theory/noise.ts";
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
    const moments = empiricalMoments({ inputs: matrixOf(rows), weights: matrixOf(weights), noise: strong(noise) });
    const actual = empiricalTheory(moments, strong(noise));
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
      const moments = empiricalMoments({ inputs, weights: weights && matrixOf(weights), noise: strong(0.25) });
      const actual = empiricalTheory(moments, strong(0.25));
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
  const { variance, weightedSquares } = empiricalMoments({
    inputs: matrixOf(rows),
    weights: undefined,
    noise: strong(1),
  });
  expect(variance).toBeCloseTo(0.125 / 3, 15);
  expect(weightedSquares).toBeCloseTo(4096.5 ** 2 + 0.125 / 3, 7);
});

/**
 * Both variances by counting: every row as likely as any other, with every mask of its channels, each multiplier of which is
 * `kept` with probability p and `dropped` else; what is multiplied is x − pivot.
 */
function counted(
  rows: readonly (readonly number[])[],
  weights: readonly (readonly number[])[],
  { keep, channelOf, unitOf }: Counting,
) {
  const width = rows[0]?.length ?? 0;
  const channels = channelOf(width - 1) + 1;
  const variances = weights.map((w) => {
    let [first, second] = [0, 0];
    for (const row of rows) {
      for (let mask = 0; mask < 2 ** channels; mask++) {
        let odds = 1 / rows.length;
        for (let channel = 0; channel < channels; channel++) odds *= (mask >> channel) & 1 ? keep : 1 - keep;
        const sum = row.reduce((total, x, unit) => {
          const isKept = ((mask >> channelOf(unit)) & 1) === 1;
          return total + w[unit] * unitOf(x, isKept);
        }, 0);
        first += odds * sum;
        second += odds * sum * sum;
      }
    }
    return second - first * first;
  });
  return variances.reduce((total, one) => total + one, 0) / weights.length;
}

interface Counting {
  readonly keep: number;
  readonly channelOf: (unit: number) => number;
  readonly unitOf: (x: number, isKept: boolean) => number;
}

describe("every mask of every row, counted, gives the variances of", () => {
  const keep = 0.7;
  const rows = skewedRows(20, 5);
  const weights = unequalWeights(3, 5);
  const dropped = -1.7580993408473766;
  const a = 1 / Math.sqrt(keep + dropped * dropped * keep * (1 - keep));
  const own = (unit: number) => unit;
  const inverted = (x: number, isKept: boolean) => (isKept ? x / keep : 0);

  it.each<[string, Noise, Counting, number]>([
    ["dropout", { kind: "bernoulli", keepProbability: keep }, { keep, channelOf: own, unitOf: inverted }, 1],
    [
      "classic dropout",
      { kind: "bernoulli", keepProbability: keep, scaling: "classic" },
      { keep, channelOf: own, unitOf: (x, isKept) => (isKept ? x : 0) },
      keep * keep,
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
      { keep, channelOf: own, unitOf: (x, isKept) => a * (isKept ? x : dropped) },
      1,
    ],
  ])("%s", (_, noise, counting, testGain) => {
    for (const matrix of [weights, undefined]) {
      const moments = empiricalMoments({ inputs: matrixOf(rows), weights: matrix && matrixOf(matrix), noise });
      const { trainVariance, testVariance, shift } = empiricalTheory(moments, noise);
      const train = counted(rows, matrix ?? identity(5), counting);
      const quiet = counted(rows, matrix ?? identity(5), { ...counting, unitOf: (x) => x });
      // Sums of 640 terms, 2⁻⁵³ each, of numbers some ten times their variance.
      expect(Math.abs(trainVariance / train - 1)).toBeLessThan(1e-11);
      expect(Math.abs(testVariance / (testGain * quiet) - 1)).toBeLessThan(1e-11);
      expect(Math.abs(shift / ((testGain * quiet) / train) - 1)).toBeLessThan(1e-11);
    }
  });
});
